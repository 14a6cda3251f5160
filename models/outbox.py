"""The outbox: what waits to be done. The row is the job; the broker is only a doorbell.

A row is added in the same transaction as the thing it speaks of and deleted in the same transaction
as the effect of the work. So whatever still stands here is waiting, and nothing can be lost between.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Index, Select, String, UniqueConstraint, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, Word, insert_into, word_column
from models.clock import reached

MAX_ATTEMPTS = 3
# A row that nobody took, or that was taken by somebody who died, is rung for again after this time. Work that takes
# longer says now and then that it goes on, see `renew`.
PATIENCE = timedelta(seconds=10)


class Task(Word):
    """The tasks that ask for a row, each with the queue it runs in."""

    CLASSIFY_REPORT = "classify_report", "Föreslå kategori"
    BUILD_SUMMARY = "build_summary", "Skapa sammanställning"
    DELIVER = "deliver", "Skicka mejl"
    TRAIN_MODEL = "train_model", "Träna klassificeraren"
    DISPOSE = "dispose", "Gallra"
    PRINT_HANDOUT = "print_handout", "Skriva ut beslut om utlämnande"

    @property
    def queue(self) -> str:
        return "fast" if self is Task.CLASSIFY_REPORT else "slow"


class Outbox(Base):
    __tablename__ = "outbox"
    __table_args__ = (UniqueConstraint("task", "subject_id"), Index("ix_outbox_waiting", "attempted_at", "created_at"))
    id: Mapped[int] = mapped_column(primary_key=True)
    task: Mapped[Task] = mapped_column(word_column(Task))
    subject_id: Mapped[int]
    created_at: Mapped[datetime]
    attempted_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    fault: Mapped[str] = mapped_column(String(300), default="")

    @property
    def last_sign(self) -> datetime:
        return self.attempted_at or self.created_at

    @property
    def broke_off(self) -> bool:
        """Whether whoever tried last left no word, as one does who dies of it."""
        return self.attempts > 0 and not self.fault


def take(session: Session, task: Task, subject_id: int, now: datetime) -> bool:
    """Count one more attempt. False when nothing waits, or when the row has failed too often to be tried again."""
    waiting = (Outbox.task == task) & (Outbox.subject_id == subject_id) & (Outbox.attempts < MAX_ATTEMPTS)
    step = update(Outbox).where(waiting).values(attempts=Outbox.attempts + 1, attempted_at=now).returning(Outbox.id)
    return session.scalar(step) is not None


def renew(session: Session, task: Task, subject_id: int, now: datetime) -> None:
    """Say that the work which was begun goes on."""
    here = (Outbox.task == task) & (Outbox.subject_id == subject_id)
    session.execute(update(Outbox).where(here).values(attempted_at=now))


def forgive(session: Session, task: Task, subject_id: int) -> None:
    """Take an attempt back that was none, since the database itself was away."""
    here = (Outbox.task == task) & (Outbox.subject_id == subject_id) & (Outbox.attempts > 0)
    session.execute(update(Outbox).where(here).values(attempts=Outbox.attempts - 1))


def try_again(session: Session, task: Task, subject_id: int, now: datetime) -> None:
    """Let a job wait anew, with all its attempts before it. Asking for it twice changes nothing."""
    row = insert_into(session, Outbox).values(task=task, subject_id=subject_id, created_at=now, attempts=0, fault="")
    anew = {"created_at": now, "attempted_at": None, "attempts": 0, "fault": ""}
    given_up = Outbox.attempts >= MAX_ATTEMPTS
    session.execute(row.on_conflict_do_update(index_elements=["task", "subject_id"], set_=anew, where=given_up))


def lock(session: Session, task: Task, subject_id: int) -> Outbox | None:
    """The waiting row, locked until the transaction ends; None when somebody else has done the work."""
    query = select(Outbox).where(Outbox.task == task, Outbox.subject_id == subject_id).with_for_update()
    return session.scalars(query).one_or_none()


def overdue(now: datetime) -> Select[Outbox]:
    """Rows that somebody should have taken by now and that may still be tried. Locked; what others hold is left out."""
    last_sign = func.coalesce(Outbox.attempted_at, Outbox.created_at)
    waited = (reached(last_sign, now - PATIENCE, 2 * PATIENCE), Outbox.attempts < MAX_ATTEMPTS)
    return select(Outbox).where(*waited).order_by(Outbox.id).with_for_update(skip_locked=True)


def oldest_waiting() -> Select[datetime | None]:
    """When the job was ordered that has waited longest; jobs that are tried no more do not wait."""
    return select(func.min(Outbox.created_at)).where(Outbox.attempts < MAX_ATTEMPTS)


def stuck() -> Select[Outbox]:
    """Rows that were tried in vain too often: a person has to look at them."""
    return select(Outbox).where(Outbox.attempts >= MAX_ATTEMPTS).order_by(Outbox.id)


def note_fault(session: Session, task: Task, subject_id: int, fault: str) -> None:
    """Leave on the waiting row why it failed: the kind of error, never its words."""
    here = (Outbox.task == task) & (Outbox.subject_id == subject_id)
    session.execute(update(Outbox).where(here).values(fault=fault[:300]))
