"""Counts that the worker prepared: how many reports, by area, month, ordered pair of units, and category.

A slice is one area and month. It is recounted whole and replaced whole; nothing is ever incremented.
Beside the full table stand its margins, so that the dashboard reads a few hundred rows however
many reports there are. `reports` are deviations that stand for an event of their own (not merged, not taken
back); `awaiting` tells how many of them nobody has reviewed yet; `good` counts reports of what worked.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Select, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, insert_into
from schemas.months import add_months


class Slice(Base):
    """`marked` rises each time a report of the slice changes; the slice is dirty while `counted` lags behind."""

    __tablename__ = "slice"
    __table_args__ = (UniqueConstraint("area_id", "month"), Index("ix_slice_marked_counted", "marked", "counted"))
    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    month: Mapped[date]
    marked: Mapped[int] = mapped_column(default=0)
    counted: Mapped[int] = mapped_column(default=0)
    counted_at: Mapped[datetime | None]


class MonthCount(Base):
    __tablename__ = "month_count"
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    from_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    about_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    category: Mapped[str] = mapped_column(String(32), primary_key=True)
    reports: Mapped[int]
    awaiting: Mapped[int]
    good: Mapped[int] = mapped_column(default=0)


class MonthPairCount(Base):
    """The margin over categories."""

    __tablename__ = "month_pair_count"
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    from_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    about_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    reports: Mapped[int]
    awaiting: Mapped[int]
    good: Mapped[int] = mapped_column(default=0)


class MonthAboutCount(Base):
    """The margin over senders and categories."""

    __tablename__ = "month_about_count"
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    about_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    reports: Mapped[int]
    awaiting: Mapped[int]
    good: Mapped[int] = mapped_column(default=0)


class MonthCategoryCount(Base):
    """The margin over pairs."""

    __tablename__ = "month_category_count"
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    category: Mapped[str] = mapped_column(String(32), primary_key=True)
    reports: Mapped[int]
    awaiting: Mapped[int]
    good: Mapped[int] = mapped_column(default=0)


def mark_slice(session: Session, area_id: int, month: date) -> int:
    """Say that a slice must be recounted; in the same transaction as the change that made it so.

    The row stays locked until that transaction ends, so a recount that comes first waits and sees the change.
    Returns: the id of the slice.
    """
    mark = insert_into(session, Slice).values(area_id=area_id, month=month, marked=1, counted=0)
    mark = mark.on_conflict_do_update(index_elements=["area_id", "month"], set_={"marked": Slice.marked + 1})
    return session.scalars(mark.returning(Slice.id)).one()


def dirty_slices() -> Select[int]:
    """The ids of slices that wait to be recounted."""
    return select(Slice.id).where(Slice.marked > Slice.counted).order_by(Slice.id)


def reports_about(session: Session, area_id: int, unit_id: int, month: date) -> int:
    """How many reports about one unit an area got in the twelve months that end with `month`."""
    table, first = MonthAboutCount, add_months(month, -11)
    window = (table.area_id == area_id, table.about_unit_id == unit_id, table.month.between(first, month))
    return session.scalar(select(func.coalesce(func.sum(table.reports), 0)).where(*window)) or 0
