"""What the classifier is measured on: voices it has not read, cases it has not read, two labellings."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.classifier_figures import Guess
from settings import ROOT
from worker.classification import classify
from worker.classification_model import DEFAULT, Model, read_model
from worker.training import model_text, read_training, train

ROOM = DEFAULT.parent
FOLDS = 8
FIRST_TEXTS = 594  # Written and labelled before all others, with other voices.
# Two voices retell reports as the published cases do; whoever wrote them had read those cases.
RETELLING = frozenset({"kartlaggning", "sammanfattare"})

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Read:
    """A text, the model that read it, and what it guessed."""

    row: Row
    model: Model
    guess: Guess


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def published() -> list[dict[str, Any]]:
    """The published cases: other people's words and other people's labels, never trained on."""
    return lines(ROOT / "data" / "sample-cases.jsonl")


def indirect() -> list[dict[str, Any]]:
    """Texts that say it in pictures, never trained on."""
    return lines(ROOM / "hard.jsonl")


def trained_on(rows: Sequence[Row]) -> Model:
    """A model trained on some of the texts only, with its own calibration and thresholds."""
    _, lexicon, labels, _ = read_training()
    return read_model(json.loads(model_text(train(rows, lexicon, labels)[0], lexicon, "measured")))


def reads(model: Model, rows: Sequence[Row], question: str = "category") -> list[Read]:
    """Let a model read texts. Arguments: question - category, level or recurrence; rows without it are left out."""
    return [Read(row, model, _guess(model, row, question)) for row in rows if question in row]


def _guess(model: Model, row: Row, question: str) -> Guess:
    found = classify(model, row["text"], reporter=row.get("reporter"))
    group, also = row.get("writer", ""), row.get("also", ())
    if question == "category":
        return Guess(found.confidence, found.category, row["category"], also, not found.abstain, group)
    said, confidence = getattr(found, question) or ("", 0.0)
    return Guess(confidence, said, row[question], (), bool(said), group)


def voices_apart(rows: Sequence[Row]) -> Iterator[tuple[list[Row], list[Row]]]:
    """Eight parts of the voices: the texts of all others, and those of one part."""
    voices = sorted({row["writer"] for row in rows})
    for part in range(FOLDS):
        out = set(voices[part::FOLDS])
        yield [row for row in rows if row["writer"] not in out], [row for row in rows if row["writer"] in out]


def drawn(rows: Sequence[Row], count: int) -> list[Row]:
    """So many of the texts by lot, always the same ones."""
    return random.Random(count).sample(list(rows), min(count, len(rows)))
