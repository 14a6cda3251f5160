"""Suggest a category for each JSON line on stdin."""

from __future__ import annotations

import click

from commands._jsonl import Row, answer_lines, identity, optional_text, text_field
from worker.classification import Model, load_model
from worker.classification import classify as suggest


@click.command("classify")
def command() -> None:
    """Suggest a category for each JSON line on stdin.

    In: id, text and, if known, reporter, counterparts (a list) and area.

    Out, in the same order: id, category, confidence (0-1), reasons, alternatives
    (code and confidence), abstain.
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
    }


def _counterparts(row: Row) -> list[str]:
    found = row.get("counterparts") or []
    if not isinstance(found, list) or not all(isinstance(code, str) for code in found):
        raise ValueError("the field 'counterparts' must be a list of texts")
    return found
