"""The sweep: what waits, what is dirty, what is owed, what is too old. Computed from the database at every tick."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, selectinload

from models import heartbeat
from models.draft import KEPT, Draft
from models.forum import Forum
from models.month_count import dirty_slices
from models.outbox import Outbox, overdue
from models.summary import Summary, SummaryKind, SummaryState, next_version, order_summary
from models.user import ABSOLUTE, IDLE, SignIn
from schemas.months import local_date
from worker.delivery import doubt_stale, order_retries
from worker.due import due_meetings, due_months, due_years
from worker.reminders import order_reminders

Bell = tuple[str, int]
AT_A_TIME = 500  # so that a long queue is rung for in portions and a tick stays short


def beat(session: Session, now: datetime) -> None:
    """Write down that a tick went all the way from beat through the broker to a worker."""
    heartbeat.beat(session, heartbeat.SWEEP, now)


def waiting(session: Session, now: datetime) -> list[Bell]:
    """Bells to ring again: tasks with the row that each is about. Rows that somebody finishes just now are left out."""
    jobs = [(row.task.value, row.subject_id) for row in _one_by_one(session.scalars(overdue(now).limit(AT_A_TIME)))]
    slices = [("recount_slice", slice_id) for slice_id in session.scalars(dirty_slices().limit(AT_A_TIME))]
    return jobs + slices


def _one_by_one(rows: Iterable[Outbox]) -> list[Outbox]:
    """All rows but those that broke off, of which each queue gets the one that has waited longest. What kills whoever
    reads it would else take the same innocent ones along each time, until they were given up too."""
    innocent: list[Outbox] = []
    suspects: list[Outbox] = []
    for row in rows:
        (suspects if row.broke_off else innocent).append(row)
    suspects.sort(key=lambda row: row.last_sign, reverse=True)
    return innocent + list({row.task.queue: row for row in suspects}.values())


def helpful(bells: Iterable[Bell], quiet: Callable[[str], bool]) -> Iterator[Bell]:
    """The bells of tasks whose queue holds not so many already. Each kind of task is asked for once.

    Arguments: quiet - tells by a task's name whether one more bell may help.
    """
    ask = lru_cache(maxsize=None)(quiet)
    return (bell for bell in bells if ask(bell[0]))


def order_due_summaries(session: Session, now: datetime) -> list[int]:
    """Put an order for every summary that is owed and not there. Returns: the ids of the new ones."""
    today = local_date(now)
    # A superseded pack counts as none: a meeting that was moved back to its day is owed a new one.
    holding = select(Summary.forum_id, Summary.kind, Summary.period).where(Summary.state != SummaryState.SUPERSEDED)
    there = {tuple(row) for row in session.execute(holding)}
    # Those of a whole federation last: what they print is weighed against what their areas do.
    everywhere = Forum.area_id.is_(None)
    forums = session.scalars(select(Forum).options(selectinload(Forum.meetings)).order_by(everywhere, Forum.id))
    missing = [key for forum in forums for key in _owed(forum, today) if key not in there]
    new = [order_summary(session, *key, next_version(session, *key), now) for key in missing]
    return [summary_id for summary_id in new if summary_id is not None]


def _owed(forum: Forum, today: date) -> list[tuple[int, SummaryKind, date]]:
    """Every summary that a forum should have by now."""
    held = (local_date(meeting.starts_at) for meeting in forum.meetings if meeting.cancelled_at is None)
    months = [(forum.id, SummaryKind.MONTHLY, month) for month in due_months(forum.active_from, today)]
    years = due_years(forum.active_from, today) if forum.area_id is None else []
    packs = [(forum.id, SummaryKind.MEETING, day) for day in due_meetings(held, today)]
    return [*months, *((forum.id, SummaryKind.YEARLY, year) for year in years), *packs]


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
