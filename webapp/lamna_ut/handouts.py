"""/lamna-ut: what somebody has asked for, how long ago, and what was decided. For the area's coordinators."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from models.handout import Handout, HandoutCopy, HandoutState, area_handouts
from models.organisation import Area
from models.report import Report, area_reports
from schemas.handout import MOST_COPIES, PROMPT_DAYS, HandoutSchema, automatic, mark, split
from schemas.months import day_name, local_date, start_of_day
from schemas.working_days import working_days_between
from webapp.form_input import Input, read_form
from webapp.lamna_ut.texts import stored, texts_of
from webapp.requests import logger, now, person, reading, scope, writing

blueprint = Blueprint("lamna_ut", __name__)
Answer = Response | tuple[str, int]
TAGS = {HandoutState.OPEN: "granskas", HandoutState.DECIDED: "klar", HandoutState.DROPPED: "neutral"}
UNKNOWN = "Det finns ingen rapport {reference} i det området"
NONE = "Ingen rapport kom in de dagarna i det området"
TOO_MANY = f"Det är fler än {MOST_COPIES} rapporter. Dela upp begäran"


@blueprint.get("/lamna-ut")
def list_handouts() -> str:
    rows = [row(handout) for handout in reading().scalars(area_handouts(scope()))]
    return render_template("web/lamna-ut.html", rows=rows)


def row(handout: Handout) -> dict[str, Any]:
    """A handout as the pages show it, with its clock: it runs from the day that somebody asked."""
    end = local_date(handout.decided_at or now())
    days = working_days_between(handout.asked_on, end)
    is_open = handout.state is HandoutState.OPEN
    return {
        "id": handout.id,
        "reference": handout.reference,
        "subject": handout.subject,
        "area": handout.area.name,
        "asked": day_name(handout.asked_on),
        "state": handout.state.label,
        "tag": TAGS[handout.state],
        "open": is_open,
        "decided": handout.state is HandoutState.DECIDED,
        "verdict": handout.verdict.label if handout.verdict else "",
        "clock": _clock(days, is_open) if is_open or handout.decided_at else "",
        "late": is_open and days > PROMPT_DAYS,
        "href": url_for("lamna_ut.show", handout_id=handout.id),
    }


def _clock(days: int, is_open: bool) -> str:
    spent = f"{days} arbetsdag{'' if days == 1 else 'ar'}"
    return f"{spent} sedan begäran" if is_open else spent


@blueprint.route("/lamna-ut/ny", methods=["GET", "POST"])
def new() -> Answer:
    """Write down what was asked. Never who asked: nobody may be made to tell."""
    areas = _areas()
    today = local_date(now())
    if request.method == "GET":
        only = next(iter(areas)) if len(areas) == 1 else ""
        return _form(Input(values={"asked_on": today.isoformat(), "area": only}), areas)
    typed = read_form("handout", HandoutSchema(list(areas), today))
    if not typed.errors:
        with writing() as session:
            handout = _add(session, typed, areas[typed.data["area"]])
    if typed.errors or handout is None:
        return _form(typed, areas)
    logger.info("handout_begun", user_id=person().id, handout_id=handout.id, reports=len(handout.copies))
    flash("Begäran är inskriven. Gå igenom maskeringarna och besluta. Det ska ske skyndsamt.")
    return redirect(url_for("lamna_ut.show", handout_id=handout.id), 303)


def _areas() -> dict[str, Area]:
    """The coordinator's own areas by code."""
    query = select(Area).where(Area.federation_id == scope().federation_id, Area.id.in_(scope().area_ids))
    return {area.code: area for area in reading().scalars(query.order_by(Area.name))}


def _form(typed: Input, areas: dict[str, Area]) -> tuple[str, int]:
    offered = [(code, area.name) for code, area in areas.items()]
    html = render_template("web/lamna-ut-ny.html", typed=typed, errors=typed.errors, areas=offered)
    return html, typed.status


def _add(session: Session, typed: Input, area: Area) -> Handout | None:
    reports = _reports(session, typed, area)
    if typed.errors:
        return None
    facts = {"asked_on": typed.data["asked_on"], "subject": typed.data["subject"]}
    made = {"made_at": now(), "made_as": person().title}
    handout = Handout(federation_id=area.federation_id, area_id=area.id, state=HandoutState.OPEN, **facts, **made)
    handout.copies = [_copy(session, report) for report in reports]
    session.add(handout)
    session.flush()
    return handout


def _reports(session: Session, typed: Input, area: Area) -> list[Report]:
    """The reports that were named, or that came in during some days. Adds to the errors what cannot be found."""
    query = area_reports(scope()).where(Report.area_id == area.id).order_by(Report.id)
    named = split(typed.data["references"])
    if named:
        found = list(session.scalars(query.where(Report.reference.in_(named))))
        missing = [name for name in named if name not in {report.reference for report in found}]
        if missing:
            typed.refuse("references", UNKNOWN.format(reference=missing[0]))
    else:
        first, last = typed.data["first_day"], typed.data["last_day"] + timedelta(days=1)
        days = (Report.received_at >= start_of_day(first), Report.received_at < start_of_day(last))
        found = list(session.scalars(query.where(*days).limit(MOST_COPIES + 1)))
        if not found:
            typed.refuse("first_day", NONE)
    if len(found) > MOST_COPIES:
        typed.refuse("references" if named else "first_day", TOO_MANY)
    return found


def _copy(session: Session, report: Report) -> HandoutCopy:
    """From the start everything is masked that the guard of personal data finds."""
    texts = texts_of(session, report)
    facts = {"masks": stored(automatic(texts)), "mark": mark(texts)}
    return HandoutCopy(federation_id=report.federation_id, report_id=report.id, **facts)


def find(session: Session, handout_id: int, lock: bool = False) -> Handout:
    """A handout of one's own areas. Answers 404 for every other one."""
    query = area_handouts(scope()).where(Handout.id == handout_id)
    handout = session.scalars(query.with_for_update(of=Handout) if lock else query).one_or_none()
    if handout is None:
        abort(404)
    return handout


def find_open(session: Session, handout_id: int) -> Handout:
    """One that may still change, locked. Answers 404 for every other one."""
    handout = find(session, handout_id, lock=True)
    if handout.state is not HandoutState.OPEN:
        abort(404)
    return handout
