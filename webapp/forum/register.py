"""/forum: the register of forums, one forum, one meeting, and the calendar."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models.agenda_queries import AgendaSize, agenda_sizes
from models.forum import Forum, Meeting, visible_forums
from models.forum_queries import ForumLine, forum_lines
from schemas.ics import Event, calendar
from schemas.months import local_date
from webapp.forum.access import find_forum, may_change, may_count, meeting_of
from webapp.forum.meeting_page import page as meeting_page
from webapp.forum.page import page as forum_page
from webapp.forum.words import agreement_state, convener_name, place, when
from webapp.granska.decision_form import parties
from webapp.requests import logger, now, person, reading, scope

blueprint = Blueprint("forum", __name__)
SHORTEST = 60  # minutes that a meeting takes in a calendar, however short its agenda still is


@blueprint.get("/forum")
def list_forums() -> str:
    lines = forum_lines(reading(), scope(), now())
    return render_template("web/forum.html", forums=[_row(line) for line in lines])


def _row(line: ForumLine) -> dict[str, Any]:
    forum, meeting = line.forum, line.next_meeting
    return {
        "name": forum.name,
        "href": url_for("forum.show_forum", code=forum.code),
        "kind": forum.kind.label,
        "place": place(forum),
        "convener": convener_name(forum, parties()),
        "empty": not forum.members,
        "agreement": agreement_state(forum.agreements, local_date(now())),
        "meeting": when(meeting.starts_at) if meeting else "",
        "meeting_href": url_for("forum.show_meeting", code=forum.code, meeting_id=meeting.id) if meeting else "",
        # Small numbers are for the coordinator who receives the reports, not for all who sit there.
        "routed": line.routed if may_count(forum) else None,
        "waiting": line.waiting,
    }


@blueprint.get("/forum/<code>")
def show_forum(code: str) -> tuple[str, int]:
    forum = find_forum(code)
    wanted = request.args.get("overenskommelse", type=int)
    if wanted is None:
        return forum_page(forum)
    agreement = next((row for row in forum.agreements if row.id == wanted), None)
    if agreement is None or not may_change(forum):
        abort(404)
    return forum_page(forum, agreement=agreement)


@blueprint.get("/forum/<code>/moten/<int:meeting_id>")
def show_meeting(code: str, meeting_id: int) -> tuple[str, int]:
    return meeting_page(meeting_of(code, meeting_id))


@blueprint.get("/forum.ics", endpoint="calendar")
def calendar_file() -> Response:
    """The coming meetings of the forums that one may see. What was called off stays in it as such, so that a calendar
    that has read it before takes the meeting away."""
    moment = now()
    forums = visible_forums(scope()).with_only_columns(Forum.id).order_by(None)
    query = select(Meeting).where(Meeting.forum_id.in_(forums), Meeting.starts_at > moment)
    meetings = reading().scalars(query.options(joinedload(Meeting.forum)).order_by(Meeting.starts_at, Meeting.id)).all()
    logger.info("calendar_fetched", user_id=person().id, meetings=len(meetings))
    headers = {"Content-Disposition": 'attachment; filename="forum.ics"'}
    return Response(_calendar(meetings, moment), mimetype="text/calendar", headers=headers)


def _calendar(meetings: Any, moment: datetime) -> str:
    sizes = agenda_sizes(reading(), [meeting.id for meeting in meetings])
    federation = person().federation
    events = [
        Event(
            uid=f"mote-{meeting.id}@{federation.code}.lexheller",
            starts_at=meeting.starts_at,
            title=meeting.forum.name,
            minutes=max(sizes.get(meeting.id, AgendaSize()).minutes, SHORTEST),
            cancelled=meeting.cancelled_at is not None,
        )
        for meeting in meetings
    ]
    return calendar(f"Möten, {federation.name}", events, moment)
