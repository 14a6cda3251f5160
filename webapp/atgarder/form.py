"""/atgarder/ny: a new action, from a decision, from reports, from a signal, or from nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session, selectinload
from werkzeug.wrappers import Response

from models.action import Action
from models.forum import Forum, visible_forums
from models.organisation import OUTSIDE_PARTY, Unit
from models.report import ReportState
from models.signal import Signal, open_signals
from schemas.action import ActionChoices, ActionSchema
from schemas.months import local_date
from schemas.states import IllegalMoveError
from schemas.taxonomy import UNASSESSED, category_labels
from webapp.atgarder.page import blueprint as blueprint
from webapp.atgarder.source import Source, decision_words, find_source, signal_words
from webapp.form_input import Input, read_form
from webapp.forum.deciding import WITH_FORUM, take_reports
from webapp.forum.meeting_page import report_row
from webapp.granska.decision_form import parties, units_by_code
from webapp.moving import move, ring_for_counts
from webapp.requests import logger, now, person, reading, scope, writing
from webapp.wall import AGENDA, opened

MOST_REPORTS = 50
SIGNAL_TAKEN = "Signalen har redan lett till en åtgärd eller är avfärdad. Åtgärden du skrev är inte sparad"


@blueprint.route("/atgarder/ny", methods=["GET", "POST"])
def new_action() -> Response | tuple[str, int]:
    source = find_source()
    if request.method == "GET":
        return _page(source, Input("action", _prefilled(source)))
    typed = read_form("action", ActionSchema(_choices()))
    if typed.errors:
        return _page(source, typed)
    try:
        with writing() as session, opened(session, AGENDA):
            action = _store(session, source, typed.data)
        ring_for_counts(session)
    except SignalTakenError:
        typed.stale([("Signalen", SIGNAL_TAKEN)])
        return _page(source, typed)
    except IllegalMoveError as error:
        typed.refuse("form", str(error))
        return _page(source, typed)
    logger.info("action_made", user_id=person().id, action_id=action.id, reports=len(source.reports))
    flash("Åtgärden är sparad.")
    return redirect(url_for("atgarder.show_action", action_id=action.id), 303)


class SignalTakenError(Exception):
    """Somebody else has dealt with the signal meanwhile."""


def _choices() -> ActionChoices:
    forums = reading().scalars(visible_forums(scope())).all()
    return ActionChoices(
        areas=[area.code for area in person().areas],
        parties=[party.code for party in parties() if party.code != OUTSIDE_PARTY],
        units=units_by_code(),
        categories=category_labels(),
        forums=[forum.code for forum in forums],
        today=local_date(now()),
    )


def _prefilled(source: Source) -> dict[str, str]:
    """What the address says, and what follows from where the action springs from."""
    wanted = {name: request.args.get(key, "") for name, key in PARAMETERS.items()}
    areas = [area.code for area in person().areas]
    if wanted["area"] not in ("", *areas) or wanted["category"] not in ("", UNASSESSED, *category_labels()):
        abort(404)
    if not {wanted["from_unit"], wanted["about_unit"]} - {""} <= units_by_code().keys():
        abort(404)
    wanted["category"] = "" if wanted["category"] == UNASSESSED else wanted["category"]
    forum = source.forum
    area = forum.area.code if forum and forum.area else areas[0] if len(areas) == 1 else ""
    decided = source.decision.text[:300] if source.decision else ""
    return wanted | {"area": wanted["area"] or area, "forum": forum.code if forum else "", "what": decided}


PARAMETERS = {"area": "omrade", "from_unit": "fran", "about_unit": "om", "category": "kategori"}


def _store(session: Session, source: Source, data: dict[str, Any]) -> Action:
    """The action with its reports, which are moved; the signal that it answers remembers it."""
    action = _new_action(session, source, data)
    session.add(action)
    session.flush()
    if source.signal is not None:
        _answer_signal(session, source.signal.id, action.id)
    for report in take_reports(session, [report.id for report in source.reports]):
        action.reports.append(report)
        if report.state in WITH_FORUM:
            move(session, report, ReportState.ACTION_DECIDED, person(), now(), "En åtgärd är beslutad")
    return action


def _answer_signal(session: Session, signal_id: int, action_id: int) -> None:
    waiting = open_signals(scope().area_ids).where(Signal.id == signal_id).with_for_update()
    signal = session.scalars(waiting).one_or_none()
    if signal is None:
        raise SignalTakenError
    signal.action_id = action_id


def _new_action(session: Session, source: Source, data: dict[str, Any]) -> Action:
    units: dict[str, Unit] = units_by_code()
    by_code = {party.code: party for party in parties()}
    area = next(area for area in person().areas if area.code == data["area"])
    forum = session.scalars(visible_forums(scope()).where(Forum.code == data["forum"])).one_or_none()
    return Action(
        federation_id=person().federation_id,
        area_id=area.id,
        forum_id=forum.id if forum else None,
        decision_id=source.decision.id if source.decision else None,
        what=data["what"],
        owner=data["owner"],
        owner_party_id=by_code[data["owner_party"]].id,
        decided_on=_decided_on(source),
        due_on=data["due_on"],
        follow_up_on=data["follow_up_on"],
        from_unit_id=units[data["from_unit"]].id if data["from_unit"] else None,
        about_unit_id=units[data["about_unit"]].id if data["about_unit"] else None,
        category=data["category"],
    )


def _decided_on(source: Source) -> date:
    return source.decision.decided_on if source.decision else local_date(now())


def _page(source: Source, typed: Input) -> tuple[str, int]:
    forums = reading().scalars(visible_forums(scope()).options(selectinload(Forum.names))).all()
    html = render_template(
        "web/atgard-ny.html",
        areas=[(area.code, area.name) for area in person().areas],
        parties=[(party.code, party.name) for party in parties() if party.code != OUTSIDE_PARTY],
        units=[(party.name, [(unit.code, unit.name) for unit in party.units]) for party in parties()],
        categories=list(category_labels().items()),
        forums=[(forum.code, forum.name) for forum in forums],
        decision=decision_words(source.decision),
        signal=signal_words(source.signal),
        reports=[report_row(report) for report in source.reports],
        typed=typed,
        errors=typed.errors,
    )
    return html, typed.status
