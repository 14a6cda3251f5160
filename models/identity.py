"""Who somebody is at their employer's sign-in. Never an address: addresses change owners, and anybody can claim one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models.base import Base
from models.user import User


class Identity(Base):
    """An issuer and the subject that it knows somebody by (OpenID Connect Core 1.0, section 5.7)."""

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    issuer: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime]
    user: Mapped[User] = relationship()


def find_identity(session: Session, issuer: str, subject: str) -> Identity | None:
    """The identity, or None when nobody has come that way before."""
    same = (Identity.issuer == issuer, Identity.subject == subject)
    return session.scalars(select(Identity).where(*same)).one_or_none()
