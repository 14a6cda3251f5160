"""Learning from corrections: what people judged becomes training rows, and a candidate is measured beside the model
in use before anybody decides about it."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models.learning import ModelState, TrainedModel, corrections
from models.organisation import Unit
from models.report import Report
from models.review import Review
from schemas.personal_data import screen
from schemas.words import TAXONOMY_RECURRENCE
from worker.classification import classify
from worker.classification_model import DEFAULT, Model, read_model

HELD_BACK, MOST_HELD_BACK = 0.2, 50  # The last corrections, by which a candidate is measured and not taught.
FROZEN = (DEFAULT.parent.parent / "sample-cases.jsonl", DEFAULT.parent / "hard.jsonl")

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Made:
    """A trained candidate. `figures`: by set of texts, how many there are and the share right, before and now."""

    version: str
    content: bytes
    corrections: int
    figures: dict[str, Any]


def examples(session: Session) -> list[Row]:
    """Judged reports as training rows, the oldest judgement first. A text in which anything still points to a person
    is left out."""
    rows = (_row(*found) for found in corrections(session) if not screen(found[0].description))
    return list(rows)


def _row(report: Report, review: Review, about: Unit) -> dict[str, Any]:
    row = {
        "text": report.description,
        "category": review.category,
        "also": review.also,
        "writer": f"unit-{report.from_unit_id}",
        "reporter": report.from_unit.party.code,
        "counterparts": [about.party.code],
    }
    if review.level:
        row["level"] = review.level.value
    often = [code for code, word in TAXONOMY_RECURRENCE.items() if word is review.recurrence]
    return row | ({"recurrence": often[0]} if often else {})


def make(rows: Sequence[Row], used: Model) -> Made:
    """Train on the shipped texts and all corrections but the last ones, and measure on those and on the frozen texts.

    Arguments: rows - as `examples` gives them; used - the model in use, measured on the same texts.
    """
    from worker.training import model_text, read_training, train  # It brings numpy, which reading does not need.

    shipped, lexicon, labels, _ = read_training()
    back = min(MOST_HELD_BACK, round(HELD_BACK * len(rows)))
    taught, last = rows[: len(rows) - back], rows[len(rows) - back :]
    trained, _ = train([*shipped, *taught], lexicon, labels)
    version = "3-" + hashlib.sha256(json.dumps(trained).encode()).hexdigest()[:10]
    content = model_text(trained, lexicon, version)
    candidate = read_model(json.loads(content))
    sets = {"frozen": [row for path in FROZEN for row in _lines(path.read_text("utf-8"))], "last": last}
    figures = {name: measure(texts, used, candidate) for name, texts in sets.items()}
    return Made(version, zlib.compress(content.encode("utf-8"), 9), len(taught), figures)


def _lines(text: str) -> list[Row]:
    return [json.loads(line) for line in text.splitlines()]


def measure(rows: Sequence[Row], used: Model, candidate: Model) -> dict[str, Any]:
    """How many texts there are, and of each model the shares right, decided, and right of the decided."""
    return {"texts": len(rows), "used": _shares(rows, used), "candidate": _shares(rows, candidate)}


def _shares(rows: Sequence[Row], model: Model) -> dict[str, float]:
    found = [(classify(model, row["text"]), row["category"]) for row in rows]
    decided = [one.category == right for one, right in found if not one.abstain]
    return {
        "right": sum(one.category == right for one, right in found) / len(found) if found else 0.0,
        "decided": len(decided) / len(found) if found else 0.0,
        "right_of_decided": sum(decided) / len(decided) if decided else 0.0,
    }


def store(session: Session, model_id: int, made: Made, now: datetime) -> None:
    """Keep a candidate with its figures. Nothing is taken into use."""
    row = session.get_one(TrainedModel, model_id)
    row.state, row.version, row.made_at = ModelState.CANDIDATE, made.version, now
    row.corrections, row.figures, row.content = made.corrections, made.figures, made.content
