"""Putting an agenda together: items with the question to answer, the reports behind them, and their order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from models.agenda import AgendaItem
from models.agenda_queries import agenda_of, next_position
from models.forum import Forum, Meeting
from models.forum_queries import waiting_reports
from models.report import Report
from schemas.agenda import USUAL_MINUTES, ItemSchema
from webapp.form_input import Input, read_form, seal
from webapp.forum.access import changing_forum, meeting_of, must_change
from webapp.forum.meeting_page import facts, report_row
from webapp.requests import logger, person, reading, through
from webapp.wall import AGENDA

blueprint = Blueprint("agenda", __name__)
MOST_OFFERED = 200
CANCELLED = "Mötet är inställt. Lägg ärendet på ett annat möte"
DECIDED = "Ärendet är beslutat och kan inte ändras"
Answer = Response | tuple[str, int]


@blueprint.route("/forum/<code>/moten/<int:meeting_id>/arenden/ny", methods=["GET", "POST"])
@through(AGENDA)
def new_item(code: str, meeting_id: int) -> Answer:
    meeting = meeting_of(code, meeting_id)
    must_change(meeting.forum)
    return _form(meeting, None)


@blueprint.route("/forum/<code>/moten/<int:meeting_id>/arenden/<int:item_id>", methods=["GET", "POST"])
@through(AGENDA)
def edit_item(code: str, meeting_id: int, item_id: int) -> Answer:
    meeting = meeting_of(code, meeting_id)
    must_change(meeting.forum)
    return _form(meeting, item_of(meeting, item_id))


def item_of(meeting: Meeting, item_id: int) -> AgendaItem:
    """An item of a meeting, for reading. Answers 404 when it is not there."""
    return next((item for item in agenda_of(reading(), meeting.id) if item.id == item_id), None) or abort(404)


def _form(meeting: Meeting, item: AgendaItem | None) -> Answer:
    offered = _offered(reading(), meeting.forum, item)
    if request.method == "GET":
        return _page(meeting, item, offered, Input("item", _stored(item)))
    typed = read_form("item", ItemSchema([report.reference for report in offered]), ("item_reports",))
    if fault := _fault(meeting, item):
        typed.refuse("form", fault)
    if typed.errors:
        return _page(meeting, item, offered, typed)
    with changing_forum(meeting.forum) as (session, forum):
        row = session.get(AgendaItem, item.id) if item else None
        stored = _store(session, forum, meeting.id, row, typed) if (item is None) == (row is None) else False
    if stored:
        return _back(meeting, "agenda_item_saved", "Ärendet är sparat.")
    return _stale(meeting, item, typed)


def _stale(meeting: Meeting, item: AgendaItem | None, typed: Input) -> tuple[str, int]:
    """Somebody was first: what stands now, above what was typed. An item that is gone may be stored as a new one."""
    reading().expire_all()
    current = next((row for row in agenda_of(reading(), meeting.id) if item and row.id == item.id), None)
    offered = _offered(reading(), meeting.forum, current)
    if current is not None:
        typed.stale([("Ärendet är nu", current.title), ("Frågan", current.question)])
    else:
        gone = [("Ärendet", "är borttaget från dagordningen")] if item else []
        typed.stale([*gone, ("Rapporter", f"{len(offered)} väntar på ett möte nu")])
    return _page(meeting, current, offered, typed)


def _offered(session: Session, forum: Forum, item: AgendaItem | None) -> list[Report]:
    """The reports that may stand behind an item: its own, and those of the forum that no agenda has taken up."""
    own = sorted(item.reports, key=lambda report: report.reference) if item else []
    return own + [row for row in waiting_reports(session, forum, MOST_OFFERED) if row not in own]


def _stored(item: AgendaItem | None) -> dict[str, Any]:
    """What stands in the form from the start."""
    chosen = request.args.getlist("rapport")
    if item is None:
        return {"item_minutes": USUAL_MINUTES, "item_reports": chosen}
    return {
        "item_title": item.title,
        "item_question": item.question,
        "item_minutes": item.minutes,
        "item_reports": [report.reference for report in item.reports],
    }


def _fault(meeting: Meeting, item: AgendaItem | None) -> str:
    if meeting.cancelled_at is not None:
        return CANCELLED
    return DECIDED if item is not None and item.decision is not None else ""


def item_seal(item: AgendaItem | None) -> str:
    """What the page shows of an item, as a mark."""
    if item is None:
        return ""
    reports = sorted(report.id for report in item.reports)
    return seal(item.meeting_id, item.title, item.question, item.minutes, *reports)


def _store(session: Session, forum: Forum, meeting_id: int, item: AgendaItem | None, typed: Input) -> bool:
    """Keep an item. False when the item, the meeting or a report is no longer what the page showed."""
    current = session.get_one(Meeting, meeting_id)
    if item_seal(item) != request.form.get("seal", "") or _fault(current, item):
        return False
    wanted = set(typed.data["item_reports"])
    reports = [report for report in _offered(session, forum, item) if report.reference in wanted]
    if len(reports) != len(wanted):
        return False
    row = item or AgendaItem(meeting_id=meeting_id, position=next_position(session, meeting_id))
    row.title, row.question = typed.data["item_title"], typed.data["item_question"]
    row.minutes, row.reports = typed.data["item_minutes"], reports
    session.add(row)
    return True


def _page(meeting: Meeting, item: AgendaItem | None, offered: Iterable[Report], typed: Input) -> tuple[str, int]:
    html = render_template(
        "web/arende.html",
        meeting=facts(meeting),
        item_id=item.id if item else None,
        seal=item_seal(item),
        reports=[report_row(report) for report in offered],
        typed=typed,
        errors=typed.errors,
    )
    return html, typed.status


@blueprint.post("/forum/<code>/moten/<int:meeting_id>/arenden/<int:item_id>/flytta")
def shift_item(code: str, meeting_id: int, item_id: int) -> Response:
    """One step up or down. Positions are numbered anew, so that they never collide."""
    meeting = meeting_of(code, meeting_id)
    step = {"upp": -1, "ner": 1}.get(request.form.get("at", "")) or abort(404)
    with changing_forum(meeting.forum) as (session, _):
        items = agenda_of(session, meeting_id)
        place = next((index for index, item in enumerate(items) if item.id == item_id), None)
        if place is None:
            abort(404)
        items.insert(max(0, place + step), items.pop(place))
        for position, item in enumerate(items, start=1):
            item.position = position
    return redirect(url_for("forum.show_meeting", code=code, meeting_id=meeting_id) + f"#arende-{item_id}", 303)


@blueprint.post("/forum/<code>/moten/<int:meeting_id>/arenden/<int:item_id>/bort")
def remove_item(code: str, meeting_id: int, item_id: int) -> Response:
    """Take an item off the agenda; its reports wait for one again. What was decided stays."""
    meeting = meeting_of(code, meeting_id)
    with changing_forum(meeting.forum) as (session, _):
        item = session.get(AgendaItem, item_id)
        mine = item is not None and item.meeting_id == meeting_id
        decided = mine and item is not None and item.decision is not None
        if item is not None and mine and not decided:
            session.delete(item)
    if not mine and item is not None:
        abort(404)
    return _back(meeting, "agenda_item_removed", DECIDED if decided else "Ärendet är borttaget från dagordningen.")


def _back(meeting: Meeting, what: str, said: str) -> Response:
    logger.info(what, user_id=person().id, meeting_id=meeting.id)
    flash(said)
    return redirect(url_for("forum.show_meeting", code=meeting.forum.code, meeting_id=meeting.id), 303)
