"""The packs of meetings: what becomes of one when its meeting is moved or cancelled. No pack is left an orphan."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from models.forum import Meeting
from models.outbox import Outbox, Task
from models.summary import Summary, SummaryKind, SummaryState, next_version, order_summary
from schemas.months import local_date, pack_is_due


def live_pack(session: Session, forum_id: int, day: date, *, released: bool = False) -> Summary | None:
    """The newest pack for a day that still holds. Arguments: released - pass over what is still a draft."""
    here = (Summary.forum_id == forum_id, Summary.kind == SummaryKind.MEETING, Summary.period == day)
    query = select(Summary).where(*here, Summary.state != SummaryState.SUPERSEDED)
    if released:
        query = query.where(Summary.released_at.is_not(None))
    return session.scalars(query.order_by(Summary.version.desc()).limit(1)).first()


def meeting_days(session: Session, forum_id: int) -> set[date]:
    """The days when a forum meets or has met."""
    query = select(Meeting.starts_at).where(Meeting.forum_id == forum_id, Meeting.cancelled_at.is_(None))
    return {local_date(moment) for moment in session.scalars(query)}


def supersede_packs(session: Session, forum_id: int, days: Iterable[date]) -> None:
    """Take the packs of some days out of use, unless the forum still meets on that day. Call it after the change.

    A pack that is being built right now must not come alive again: the worker stores it only while its outbox row is
    there. That row is taken first, in the order in which the worker takes the two.
    """
    empty = set(days) - meeting_days(session, forum_id)
    here = (Summary.forum_id == forum_id, Summary.kind == SummaryKind.MEETING, Summary.period.in_(empty))
    ids = list(session.scalars(select(Summary.id).where(*here, Summary.state != SummaryState.SUPERSEDED)))
    session.execute(delete(Outbox).where(Outbox.task == Task.BUILD_SUMMARY, Outbox.subject_id.in_(ids)))
    session.execute(update(Summary).where(Summary.id.in_(ids)).values(state=SummaryState.SUPERSEDED, fault=""))


def order_near_pack(session: Session, forum_id: int, day: date, now: datetime) -> int | None:
    """Order the pack of a meeting that is so close that its pack is due, where none holds.

    Returns: the id of the new summary, or None when none was needed.
    """
    if not pack_is_due(day, local_date(now)) or live_pack(session, forum_id, day) is not None:
        return None
    version = next_version(session, forum_id, SummaryKind.MEETING, day)
    return order_summary(session, forum_id, SummaryKind.MEETING, day, version, now)
