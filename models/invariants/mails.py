"""I7 and I8: a recipient gets a mail once or not at all, doubt is shown, and every failure has a reason."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from models.delivery import LONGEST_SENDING, SENDABLE_AGAIN, Delivery, DeliveryState
from models.invariants.breach import Breach, doubles, found
from models.outbox import MAX_ATTEMPTS, Outbox, Task

VISIBLE = timedelta(minutes=5)  # so soon after it stopped must a failure say why


def one_mail_for_each_recipient(session: Session, _now: datetime) -> Iterator[Breach]:
    twice = doubles(session, Delivery.kind, Delivery.subject_id, Delivery.user_id)
    yield from found("I7", "nobody is told the same thing twice", twice)
    undated = select(Delivery.id).where((Delivery.state == DeliveryState.SENT) != Delivery.sent_at.is_not(None))
    yield from found("I7", "what was sent says when", session.scalars(undated))


def every_mail_is_waiting_or_done(session: Session, now: datetime) -> Iterator[Breach]:
    job = exists().where(Outbox.task == Task.DELIVER, Outbox.subject_id == Delivery.id)
    lost = select(Delivery.id).where(Delivery.state == DeliveryState.QUEUED, ~job, Delivery.retry_at.is_(None))
    yield from found("I7", "a queued mail waits to be sent", session.scalars(lost))
    late = Delivery.tried_at <= now - max(LONGEST_SENDING, VISIBLE)
    hidden = select(Delivery.id).where(Delivery.state == DeliveryState.SENDING, late)
    yield from found("I7", "a mail in doubt is shown as such", session.scalars(hidden))


def every_failure_has_a_reason(session: Session, now: datetime) -> Iterator[Breach]:
    silent = select(Delivery.id).where(Delivery.state.in_(SENDABLE_AGAIN), Delivery.fault == "")
    yield from found("I8", "a mail that failed says why", session.scalars(silent))
    stopped = (Outbox.attempts >= MAX_ATTEMPTS, Outbox.attempted_at <= now - VISIBLE, Outbox.fault == "")
    yield from found("I8", "a job that is tried no more says why", session.scalars(select(Outbox.id).where(*stopped)))
