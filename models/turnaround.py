"""How long reporters wait: medians that the worker computed for each area, with still-open reports counted honestly."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Turnaround(Base):
    """Median days until reviewed and until answered, over the reports of twelve months; empty while fewer than half
    have come so far. `reports` is how many they rest on."""

    __tablename__ = "turnaround"
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), primary_key=True)
    computed_at: Mapped[datetime]
    reports: Mapped[int]
    review_days: Mapped[float | None]
    answer_days: Mapped[float | None]
