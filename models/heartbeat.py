"""Signs of life: when the worker and beat were last at work."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Heartbeat(Base):
    __tablename__ = "heartbeat"
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    seen_at: Mapped[datetime]
