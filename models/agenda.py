"""The agenda of a meeting: questions that a forum must answer, the reports behind them, and what it decided."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Column, ForeignKey, String, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, word_column
from models.forum import Meeting
from models.report import Report
from schemas.words import Outcome as Outcome

agenda_report = Table(
    "agenda_report",
    Base.metadata,
    Column("agenda_item_id", ForeignKey("agenda_item.id", ondelete="CASCADE"), primary_key=True),
    Column("report_id", ForeignKey("report.id", ondelete="CASCADE"), primary_key=True),
)


class AgendaItem(Base):
    """`question` is what the group must answer; `minutes` the time set aside; `from_item_id` the item that a forum
    below handed up."""

    __tablename__ = "agenda_item"
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    question: Mapped[str] = mapped_column(String(300))
    minutes: Mapped[int] = mapped_column(default=15)
    position: Mapped[int] = mapped_column(default=0)
    from_item_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_item.id"))
    meeting: Mapped[Meeting] = relationship()
    reports: Mapped[list[Report]] = relationship(secondary=agenda_report, order_by=Report.reference)
    decision: Mapped[Decision | None] = relationship(back_populates="item", uselist=False)


class Decision(Base):
    """What a forum decided on one item, recorded on the day. `plain` is the line that goes to every reporter."""

    __tablename__ = "decision"
    id: Mapped[int] = mapped_column(primary_key=True)
    agenda_item_id: Mapped[int] = mapped_column(ForeignKey("agenda_item.id"), unique=True)
    decided_on: Mapped[date]
    text: Mapped[str] = mapped_column(String(500))
    plain: Mapped[str] = mapped_column(String(300), default="")
    outcome: Mapped[Outcome] = mapped_column(word_column(Outcome))
    function: Mapped[str] = mapped_column(String(200))
    item: Mapped[AgendaItem] = relationship(back_populates="decision")
