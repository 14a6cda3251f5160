"""The machine's suggestions: appended, never changed. A person's decision stands beside them and wins."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint, false, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base

# Words for a confidence, since no reader should weigh per cents of a machine: 0-1, lower limits.
CONFIDENCE_WORDS = ((0.8, "hög"), (0.6, "medelhög"), (0.0, "låg"))


class Classification(Base):
    """One suggestion for a report by one version of the model.

    `reasons` are the words in the text that weighed most; `alternatives` pairs of category and confidence. `aspects`
    are what else was read: level, recurrence, parties and second codes, where the text tells. `hidden` says that the
    report is judged without seeing the suggestion, so that the two judgements are independent.
    """

    __tablename__ = "classification"
    __table_args__ = (UniqueConstraint("report_id", "model_version"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"))
    model_version: Mapped[str] = mapped_column(String(64))
    category: Mapped[str] = mapped_column(String(32))
    confidence: Mapped[float]
    abstained: Mapped[bool]
    reasons: Mapped[list[str]] = mapped_column(JSON)
    alternatives: Mapped[list[tuple[str, float]]] = mapped_column(JSON)
    aspects: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    hidden: Mapped[bool] = mapped_column(default=False, server_default=false())
    made_at: Mapped[datetime]

    @property
    def shown(self) -> bool:
        """Whether a coordinator has the category before them as a suggestion."""
        return not (self.abstained or self.hidden)

    @property
    def confidence_word(self) -> str:
        return confidence_word(self.confidence)


def confidence_word(confidence: float) -> str:
    """High, medium or low confidence in Swedish; `confidence` lies between 0 and 1."""
    return next(word for limit, word in CONFIDENCE_WORDS if confidence >= limit)


def latest_classifications(session: Session, report_ids: list[int]) -> dict[int, Classification]:
    """The newest suggestion of each report that has one."""
    query = select(Classification).where(Classification.report_id.in_(report_ids)).order_by(Classification.id)
    return {row.report_id: row for row in session.scalars(query)}
