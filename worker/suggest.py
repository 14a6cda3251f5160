"""Giving a report its suggested category: compute first, then one conditional write."""

from __future__ import annotations

import json
import secrets
import zlib
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session, object_session

from models.base import insert_into
from models.classification import Classification
from models.learning import model_in_use
from models.month_count import mark_slice
from models.organisation import Federation
from models.report import UNASSESSED, Report, ReportState
from worker.classification import Suggestion, classify
from worker.classification_model import Model, load_model, read_model


@lru_cache(maxsize=1)
def shipped_model() -> Model:
    """The model that came with the product, loaded once in each process."""
    return load_model()


_adopted: dict[int, Model] = {}  # The one that was taken into use last, by its row.


def model(session: Session) -> Model:
    """The model in use: one that a person has adopted, else the shipped one."""
    trained = model_in_use(session)
    if trained is None or trained.content is None:
        return shipped_model()
    if trained.id not in _adopted:
        _adopted.clear()
        _adopted[trained.id] = read_model(json.loads(zlib.decompress(trained.content)))
    return _adopted[trained.id]


def suggest(report: Report) -> Suggestion:
    """What the machine makes of a report, with the model that is in use in the report's own session."""
    session = object_session(report)
    return classify(
        model(session) if session else shipped_model(),
        report.description,
        reporter=report.from_unit.party.code,
        counterparts=[report.about_unit.party.code],
        area=report.area.code,
    )


def aspects_of(suggestion: Suggestion) -> dict[str, Any]:
    """What else was read, as it is stored; what the text does not tell is left out."""
    read = {
        "level": suggestion.level,
        "recurrence": suggestion.recurrence,
        "parties": suggestion.parties,
        "also": suggestion.also,
    }
    return {name: found for name, found in read.items() if found}


def store_suggestion(session: Session, report_id: int, suggestion: Suggestion, now: datetime) -> int:
    """Append the suggestion; let it count only when no person and no earlier run was first.

    Returns: the id of the slice that has to be recounted.
    """
    report = session.get_one(Report, report_id)
    hidden = secrets.randbelow(100) < session.get_one(Federation, report.federation_id).blind_percent
    row = insert_into(session, Classification).values(
        report_id=report_id,
        model_version=suggestion.model_version,
        category=suggestion.category,
        confidence=suggestion.confidence,
        abstained=suggestion.abstain,
        reasons=suggestion.reasons,
        alternatives=suggestion.alternatives,
        aspects=aspects_of(suggestion),
        hidden=hidden,
        made_at=now,
    )
    session.execute(row.on_conflict_do_nothing())
    untouched = (Report.id == report_id) & (Report.state == ReportState.RECEIVED) & Report.classified_at.is_(None)
    category = UNASSESSED if suggestion.abstain or hidden else suggestion.category
    session.execute(update(Report).where(untouched).values(category=category, classified_at=now))
    return mark_slice(session, report.area_id, report.month)
