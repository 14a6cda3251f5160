"""Suggest a category for each JSON line on stdin."""

from __future__ import annotations

import click

from commands._jsonl import Row, answer_lines, identity, optional_text, text_field
from worker.classification import Guess
from worker.classification import classify as suggest
from worker.classification_model import Model, load_model


@click.command("classify")
def command() -> None:
    """Suggest a category for each JSON line on stdin.

    In: id, text and, if known, reporter, counterparts (a list) and area.

    Out, in the same order: id, category, confidence (0-1), reasons, alternatives
    (code and confidence), abstain; and, as far as the text tells: also (other codes that may fit),
    level, recurrence (each with its confidence, or null) and parties (those it names).
    """
    model = load_model()
    answer_lines(lambda row: _answer(model, row))


def _answer(model: Model, row: Row) -> Row:
    found = suggest(
        model,
        text_field(row, "text"),
        reporter=optional_text(row, "reporter"),
        counterparts=_counterparts(row),
        area=optional_text(row, "area"),
    )
    return {
        "id": identity(row),
        "category": found.category,
        "confidence": round(found.confidence, 4),
        "reasons": found.reasons,
        "alternatives": [(code, round(share, 4)) for code, share in found.alternatives],
        "abstain": found.abstain,
        "also": found.also,
        "level": _rounded(found.level),
        "recurrence": _rounded(found.recurrence),
        "parties": [_rounded(guess) for guess in found.parties],
    }


def _rounded(guess: Guess | None) -> Guess | None:
    return (guess[0], round(guess[1], 4)) if guess else None


def _counterparts(row: Row) -> list[str]:
    found = row.get("counterparts") or []
    if not isinstance(found, list) or not all(isinstance(code, str) for code in found):
        raise ValueError("the field 'counterparts' must be a list of texts")
    return found
