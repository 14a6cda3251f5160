"""Deliveries: one row a mail and recipient. What is in doubt is shown to a person, never sent again by itself."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, Select, String, UniqueConstraint, or_, select, update
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from models.base import Base, Word, insert_into, word_column
from models.forum import Forum, ForumMember
from models.outbox import Outbox, Task
from models.report import Report
from models.summary import Summary
from models.user import User

# A mail takes seconds. Whoever has been at it for longer than this has died, before or after it left.
LONGEST_SENDING = timedelta(minutes=4)


class DeliveryKind(Word):
    """Each kind has one mail text in templates/mail; `subject_id` is the row that it tells of."""

    ANSWER = "answer", "Det finns ett svar"
    QUESTION = "question", "Koordinatorn har en fråga"
    DECISION = "decision", "Ni sa, vi gjorde"
    CLOSED = "closed", "En rapport är avslutad"
    AGREEMENT = "agreement", "En överenskommelse går snart ut"
    OVERDUE = "overdue", "En åtgärd är försenad"
    SUMMARY = "summary", "En sammanställning att läsa"
    INVITATION = "invitation", "Inbjudan till ett konto"
    PASSWORD = "password", "Nytt lösenord"


class DeliveryState(Word):
    QUEUED = "queued", "Köad"
    SENDING = "sending", "Skickas"
    SENT = "sent", "Skickad"
    FAILED = "failed", "Misslyckad"
    UNKNOWN = "unknown", "Okänd"
    DROPPED = "dropped", "Avskriven"


SENDABLE_AGAIN = (DeliveryState.FAILED, DeliveryState.UNKNOWN)


class Delivery(Base):
    """A mail goes to an account, or, a summary, to a seat of a forum: then `recipient` keeps the seat's function for
    when the seat is gone. `reference` is the report or summary that it speaks of; empty when there is none.
    `tried_at` is when the last attempt began, `retry_at` when the next one is due after one that surely failed."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("kind", "subject_id", "user_id"),
        UniqueConstraint("kind", "subject_id", "seat_id"),
        Index("ix_delivery_state", "state", "tried_at"),
        Index("ix_delivery_user", "user_id", "reference"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[DeliveryKind] = mapped_column(word_column(DeliveryKind))
    subject_id: Mapped[int]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    seat_id: Mapped[int | None] = mapped_column(ForeignKey("forum_member.id", ondelete="SET NULL"))
    recipient: Mapped[str] = mapped_column(String(350), default="", server_default="")
    reference: Mapped[str] = mapped_column(String(100), default="")
    state: Mapped[DeliveryState] = mapped_column(word_column(DeliveryState), default=DeliveryState.QUEUED)
    fault: Mapped[str] = mapped_column(String(300), default="")
    ordered_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime | None]
    retry_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    user: Mapped[User | None] = relationship()
    seat: Mapped[ForumMember | None] = relationship()


def order_delivery(
    session: Session, kind: DeliveryKind, subject_id: int, user_id: int, reference: str, now: datetime
) -> int | None:
    """Add a mail that shall be sent and the outbox row that asks for it.

    Returns: its id, or None when it was ordered before; nobody is told the same thing twice.
    """
    return _order(session, now, kind=kind, subject_id=subject_id, user_id=user_id, reference=reference)


def order_to_seats(session: Session, summary: Summary, now: datetime) -> list[int]:
    """Add the mails that tell every seat of its forum of a released summary; a seat that has one gets no second.

    Returns: the ids of the new ones.
    """
    facts = {"kind": DeliveryKind.SUMMARY, "subject_id": summary.id, "reference": summary.reference or ""}
    seats = session.scalars(
        select(ForumMember).where(ForumMember.forum_id == summary.forum_id).order_by(ForumMember.id)
    )
    ordered = [_order(session, now, **facts, seat_id=seat.id, recipient=seat.title) for seat in seats.all()]
    return [delivery_id for delivery_id in ordered if delivery_id is not None]


def _order(session: Session, now: datetime, **facts: object) -> int | None:
    blank = {"state": DeliveryState.QUEUED, "fault": "", "recipient": "", "ordered_at": now, "attempts": 0}
    order = insert_into(session, Delivery).values(blank | facts)
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


def drop(session: Session, delivery_id: int) -> bool:
    """Write off a mail that failed or is in doubt. False when it is not one of those."""
    step = update(Delivery).where(Delivery.id == delivery_id, Delivery.state.in_(SENDABLE_AGAIN))
    return session.scalar(step.values(state=DeliveryState.DROPPED).returning(Delivery.id)) is not None


def deliveries_of(federation_id: int) -> Select[Delivery]:
    """The mails to the people and the forums of a federation, newest first."""
    forums = select(Forum.id).where(Forum.federation_id == federation_id)
    summaries = select(Summary.id).where(Summary.forum_id.in_(forums))
    to_seats = (Delivery.kind == DeliveryKind.SUMMARY) & Delivery.subject_id.in_(summaries)
    query = select(Delivery).outerjoin(Delivery.user).where(or_(User.federation_id == federation_id, to_seats))
    return query.options(joinedload(Delivery.user)).order_by(Delivery.id.desc())


def deliveries_to_seats(session: Session, summary_id: int) -> list[Delivery]:
    """The mails that tell of one summary, in the order in which they were ordered."""
    here = (Delivery.kind == DeliveryKind.SUMMARY, Delivery.subject_id == summary_id)
    return list(session.scalars(select(Delivery).where(*here).order_by(Delivery.id)))


def report_of(session: Session, delivery: Delivery) -> int | None:
    """The id of the report that a mail to its reporter speaks of; None when it speaks of something else."""
    own = (Report.reporter_id == delivery.user_id, Report.reference == delivery.reference)
    return session.scalar(select(Report.id).where(*own)) if delivery.reference else None


def address_of(session: Session, delivery: Delivery) -> str | None:
    """Where a mail to an account goes: the address that was given with the report it speaks of, else the account's.

    Returns: None when the account is closed, or the reporter has asked for no mail about that report.
    """
    if delivery.user is None or delivery.user.disabled_at is not None:
        return None
    if not delivery.reference:
        return delivery.user.email
    own = (Report.reporter_id == delivery.user_id, Report.reference == delivery.reference)
    return session.scalar(select(Report.feedback_email).where(*own))
