"""Actions (åtgärder): what was decided, who owns it, by when, and whether it helped."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Column, ForeignKey, Index, String, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, word_column
from models.forum import Forum
from models.organisation import Area, Party, Unit
from models.report import Report
from schemas.words import ActionStatus as ActionStatus

action_report = Table(
    "action_report",
    Base.metadata,
    Column("action_id", ForeignKey("action.id", ondelete="CASCADE"), primary_key=True),
    Column("report_id", ForeignKey("report.id", ondelete="CASCADE"), primary_key=True),
)


OPEN_STATUSES = (ActionStatus.PLANNED, ActionStatus.ONGOING)


class Action(Base):
    """The pattern that the action is to mend is a pair of units and a category; an empty end means any.
    `owner` is a function; the party that it belongs to sees the action among its own."""

    __tablename__ = "action"
    __table_args__ = (Index("ix_action_area_status_due", "area_id", "status", "due_on"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    federation_id: Mapped[int] = mapped_column(ForeignKey("federation.id"))
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    forum_id: Mapped[int | None] = mapped_column(ForeignKey("forum.id"))
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))
    what: Mapped[str] = mapped_column(String(300))
    owner: Mapped[str] = mapped_column(String(120))
    owner_party_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    status: Mapped[ActionStatus] = mapped_column(word_column(ActionStatus), default=ActionStatus.PLANNED)
    decided_on: Mapped[date]
    due_on: Mapped[date]
    follow_up_on: Mapped[date | None]
    done_on: Mapped[date | None]
    from_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    about_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    category: Mapped[str] = mapped_column(String(32), default="")
    area: Mapped[Area] = relationship()
    forum: Mapped[Forum | None] = relationship()
    owner_party: Mapped[Party] = relationship()
    from_unit: Mapped[Unit | None] = relationship(foreign_keys=[from_unit_id])
    about_unit: Mapped[Unit | None] = relationship(foreign_keys=[about_unit_id])
    reports: Mapped[list[Report]] = relationship(secondary=action_report, order_by=Report.reference)
    effect: Mapped[Effect | None] = relationship(back_populates="action", uselist=False)


class Effect(Base):
    """Did it help? Counts and months before and after the decision; the rate ratio with its 95 % limits is empty
    when it cannot be decided. `sentence` is what people read."""

    __tablename__ = "effect"
    action_id: Mapped[int] = mapped_column(ForeignKey("action.id", ondelete="CASCADE"), primary_key=True)
    computed_at: Mapped[datetime]
    before_count: Mapped[int]
    before_months: Mapped[int]
    after_count: Mapped[int]
    after_months: Mapped[int]
    ratio: Mapped[float | None]
    low: Mapped[float | None]
    high: Mapped[float | None]
    sentence: Mapped[str] = mapped_column(String(300))
    action: Mapped[Action] = relationship(back_populates="effect")
