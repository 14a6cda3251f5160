"""Reading agendas: the items of a meeting with the reports behind them."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from models.agenda import AgendaItem, Decision
from models.forum import Forum, Meeting, visible_forums
from models.report import Report
from models.user import Scope


def agenda_of(session: Session, meeting_id: int) -> list[AgendaItem]:
    """The items of a meeting in their order, each with its reports (and their units) and its decision, if any."""
    reports = selectinload(AgendaItem.reports)
    nearby = (
        reports.joinedload(Report.from_unit),
        reports.joinedload(Report.about_unit),
        joinedload(AgendaItem.decision),
    )
    query = select(AgendaItem).where(AgendaItem.meeting_id == meeting_id).options(*nearby)
    return list(session.scalars(query.order_by(AgendaItem.position, AgendaItem.id)))


class AgendaSize(NamedTuple):
    """How many items a meeting has, how many minutes they take, and on how many nothing is decided."""

    items: int = 0
    minutes: int = 0
    undecided: int = 0


def agenda_sizes(session: Session, meeting_ids: Collection[int]) -> dict[int, AgendaSize]:
    """The size of the agenda of each meeting that has one."""
    decided = func.count(Decision.id)
    query = select(AgendaItem.meeting_id, func.count(), func.sum(AgendaItem.minutes), decided)
    query = query.outerjoin(Decision, Decision.agenda_item_id == AgendaItem.id)
    rows = session.execute(query.where(AgendaItem.meeting_id.in_(meeting_ids)).group_by(AgendaItem.meeting_id))
    return {meeting_id: AgendaSize(items, int(minutes), items - done) for meeting_id, items, minutes, done in rows}


def next_position(session: Session, meeting_id: int) -> int:
    """The place after the last item of a meeting."""
    last = select(func.max(AgendaItem.position)).where(AgendaItem.meeting_id == meeting_id)
    return (session.scalar(last) or 0) + 1


def find_meeting(session: Session, scope: Scope, code: str, meeting_id: int) -> Meeting | None:
    """A meeting of a forum that somebody may see."""
    forums = visible_forums(scope).where(Forum.code == code).with_only_columns(Forum.id).order_by(None)
    forum = joinedload(Meeting.forum)
    nearby = (forum.joinedload(Forum.area), forum.selectinload(Forum.names), forum.selectinload(Forum.members))
    query = select(Meeting).where(Meeting.id == meeting_id, Meeting.forum_id.in_(forums)).options(*nearby)
    return session.scalars(query).one_or_none()
