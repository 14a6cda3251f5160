"""What stands where in the whole product: what waits, what has stopped, what is in doubt. Cheap to ask at any time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.base import Word
from models.delivery import SENDABLE_AGAIN, Delivery, deliveries_of
from models.disposal import Disposal
from models.forum import Forum
from models.handout import Handout
from models.heartbeat import Heartbeat
from models.month_count import dirty_slices
from models.outbox import MAX_ATTEMPTS, Outbox, Task, stuck
from models.report import Report, ReportState
from models.summary import Summary


@dataclass(frozen=True)
class Step:
    """One kind of work: how many jobs wait and since when the oldest does, and how many have stopped."""

    task: Task
    waiting: int
    stopped: int
    oldest: datetime | None


def steps(session: Session) -> list[Step]:
    """Every kind of work, also those with nothing to do."""
    waits = Outbox.attempts < MAX_ATTEMPTS
    waiting = func.count(case((waits, 1)))
    figures = (waiting, func.count() - waiting, func.min(case((waits, Outbox.created_at))))
    found = {task: rest for task, *rest in session.execute(select(Outbox.task, *figures).group_by(Outbox.task))}
    return [Step(task, *found.get(task, (0, 0, None))) for task in Task]


def uncounted(session: Session) -> int:
    """How many slices wait to be recounted."""
    return session.scalar(select(func.count()).select_from(dirty_slices().order_by(None).subquery())) or 0


Words = TypeVar("Words", bound=Word)


def by_state(session: Session, column: InstrumentedAttribute[Words], words: type[Words]) -> dict[Words, int]:
    """How many rows there are in each state, also in those where there are none."""
    found = session.execute(select(column, func.count()).group_by(column))
    return dict.fromkeys(words, 0) | {state: number for state, number in found}  # noqa: C416 - rows are no pairs to mypy.


def heartbeats(session: Session) -> dict[str, datetime]:
    """When each part last gave a sign of life."""
    return {row.name: row.seen_at for row in session.scalars(select(Heartbeat))}


def unattended() -> Select[Outbox]:
    """The jobs that were given up and that nobody has dealt with, oldest first. A report that a person has judged
    needs no suggestion any more, so its job is nobody's worry."""
    judged = select(Report.id).where(Report.state != ReportState.RECEIVED)
    return stuck().where(~((Outbox.task == Task.CLASSIFY_REPORT) & Outbox.subject_id.in_(judged)))


def unattended_of(federation_id: int) -> Select[Outbox]:
    """Those of one federation. A mail that is given up has a state of its own and stands among the mails."""
    reports = select(Report.id).where(Report.federation_id == federation_id)
    summaries = select(Summary.id).join(Forum).where(Forum.federation_id == federation_id)
    own_reports = (Outbox.task == Task.CLASSIFY_REPORT) & Outbox.subject_id.in_(reports)
    own_summaries = (Outbox.task == Task.BUILD_SUMMARY) & Outbox.subject_id.in_(summaries)
    disposals = select(Disposal.id).where(Disposal.federation_id == federation_id)
    own_disposals = (Outbox.task == Task.DISPOSE) & Outbox.subject_id.in_(disposals)
    handouts = select(Handout.id).where(Handout.federation_id == federation_id)
    own_handouts = (Outbox.task == Task.PRINT_HANDOUT) & Outbox.subject_id.in_(handouts)
    return unattended().where(own_reports | own_summaries | own_disposals | own_handouts)


def mails_in_trouble(session: Session, federation_id: int) -> int:
    """How many mails of a federation failed or are in doubt, and wait for somebody to decide."""
    query = deliveries_of(federation_id).where(Delivery.state.in_(SENDABLE_AGAIN)).order_by(None)
    return session.scalar(select(func.count()).select_from(query.with_only_columns(Delivery.id).subquery())) or 0
