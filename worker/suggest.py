"""Giving a report its suggested category: compute first, then one conditional write."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from sqlalchemy import update
from sqlalchemy.orm import Session

from models.base import insert_into
from models.classification import Classification
from models.month_count import mark_slice
from models.report import UNASSESSED, Report, ReportState
from worker.classification import Suggestion, classify
from worker.classification_model import Model, load_model


@lru_cache(maxsize=1)
def model() -> Model:
    """The shipped model, loaded once in each process."""
    return load_model()


def suggest(report: Report) -> Suggestion:
    """What the machine makes of a report."""
    return classify(
        model(),
        report.description,
        reporter=report.from_unit.party.code,
        counterparts=[report.about_unit.party.code],
        area=report.area.code,
    )


def store_suggestion(session: Session, report_id: int, suggestion: Suggestion, now: datetime) -> int:
    """Append the suggestion; let it count only when no person and no earlier run was first.

    Returns: the id of the slice that has to be recounted.
    """
    row = insert_into(session, Classification).values(
        report_id=report_id,
        model_version=suggestion.model_version,
        category=suggestion.category,
        confidence=suggestion.confidence,
        abstained=suggestion.abstain,
        reasons=suggestion.reasons,
        alternatives=suggestion.alternatives,
        made_at=now,
    )
    session.execute(row.on_conflict_do_nothing())
    untouched = (Report.id == report_id) & (Report.state == ReportState.RECEIVED) & Report.classified_at.is_(None)
    category = UNASSESSED if suggestion.abstain else suggestion.category
    session.execute(update(Report).where(untouched).values(category=category, classified_at=now))
    report = session.get_one(Report, report_id)
    return mark_slice(session, report.area_id, report.month)
