"""Reading forums: what stands beside each in the register, and which forum takes over from which."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from models.agenda import AgendaItem, Decision, agenda_report
from models.forum import Forum, ForumKind, Meeting, visible_forums
from models.organisation import Area
from models.report import Report, ReportState
from models.user import Scope

# From the forum that works on small frictions to the one that decides for the whole federation.
LADDER = tuple(
    map(
        ForumKind,
        ("working_group", "local_group", "steering_group", "preparatory_group", "board"),
    )
)


@dataclass(frozen=True)
class ForumLine:
    """One forum in the register. `routed` are the reports it has, `waiting` those that no agenda has taken up."""

    forum: Forum
    next_meeting: Meeting | None
    routed: int
    waiting: int


def forum_lines(session: Session, scope: Scope, now: datetime) -> list[ForumLine]:
    """The forums that somebody may see, those of areas first. Takes as many queries for one as for a hundred."""
    nearby = (joinedload(Forum.area), selectinload(Forum.members), selectinload(Forum.agreements))
    forums = session.scalars(visible_forums(scope).options(*nearby)).all()
    ids = [forum.id for forum in forums]
    meetings, routed = next_meeting_of(session, ids, now), count_routed(session, scope.federation_id, ids)
    lines = [ForumLine(forum, meetings.get(forum.id), *routed.get(forum.id, (0, 0))) for forum in forums]
    return sorted(lines, key=_order)


def _order(line: ForumLine) -> tuple[bool, str, int, str]:
    forum = line.forum
    return forum.area is None, forum.area.name if forum.area else "", LADDER.index(forum.kind), forum.name


def next_meeting_of(session: Session, forum_ids: Collection[int], now: datetime) -> dict[int, Meeting]:
    """The soonest coming meeting of each forum that has one."""
    coming = (Meeting.forum_id.in_(forum_ids), Meeting.starts_at > now, Meeting.cancelled_at.is_(None))
    rows = session.scalars(select(Meeting).where(*coming).order_by(Meeting.starts_at.desc()))
    return {meeting.forum_id: meeting for meeting in rows}


def on_open_agenda() -> ColumnElement[bool]:
    """Whether a report stands on an agenda of the forum that has it, where nothing is decided yet; a cancelled meeting
    lets its reports go, and so does a forum that a report was taken from."""
    item = (
        select(agenda_report.c.report_id)
        .join(AgendaItem, AgendaItem.id == agenda_report.c.agenda_item_id)
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .where(agenda_report.c.report_id == Report.id, Meeting.forum_id == Report.forum_id)
        .where(Meeting.cancelled_at.is_(None))
        .where(~select(Decision.id).where(Decision.agenda_item_id == AgendaItem.id).exists())
    )
    return item.exists()


def routed_to(federation_id: int, forum_ids: Collection[int]) -> tuple[ColumnElement[bool], ...]:
    """The condition for reports that wait for forums. It names the areas too, since the index begins with them."""
    areas = select(Area.id).where(Area.federation_id == federation_id)
    return Report.area_id.in_(areas), Report.state == ReportState.ROUTED, Report.forum_id.in_(forum_ids)


def count_routed(session: Session, federation_id: int, forum_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """(reports, those that no agenda has taken up) of each forum that has any."""
    waiting = func.count().filter(~on_open_agenda())
    query = select(Report.forum_id, func.count(), waiting).where(*routed_to(federation_id, forum_ids))
    rows = session.execute(query.group_by(Report.forum_id))
    return {forum_id: (count, free) for forum_id, count, free in rows if forum_id is not None}


def waiting_reports(session: Session, forum: Forum, limit: int) -> list[Report]:
    """The reports of a forum that no agenda has taken up, the longest waiting first."""
    nearby = (joinedload(Report.from_unit), joinedload(Report.about_unit))
    query = select(Report).where(*routed_to(forum.federation_id, [forum.id]), ~on_open_agenda()).options(*nearby)
    return list(session.scalars(query.order_by(Report.received_at, Report.id).limit(limit)))


def forum_above(session: Session, forum: Forum) -> Forum | None:
    """The forum that takes over what this one cannot solve: the next step of the ladder that the area has, else the
    federation's. None for the highest one."""
    near = (Forum.area_id == forum.area_id) | Forum.area_id.is_(None)
    query = select(Forum).where(Forum.federation_id == forum.federation_id, near).order_by(Forum.name)
    higher = [row for row in session.scalars(query) if LADDER.index(row.kind) > LADDER.index(forum.kind)]
    return min(higher, key=lambda row: (LADDER.index(row.kind), row.area_id is None), default=None)
