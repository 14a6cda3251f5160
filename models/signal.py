"""Signals: what rises, recurs or falls silent, each with one sentence of evidence; and tallies on them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Select, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, word_column
from models.organisation import Area, Unit
from schemas.words import SignalKind as SignalKind


class Signal(Base):
    """One pattern (area, pair, category) that stands out. A signal is open until it ends by itself, is dismissed
    with a reason, or has led to an action. `reporters` are distinct people behind the `reports` of the window;
    `tallies` how many more said "samma sak hände mig"."""

    __tablename__ = "signal"
    __table_args__ = (
        UniqueConstraint("area_id", "from_unit_id", "about_unit_id", "category", "kind", "raised_month"),
        Index("ix_signal_area_open", "area_id", "ended_at", "dismissed_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    from_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    about_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    category: Mapped[str] = mapped_column(String(32))
    kind: Mapped[SignalKind] = mapped_column(word_column(SignalKind))
    raised_month: Mapped[date]
    raised_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    reports: Mapped[int]
    reporters: Mapped[int]
    tallies: Mapped[int] = mapped_column(default=0)
    sentence: Mapped[str] = mapped_column(String(300))
    dismissed_at: Mapped[datetime | None]
    dismissed_by: Mapped[str] = mapped_column(String(200), default="")
    dismissed_why: Mapped[str] = mapped_column(String(300), default="")
    action_id: Mapped[int | None] = mapped_column(ForeignKey("action.id"))
    area: Mapped[Area] = relationship()
    from_unit: Mapped[Unit] = relationship(foreign_keys=[from_unit_id])
    about_unit: Mapped[Unit] = relationship(foreign_keys=[about_unit_id])


class Tally(Base):
    """Somebody said "samma sak hände mig". It weighs in trends and is never a case; once a person, pattern and day."""

    __tablename__ = "tally"
    __table_args__ = (UniqueConstraint("signal_id", "user_id", "made_on"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    signal_id: Mapped[int] = mapped_column(ForeignKey("signal.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    made_on: Mapped[date]


def open_signals(area_ids: Collection[int]) -> Select[Signal]:
    """The signals of some areas that nobody has dealt with, the most telling first."""
    here = (Signal.area_id.in_(area_ids), Signal.ended_at.is_(None), Signal.dismissed_at.is_(None))
    return select(Signal).where(*here, Signal.action_id.is_(None)).order_by(Signal.kind.desc(), Signal.reports.desc())
