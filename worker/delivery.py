"""The way of a mail's row: queued, sending, sent; or failed, or unknown. A mail is taken before it is sent and never
sent twice by itself: where it is in doubt whether one left, a person decides."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.account import make_token
from models.base import insert_into
from models.clock import reached
from models.delivery import LONGEST_SENDING, Delivery, DeliveryKind, DeliveryState, address_of, report_of
from models.outbox import Outbox, Task, lock
from worker import mail
from worker.letter import LetterError, Parcel, write_letter
from worker.pdf_check import UnsoundError, check_pdf
from worker.seat_mail import RefusedError, enclose

# A server that is away or says "later" is asked again after these times, then no more.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720))
LOST = "Sändningen avbröts. Mejlet kan ha kommit fram"
AT_A_TIME = 500
WITH_TOKEN = (DeliveryKind.INVITATION, DeliveryKind.PASSWORD)


@dataclass(frozen=True)
class Outcome:
    """How an attempt went; `later` says that it may be made again by itself."""

    state: DeliveryState
    fault: str = ""
    later: bool = False


@dataclass(frozen=True)
class Sender:
    """From whom and by which way: `folder` is where mail is laid when there is no server."""

    mail_url: str
    folder: Path | None
    address: str
    public_url: str


def claim(session: Session, delivery_id: int, now: datetime) -> Parcel | None:
    """Take a mail for sending. None when somebody else has it, or when it is not waiting.

    Its outbox row goes in the same transaction: whoever dies after this leaves a row that says `sending`, which
    `doubt_stale` finds, and nothing that would send it again.
    """
    waiting = lock(session, Task.DELIVER, delivery_id)
    if waiting is None:
        return None
    session.delete(waiting)
    queued = (Delivery.id == delivery_id) & (Delivery.state == DeliveryState.QUEUED)
    taken = {"state": DeliveryState.SENDING, "tried_at": now, "attempts": Delivery.attempts + 1}
    if session.scalar(update(Delivery).where(queued).values(taken).returning(Delivery.id)) is None:
        return None
    return _pack(session, session.get_one(Delivery, delivery_id, populate_existing=True), now)


def _pack(session: Session, row: Delivery, now: datetime) -> Parcel:
    parcel = Parcel(row.id, row.kind, row.subject_id, row.reference, "", row.ordered_at, now)
    parcel = replace(parcel, report_id=report_of(session, row))
    if row.kind in WITH_TOKEN:
        return replace(parcel, to=address_of(session, row) or "", token=make_token(session, row.subject_id))
    if row.kind is not DeliveryKind.SUMMARY:
        return replace(parcel, to=address_of(session, row) or "")
    try:
        to, enclosure = enclose(session, row)
    except RefusedError as error:
        return replace(parcel, refused=str(error))
    return replace(parcel, to=to, enclosure=enclosure)


def attempt(parcel: Parcel, sender: Sender) -> Outcome:
    """Write a mail and send it. Touches no database."""
    try:
        if parcel.enclosure is not None:
            check_pdf(parcel.enclosure.document, parcel.enclosure.sha256)
        letter = write_letter(parcel, sender.address, sender.public_url)
        if sender.folder is None:
            mail.send(letter, sender.mail_url)
        else:
            mail.lay(letter, sender.folder, parcel.delivery_id)
    except (LetterError, UnsoundError) as error:
        return Outcome(DeliveryState.FAILED, str(error))
    except mail.NotSentError as error:
        return Outcome(DeliveryState.FAILED, str(error), error.later)
    except mail.DoubtError as error:
        return Outcome(DeliveryState.UNKNOWN, str(error))
    return Outcome(DeliveryState.SENT)


def settle(session: Session, parcel: Parcel, outcome: Outcome, now: datetime) -> None:
    """Write down how the attempt went, unless a later one has begun."""
    row = session.get_one(Delivery, parcel.delivery_id, with_for_update=True)
    if row.tried_at != parcel.tried_at or row.state not in (DeliveryState.SENDING, DeliveryState.UNKNOWN):
        return
    row.state, row.fault = outcome.state, outcome.fault
    row.sent_at = now if outcome.state is DeliveryState.SENT else None
    if outcome.later and row.attempts <= len(PAUSES):
        row.state, row.retry_at = DeliveryState.QUEUED, now + PAUSES[row.attempts - 1]


def doubt_stale(session: Session, now: datetime) -> None:
    """Whoever was sending for too long has died; nobody knows whether before or after the mail left."""
    begun = reached(Delivery.tried_at, now - LONGEST_SENDING, 2 * LONGEST_SENDING)
    stale = (Delivery.state == DeliveryState.SENDING) & begun
    session.execute(update(Delivery).where(stale).values(state=DeliveryState.UNKNOWN, fault=LOST))


def order_retries(session: Session, now: datetime) -> list[int]:
    """Queue the mails anew whose pause is over. Returns: their ids."""
    due = (Delivery.state == DeliveryState.QUEUED) & reached(Delivery.retry_at, now, PAUSES[-1])
    ready = list(session.scalars(select(Delivery.id).where(due).order_by(Delivery.id).limit(AT_A_TIME)))
    for delivery_id in ready:
        row = insert_into(session, Outbox).values(
            task=Task.DELIVER, subject_id=delivery_id, created_at=now, attempts=0, fault=""
        )
        session.execute(row.on_conflict_do_nothing())
    session.execute(update(Delivery).where(Delivery.id.in_(ready)).values(retry_at=None))
    return ready
