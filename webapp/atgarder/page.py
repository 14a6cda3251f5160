"""One action (åtgärd): what and who, how it goes, the reports behind it, and whether it helped."""

from __future__ import annotations

from typing import Any, NoReturn

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from models.action import Action, ActionStatus
from models.action_queries import find_action
from models.user import Role
from schemas.action import ActionChangeSchema
from schemas.disclosure import protect_cell
from schemas.months import local_date
from webapp.atgarder.list import blueprint as blueprint
from webapp.atgarder.rows import action_facts, action_row, effect_words
from webapp.form_input import Input, read_form, seal
from webapp.forum.meeting_page import report_row
from webapp.requests import logger, now, person, reading, scope, through, writing
from webapp.wall import ACTION


@blueprint.get("/atgarder/<int:action_id>")
@through(ACTION)
def show_action(action_id: int) -> tuple[str, int]:
    return _page(_found(action_id))


def _found(action_id: int) -> Action:
    return find_action(reading(), scope(), action_id) or _refuse(action_id)


def _refuse(action_id: int) -> NoReturn:
    if reading().get(Action, action_id) is not None:
        logger.warning("not_theirs", user_id=person().id, action_id=action_id)
    abort(404)


def _page(action: Action, typed: Input | None = None) -> tuple[str, int]:
    typed, keeps = typed or Input("action", _stored(action)), person().role is Role.COORDINATOR
    people = {report.reporter_id for report in action.reports}
    html = render_template(
        "web/atgard.html",
        action=action_row(action) | {"id": action.id, "seal": action_seal(action), "real_status": action.status.label},
        facts=action_facts(action),
        # Raw counts are for coordinators; members read the effect in their forum's pack.
        effect=effect_words(action) if keeps else None,
        reports=[report_row(report) for report in action.reports] if keeps else [],
        report_count=str(len(action.reports)) if keeps else protect_cell(len(action.reports), len(people)).text,
        statuses=ActionStatus.choices(),
        keeps=keeps,
        typed=typed,
        errors=typed.errors,
    )
    return html, typed.status


def _stored(action: Action) -> dict[str, str]:
    days = {"due_on": action.due_on, "follow_up_on": action.follow_up_on, "done_on": action.done_on}
    return {"status": action.status.value} | {name: day.isoformat() if day else "" for name, day in days.items()}


def action_seal(action: Action) -> str:
    """What the page shows of an action, as a mark."""
    return seal(action.status.value, action.due_on, action.follow_up_on, action.done_on)


@blueprint.post("/atgarder/<int:action_id>")
@through(ACTION)
def change_action(action_id: int) -> Response | tuple[str, int]:
    """How it goes, and its days. An action that is done has a day when it was."""
    action, today = _found(action_id), local_date(now())
    typed = read_form("action", ActionChangeSchema(today, action.decided_on))
    if typed.errors:
        return _page(action, typed)
    with writing() as session:
        row = session.get_one(Action, action_id, with_for_update=True)
        stale = action_seal(row) != request.form.get("seal")
        if not stale:
            _change(row, typed.data)
    if stale:
        reading().refresh(action)
        typed.stale([("Läge", action.status.label), ("Klart senast", action.due_on.isoformat())])
        return _page(action, typed)
    logger.info("action_changed", user_id=person().id, action_id=action_id)
    flash("Åtgärden är sparad.")
    return redirect(url_for("atgarder.show_action", action_id=action_id), 303)


def _change(row: Action, data: dict[str, Any]) -> None:
    row.status = ActionStatus(data["status"])
    row.due_on, row.follow_up_on = data["due_on"], data["follow_up_on"]
    finished = row.status in (ActionStatus.DONE, ActionStatus.FOLLOWED_UP)
    row.done_on = (data["done_on"] or row.done_on or local_date(now())) if finished else None
