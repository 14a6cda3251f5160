"""Jobs that were tried in vain too often: they stop, and what they were about says so where people look."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, aliased

from models.delivery import Delivery, DeliveryState
from models.learning import ModelState, TrainedModel
from models.outbox import MAX_ATTEMPTS, PATIENCE, Outbox, Task, stuck
from models.summary import Summary, SummaryState

BROKEN_OFF = "arbetet avbröts"
MARK = "Kräver granskning"
WHY = MARK + ": gick inte på {attempts} försök ({kind})"


def give_up(session: Session, now: datetime) -> None:
    """Write down why on each job that has stopped, once; its row stays until somebody lets it try again.

    A mail has a state and a button of its own, so its job is done with. Whoever is at the last attempt keeps it.
    """
    silent = stuck().where(Outbox.attempted_at <= now - PATIENCE, ~Outbox.fault.startswith(MARK))
    for job in session.scalars(silent.with_for_update(skip_locked=True)):
        job.fault = WHY.format(attempts=MAX_ATTEMPTS, kind=job.fault or BROKEN_OFF)
        if job.task is Task.BUILD_SUMMARY:
            _fail_summary(session, job)
        elif job.task is Task.DELIVER:
            _fail_mail(session, job)
        elif job.task is Task.TRAIN_MODEL:
            _fail_training(session, job)
    session.flush()
    _forget_replaced(session)


def _fail_summary(session: Session, job: Outbox) -> None:
    queued = (Summary.id == job.subject_id, Summary.state == SummaryState.QUEUED)
    session.execute(update(Summary).where(*queued).values(state=SummaryState.FAILED, fault=job.fault))


def _fail_mail(session: Session, job: Outbox) -> None:
    queued = (Delivery.id == job.subject_id, Delivery.state == DeliveryState.QUEUED)
    session.execute(update(Delivery).where(*queued).values(state=DeliveryState.FAILED, fault=job.fault))
    session.delete(job)


def _fail_training(session: Session, job: Outbox) -> None:
    ordered = (TrainedModel.id == job.subject_id, TrainedModel.state == ModelState.ORDERED)
    session.execute(update(TrainedModel).where(*ordered).values(state=ModelState.FAILED))
    session.delete(job)


def _forget_replaced(session: Session) -> None:
    """A summary that failed needs nobody any more when a later version of it has been made."""
    later = aliased(Summary)
    same = (later.forum_id == Summary.forum_id, later.kind == Summary.kind, later.period == Summary.period)
    made = select(Summary.id).join(later, later.version > Summary.version).where(*same)
    replaced = made.where(later.state == SummaryState.BUILT, Summary.state == SummaryState.FAILED)
    old = (Outbox.task == Task.BUILD_SUMMARY, Outbox.attempts >= MAX_ATTEMPTS, Outbox.subject_id.in_(replaced))
    session.execute(delete(Outbox).where(*old))
