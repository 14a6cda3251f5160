"""A draft: a form that its writer put aside. Kept on the server for seven days, never in the browser."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, ForeignKey, Select, String, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.user import Scope

KEPT = timedelta(days=7)


class Draft(Base):
    __tablename__ = "draft"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    form_key: Mapped[str] = mapped_column(String(64), unique=True)
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    saved_at: Mapped[datetime]


def own_drafts(scope: Scope, now: datetime) -> Select[Draft]:
    """The drafts of one person that are not yet too old, newest first."""
    own = select(Draft).where(Draft.user_id == scope.user_id, Draft.saved_at > now - KEPT)
    return own.order_by(Draft.saved_at.desc())
