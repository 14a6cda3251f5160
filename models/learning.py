"""Models that were trained on a federation's own corrections: ordered, measured, and taken into use by a person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, LargeBinary, String, select
from sqlalchemy.orm import Mapped, Session, deferred, mapped_column

from models.base import Base, Word, word_column
from models.classification import Classification
from models.organisation import Federation, Unit
from models.report import Report, ReportKind, ReportState
from models.review import Review
from schemas.retention import DISPOSED

NO_EXAMPLES = (ReportState.WITHDRAWN, ReportState.MERGED)


class ModelState(Word):
    ORDERED = "ordered", "Tränas"
    CANDIDATE = "candidate", "Kandidat"
    IN_USE = "in_use", "I bruk"
    RETIRED = "retired", "Vilar"
    DECLINED = "declined", "Avböjd"
    FAILED = "failed", "Gick inte att träna"


class TrainedModel(Base):
    """One training. `figures` are how it and the model in use read the frozen texts and the last corrections;
    `content` is the model file, compressed. Functions, never persons, stand for who ordered and who decided."""

    __tablename__ = "trained_model"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[ModelState] = mapped_column(word_column(ModelState), default=ModelState.ORDERED)
    ordered_at: Mapped[datetime]
    ordered_by: Mapped[str] = mapped_column(String(200))
    version: Mapped[str] = mapped_column(String(64), default="")
    made_at: Mapped[datetime | None]
    corrections: Mapped[int] = mapped_column(default=0)
    figures: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    content: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(String(200), default="")


def model_in_use(session: Session) -> TrainedModel | None:
    """The trained model that reads reports; None when it is the one that came with the product."""
    return session.scalars(select(TrainedModel).where(TrainedModel.state == ModelState.IN_USE)).first()


def first_judgements(session: Session, federation_id: int) -> list[tuple[Classification, Review]]:
    """Each reviewed report's suggestion and the first judgement of it, oldest first."""
    query = (
        select(Classification, Review)
        .join(Report, Report.id == Classification.report_id)
        .join(Review, Review.report_id == Report.id)
        .where(Report.federation_id == federation_id, Report.kind == ReportKind.DEVIATION)
        .order_by(Review.id, Classification.id)
    )
    found: dict[int, tuple[Classification, Review]] = {}
    for suggestion, review in session.execute(query):
        found.setdefault(review.report_id, (suggestion, review))
    return list(found.values())


def corrections(session: Session) -> list[tuple[Report, Review, Unit]]:
    """Reports that may be learnt from, with their last judgement and the unit it is about, oldest judgement first.

    Only of federations that have agreed, only what a person has judged, nothing that was withdrawn or merged.
    """
    query = (
        select(Report, Review, Unit)
        .join(Review, Review.report_id == Report.id)
        .join(Unit, Unit.id == Review.about_unit_id)
        .join(Federation, Federation.id == Report.federation_id)
        .where(Federation.learns, Report.kind == ReportKind.DEVIATION, Report.state.not_in(NO_EXAMPLES))
        .where(Report.description != DISPOSED)
        .order_by(Review.id)
    )
    last = {report.id: (report, review, unit) for report, review, unit in session.execute(query)}
    return sorted(last.values(), key=lambda found: found[1].id)
