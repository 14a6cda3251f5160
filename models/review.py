"""What people decide about a report: reviews, moves between states, questions to the reporter, answers.

All of it is appended. The machine's suggestion stands in models/classification.py and is never changed.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, word_column
from models.report import Level, Recurrence, Report, ReportState
from schemas.words import ActionKind as ActionKind


class Review(Base):
    """A coordinator's judgement. `suggested` is what the machine had proposed, or the code for no proposal;
    `function` is the title of whoever judged."""

    __tablename__ = "review"
    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    function: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime]
    suggested: Mapped[str] = mapped_column(String(32))
    category: Mapped[str] = mapped_column(String(32))
    also: Mapped[list[str]] = mapped_column(JSON, default=list)
    about_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    level: Mapped[Level | None] = mapped_column(word_column(Level))
    recurrence: Mapped[Recurrence | None] = mapped_column(word_column(Recurrence))
    forum_id: Mapped[int | None] = mapped_column(ForeignKey("forum.id"))


def judged_recurrence(session: Session, report: Report) -> Recurrence | None:
    """How often it happens: as last judged, or as the reporter answered while nobody has judged."""
    judged = select(Review).where(Review.report_id == report.id).order_by(Review.id.desc()).limit(1)
    review = session.scalars(judged).first()
    return review.recurrence if review else report.recurrence


class Track(Base):
    """How far a report has come with one receiving unit, when it concerns one or several."""

    __tablename__ = "track"
    __table_args__ = (UniqueConstraint("report_id", "unit_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    state: Mapped[ReportState] = mapped_column(word_column(ReportState), default=ReportState.RECEIVED)


class StateChange(Base):
    """One move of a report, or of one of its tracks (`unit_id`): who (function), when, why.
    Where both states are the same, `why` tells what was done to a report that stayed where it was."""

    __tablename__ = "state_change"
    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    from_state: Mapped[ReportState | None] = mapped_column(word_column(ReportState))
    to_state: Mapped[ReportState] = mapped_column(word_column(ReportState))
    function: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime]
    why: Mapped[str] = mapped_column(String(300), default="")


class InfoRequest(Base):
    """A question to the reporter, answered on the reporter's own page."""

    __tablename__ = "info_request"
    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), index=True)
    asked_at: Mapped[datetime]
    question: Mapped[str] = mapped_column(String(500))
    answered_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(Text, default="")


class Answer(Base):
    """The answer to the reporting unit: orsak, åtgärd, konsekvens, uppföljning. `seen_at` is when its reporter
    said to have read it. That it also stands on the open page is told by models/publication.py."""

    __tablename__ = "answer"
    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), index=True)
    made_at: Mapped[datetime]
    function: Mapped[str] = mapped_column(String(200))
    cause: Mapped[str] = mapped_column(String(500))
    action: Mapped[str] = mapped_column(String(500))
    action_kind: Mapped[ActionKind] = mapped_column(word_column(ActionKind))
    consequence: Mapped[str] = mapped_column(String(500), default="")
    follow_up: Mapped[str] = mapped_column(String(500), default="")
    seen_at: Mapped[datetime | None]
