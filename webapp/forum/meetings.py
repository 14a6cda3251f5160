"""Planning meetings: adding, moving and calling off. The pack of a day when nobody meets any more is superseded."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from flask import Blueprint, flash, redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from models.agenda_queries import agenda_of, next_position
from models.forum import Forum, Meeting
from models.forum_queries import next_meeting_of
from models.outbox import Task
from models.packs import order_near_pack, supersede_packs
from schemas.forum import MeetingSchema
from schemas.months import local_date
from webapp.form_input import read_form, seal
from webapp.forum.access import changing_forum, find_forum, meeting_of, must_change
from webapp.forum.meeting_page import page as meeting_page
from webapp.forum.page import page as forum_page
from webapp.forum.words import when
from webapp.requests import logger, now, parts, person, reading

blueprint = Blueprint("meetings", __name__)
TAKEN = "Forumet har redan ett möte vid den tiden"
HELD = "Mötet har redan hållits och kan inte ändras"
CANCELLED = "Mötet är inställt"
Answer = Response | tuple[str, int]


@blueprint.post("/forum/<code>/moten")
def add(code: str) -> Answer:
    forum, moment = find_forum(code), now()
    must_change(forum)
    typed = read_form("meeting", MeetingSchema(moment))
    if typed.errors:
        return forum_page(forum, typed)
    with changing_forum(forum) as (session, row):
        meeting = _add_at(session, row, typed.data["starts_at"])
        ordered = _orders(session, row, [meeting.starts_at], moment) if meeting else []
    if meeting is None:
        typed.refuse("meeting_date", TAKEN)
        return forum_page(forum, typed)
    return _done(forum, meeting.id, "meeting_added", f"Mötet {when(meeting.starts_at)} är inlagt.", ordered)


def _add_at(session: Session, forum: Forum, moment: datetime) -> Meeting | None:
    """A meeting at a moment; one that was called off comes back. None when there is one already."""
    there = session.scalars(select(Meeting).where(Meeting.forum_id == forum.id, Meeting.starts_at == moment))
    meeting = there.one_or_none() or Meeting(forum_id=forum.id, starts_at=moment, cancelled_at=moment)
    if meeting.cancelled_at is None:
        return None
    meeting.cancelled_at = None
    session.add(meeting)
    session.flush()
    return meeting


@blueprint.post("/forum/<code>/moten/<int:meeting_id>/flytta")
def move(code: str, meeting_id: int) -> Answer:
    """Another day or hour. The agenda goes along; a pack that tells the old day is superseded."""
    meeting, moment = meeting_of(code, meeting_id), now()
    must_change(meeting.forum)
    typed = read_form("move", MeetingSchema(moment))
    if typed.errors:
        return meeting_page(meeting, typed)
    before, wanted = meeting.starts_at, typed.data["starts_at"]
    with changing_forum(meeting.forum) as (session, forum):
        row = session.get_one(Meeting, meeting_id)
        fault = _fault(row, moment)
        stale = seal(row.starts_at, row.cancelled_at) != request.form.get("seal")
        taken = select(Meeting.id).where(Meeting.forum_id == forum.id, Meeting.starts_at == wanted)
        clash = wanted != row.starts_at and session.scalars(taken).first() is not None
        free = not (fault or stale or clash)
        ordered = _move_to(session, forum, row, wanted, moment) if free else []
    if free:
        said = f"Mötet är flyttat från {when(before)} till {when(wanted)}."
        return _done(meeting.forum, meeting_id, "meeting_moved", said, ordered)
    reading().refresh(meeting)
    if stale:
        state = CANCELLED if meeting.cancelled_at else "Gäller"
        typed.stale([("Mötet är nu", when(meeting.starts_at)), ("Läge", state)])
    else:
        typed.refuse("meeting_date", fault or TAKEN)
    return meeting_page(meeting, typed)


def _fault(meeting: Meeting, moment: datetime) -> str:
    """Why a meeting can no longer be planned; empty when it can."""
    return CANCELLED if meeting.cancelled_at else HELD if meeting.starts_at <= moment else ""


def _move_to(session: Session, forum: Forum, meeting: Meeting, wanted: datetime, now: datetime) -> list[int]:
    before = meeting.starts_at
    meeting.starts_at = wanted
    session.flush()
    supersede_packs(session, forum.id, [local_date(before)])
    return _orders(session, forum, [wanted], now)


@blueprint.post("/forum/<code>/moten/<int:meeting_id>/stall-in")
def cancel(code: str, meeting_id: int) -> Answer:
    """Call a meeting off. What nothing was decided on goes to the forum's next meeting; without one its reports wait
    for an agenda again."""
    meeting, moment = meeting_of(code, meeting_id), now()
    with changing_forum(meeting.forum) as (session, forum):
        row = session.get_one(Meeting, meeting_id)
        fault = _fault(row, moment)
        carried = _call_off(session, forum, row, moment) if not fault else None
    if fault:
        typed = read_form("cancel", MeetingSchema(moment))
        typed.errors = {"form": fault}
        return meeting_page(meeting, typed)
    where = f" Ärendena är flyttade till {when(carried.starts_at)}." if carried else ""
    return _done(meeting.forum, meeting_id, "meeting_cancelled", f"Mötet är inställt.{where}", [])


def _call_off(session: Session, forum: Forum, meeting: Meeting, moment: datetime) -> Meeting | None:
    """Returns: the meeting that took over the open items, if any."""
    meeting.cancelled_at = moment
    session.flush()
    supersede_packs(session, forum.id, [local_date(meeting.starts_at)])
    following = next_meeting_of(session, [forum.id], moment).get(forum.id)
    undecided = [item for item in agenda_of(session, meeting.id) if item.decision is None]
    if following is None or not undecided:
        return None
    start = next_position(session, following.id)
    for number, item in enumerate(undecided):
        item.meeting_id, item.position = following.id, start + number
    return following


def _orders(session: Session, forum: Forum, moments: Iterable[datetime], now: datetime) -> list[int]:
    """Order the packs of meetings so close that the sweep would order them at its next tick anyway."""
    days: list[date] = [local_date(moment) for moment in moments]
    found = (order_near_pack(session, forum.id, day, now) for day in days)
    return [summary_id for summary_id in found if summary_id is not None]


def _done(forum: Forum, meeting_id: int, what: str, said: str, ordered: list[int]) -> Response:
    for summary_id in ordered:
        parts().doorbell.ring(Task.BUILD_SUMMARY.value, Task.BUILD_SUMMARY.queue, summary_id)
    logger.info(what, user_id=person().id, meeting_id=meeting_id)
    flash(f"{said} Underlaget görs nu." if ordered else said)
    return redirect(url_for("forum.show_meeting", code=forum.code, meeting_id=meeting_id), 303)
