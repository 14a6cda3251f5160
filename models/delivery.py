"""Deliveries: one row a mail and recipient. What is in doubt is shown to a person, never sent again by itself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Word, word_column
from models.user import User


class DeliveryKind(Word):
    """Each kind has one mail text in templates/mail; `subject_id` is the row that it tells of."""

    ANSWER = "answer", "Det finns ett svar"
    QUESTION = "question", "Koordinatorn har en fråga"
    DECISION = "decision", "Ni sa, vi gjorde"
    REMINDER = "reminder", "Påminnelse"


class DeliveryState(Word):
    QUEUED = "queued", "Köad"
    SENDING = "sending", "Skickas"
    SENT = "sent", "Skickad"
    FAILED = "failed", "Misslyckad"
    UNKNOWN = "unknown", "Okänd"


class Delivery(Base):
    __tablename__ = "delivery"
    __table_args__ = (UniqueConstraint("kind", "subject_id", "user_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[DeliveryKind] = mapped_column(word_column(DeliveryKind))
    subject_id: Mapped[int]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    reference: Mapped[str] = mapped_column(String(20), default="")
    state: Mapped[DeliveryState] = mapped_column(word_column(DeliveryState), default=DeliveryState.QUEUED)
    fault: Mapped[str] = mapped_column(String(300), default="")
    ordered_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    user: Mapped[User] = relationship()
