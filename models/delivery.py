"""Deliveries: one row a mail and recipient. What is in doubt is shown to a person, never sent again by itself."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, Select, String, UniqueConstraint, select, update
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from models.base import Base, Word, insert_into, word_column
from models.outbox import Outbox, Task
from models.report import Report
from models.user import User

# A mail takes seconds. Whoever has been at it for longer than this has died, before or after it left.
LONGEST_SENDING = timedelta(minutes=5)


class DeliveryKind(Word):
    """Each kind has one mail text in templates/mail; `subject_id` is the row that it tells of."""

    ANSWER = "answer", "Det finns ett svar"
    QUESTION = "question", "Koordinatorn har en fråga"
    DECISION = "decision", "Ni sa, vi gjorde"
    CLOSED = "closed", "En rapport är avslutad"
    AGREEMENT = "agreement", "En överenskommelse går snart ut"
    OVERDUE = "overdue", "En åtgärd är försenad"


class DeliveryState(Word):
    QUEUED = "queued", "Köad"
    SENDING = "sending", "Skickas"
    SENT = "sent", "Skickad"
    FAILED = "failed", "Misslyckad"
    UNKNOWN = "unknown", "Okänd"


SENDABLE_AGAIN = (DeliveryState.FAILED, DeliveryState.UNKNOWN)


class Delivery(Base):
    """`reference` is the report that it speaks of, as its recipient knows it; empty when there is none.
    `tried_at` is when the last attempt began, `retry_at` when the next one is due after one that surely failed."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("kind", "subject_id", "user_id"),
        Index("ix_delivery_state", "state", "tried_at"),
        Index("ix_delivery_user", "user_id", "reference"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[DeliveryKind] = mapped_column(word_column(DeliveryKind))
    subject_id: Mapped[int]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    reference: Mapped[str] = mapped_column(String(20), default="")
    state: Mapped[DeliveryState] = mapped_column(word_column(DeliveryState), default=DeliveryState.QUEUED)
    fault: Mapped[str] = mapped_column(String(300), default="")
    ordered_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime | None]
    retry_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    user: Mapped[User] = relationship()


def order_delivery(
    session: Session, kind: DeliveryKind, subject_id: int, user_id: int, reference: str, now: datetime
) -> int | None:
    """Add a mail that shall be sent and the outbox row that asks for it.

    Returns: its id, or None when it was ordered before; nobody is told the same thing twice.
    """
    order = insert_into(session, Delivery).values(
        kind=kind,
        subject_id=subject_id,
        user_id=user_id,
        reference=reference,
        state=DeliveryState.QUEUED,
        fault="",
        ordered_at=now,
        attempts=0,
    )
    delivery_id = session.scalar(order.on_conflict_do_nothing().returning(Delivery.id))
    if delivery_id is not None:
        session.add(Outbox(task=Task.DELIVER, subject_id=delivery_id, created_at=now))
    return delivery_id


def send_again(session: Session, delivery_id: int, now: datetime) -> bool:
    """Queue a mail once more that failed or is in doubt. False when it is not one of those; so pressing twice,
    or two who press at once, send it once."""
    step = update(Delivery).where(Delivery.id == delivery_id, Delivery.state.in_(SENDABLE_AGAIN))
    again = {"state": DeliveryState.QUEUED, "fault": "", "attempts": 0, "retry_at": None}
    if session.scalar(step.values(again).returning(Delivery.id)) is None:
        return False
    session.add(Outbox(task=Task.DELIVER, subject_id=delivery_id, created_at=now))
    return True


def deliveries_of(federation_id: int) -> Select[Delivery]:
    """The mails to the people of a federation, newest first."""
    query = select(Delivery).join(Delivery.user).where(User.federation_id == federation_id)
    return query.options(joinedload(Delivery.user)).order_by(Delivery.id.desc())


def address_of(session: Session, delivery: Delivery) -> str | None:
    """Where a mail goes: the address that was given with the report it speaks of, else the account's.

    Returns: None when the reporter has asked for no mail about that report.
    """
    if not delivery.reference:
        return delivery.user.email
    own = (Report.reporter_id == delivery.user_id, Report.reference == delivery.reference)
    return session.scalar(select(Report.feedback_email).where(*own))
