"""What the dashboard says of actions and meetings: two tiles and two cards."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models.action import Action
from models.action_queries import count_open, visible_actions, with_rows
from models.agenda_queries import AgendaSize, agenda_sizes
from models.forum import Forum, Meeting, visible_forums
from schemas.months import LOCAL, NAMES, local_date
from webapp.atgarder.rows import action_row
from webapp.forum.words import items_word, when
from webapp.requests import now, reading, scope

MOST_MEETINGS = 4
MOST_ACTIONS = 6


def late_tile(area_ids: Collection[int], area_code: str) -> dict[str, Any]:
    """The tile of late actions. Arguments: area_code - of the one area that is chosen; empty for all."""
    late, waiting = count_open(reading(), area_ids, local_date(now()))
    return {
        "number": late,
        "title": "Försenade åtgärder",
        "detail": f"Av {waiting} öppna",
        "href": url_for("atgarder.list_actions", status="sena" if late else None, omrade=area_code or None),
        "late": late > 0,
    }


def meeting_tile(meetings: list[dict[str, Any]]) -> dict[str, Any]:
    """The tile of the next meeting."""
    first = meetings[0] if meetings else None
    return {
        "number": first["day"] if first else "–",
        "title": "Nästa möte",
        "detail": f"{first['name']}: {items_word(first['items']).lower()}" if first else "Inget möte är inlagt",
        "href": first["href"] if first else url_for("forum.list_forums"),
        "late": False,
    }


def open_actions(area_ids: Collection[int]) -> list[dict[str, Any]]:
    """The card of actions: late ones first, then by due date, then what is done."""
    query = with_rows(visible_actions(scope()).where(Action.area_id.in_(area_ids)))
    return [action_row(action) for action in reading().scalars(query.limit(MOST_ACTIONS))]


def coming_meetings(area_ids: Collection[int]) -> list[dict[str, Any]]:
    """The next meetings of the forums of some areas and of the federation, with how much each has on its agenda."""
    near = visible_forums(scope()).where(Forum.area_id.is_(None) | Forum.area_id.in_(area_ids))
    forums = near.with_only_columns(Forum.id).order_by(None)
    query = select(Meeting).where(
        Meeting.forum_id.in_(forums), Meeting.starts_at > now(), Meeting.cancelled_at.is_(None)
    )
    coming = reading().scalars(
        query.options(joinedload(Meeting.forum)).order_by(Meeting.starts_at).limit(MOST_MEETINGS)
    )
    meetings = list(coming)
    sizes = agenda_sizes(reading(), [meeting.id for meeting in meetings])
    return [_meeting(meeting, sizes.get(meeting.id, AgendaSize()).items) for meeting in meetings]


def _meeting(meeting: Meeting, items: int) -> dict[str, Any]:
    local = meeting.starts_at.astimezone(LOCAL)
    return {
        "name": meeting.forum.name,
        "when": when(meeting.starts_at),
        "day": f"{local.day} {NAMES[local.month - 1][:3]}",
        "items": items,
        "href": url_for("forum.show_meeting", code=meeting.forum.code, meeting_id=meeting.id),
    }
