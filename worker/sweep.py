"""The sweep: what waits, what is dirty, what is owed, what is too old. Computed from the database at every tick."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, selectinload

from models.base import insert_into
from models.draft import KEPT, Draft
from models.forum import Forum
from models.heartbeat import Heartbeat
from models.month_count import dirty_slices
from models.outbox import overdue
from models.summary import Summary, SummaryKind, SummaryState, next_version, order_summary
from models.user import ABSOLUTE, IDLE, SignIn
from schemas.months import local_date
from worker.delivery import doubt_stale, order_retries
from worker.due import due_meetings, due_months
from worker.reminders import order_reminders

AT_A_TIME = 500  # so that a long queue is rung for in portions and a tick stays short


def beat(session: Session, now: datetime) -> None:
    """Write down that a tick went all the way from beat through the broker to a worker."""
    sign = insert_into(session, Heartbeat).values(name="sweep", seen_at=now)
    session.execute(sign.on_conflict_do_update(index_elements=["name"], set_={"seen_at": now}))


def waiting(session: Session, now: datetime) -> list[tuple[str, int]]:
    """Bells to ring again: tasks with the row that each is about."""
    jobs = [(row.task.value, row.subject_id) for row in session.scalars(overdue(now).limit(AT_A_TIME))]
    slices = [("recount_slice", slice_id) for slice_id in session.scalars(dirty_slices().limit(AT_A_TIME))]
    return jobs + slices


def order_due_summaries(session: Session, now: datetime) -> list[int]:
    """Put an order for every summary that is owed and not there. Returns: the ids of the new ones."""
    today = local_date(now)
    ordered: list[int] = []
    for forum in session.scalars(select(Forum).options(selectinload(Forum.meetings))):
        held = (local_date(meeting.starts_at) for meeting in forum.meetings if meeting.cancelled_at is None)
        ordered += _order(session, forum, SummaryKind.MONTHLY, due_months(forum.active_from, today), now)
        ordered += _order(session, forum, SummaryKind.MEETING, due_meetings(held, today), now)
    return ordered


def _order(session: Session, forum: Forum, kind: SummaryKind, periods: Iterable[date], now: datetime) -> list[int]:
    """A superseded pack counts as none: a meeting that was moved back to its day is owed a new one."""
    same = (Summary.forum_id == forum.id, Summary.kind == kind)
    there = set(session.scalars(select(Summary.period).where(*same, Summary.state != SummaryState.SUPERSEDED)))
    missing = [(period, next_version(session, forum.id, kind, period)) for period in periods if period not in there]
    new = (order_summary(session, forum.id, kind, period, version, now) for period, version in missing)
    return [summary_id for summary_id in new if summary_id is not None]


def order_mails(session: Session, now: datetime) -> list[int]:
    """Doubt mails whose sender has died, queue those whose pause is over, and remind of what has come due.

    Returns: the ids of the mails that wait to be sent now.
    """
    doubt_stale(session, now)
    return [*order_retries(session, now), *order_reminders(session, now)]


def dispose(session: Session, now: datetime) -> None:
    """Delete drafts after their seven days, and sign-ins that no longer open anything."""
    session.execute(delete(Draft).where(Draft.saved_at <= now - KEPT))
    session.execute(delete(SignIn).where((SignIn.started_at <= now - ABSOLUTE) | (SignIn.seen_at <= now - IDLE)))
