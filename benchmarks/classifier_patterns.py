"""How often the same event told twice is found, and how often a circle of demands: on texts planted for it."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.classifier_sets import lines, published
from benchmarks.output import print_table
from schemas.deadlock import circle
from schemas.similarity import Told, similar
from settings import ROOT

ROOM = ROOT / "data" / "patterns"
PAIR, CATEGORY = (1, 2), "handover"  # The pair of units and the category that planted texts share.


def print_patterns() -> None:
    """Precision and recall of both, as a share of what was said, and of what should have been."""
    pairs, texts = lines(ROOM / "duplicates.jsonl"), lines(ROOM / "deadlocks.jsonl")
    great = [(_great(pair["one"], pair["other"], CATEGORY), pair["same"]) for pair in pairs]
    without = [(_great(pair["one"], pair["other"], "rules"), pair["same"]) for pair in pairs]
    circles = [(bool(circle(text["text"])), text["circle"]) for text in texts]
    table = [
        ["told twice, same parties and category", len(pairs), *_both(great)],
        ["told twice, another category", len(pairs), *_both(without)],
        ["moment 22", len(texts), *_both(circles)],
    ]
    print_table(["planted texts", "texts", "precision", "recall"], table)


def _great(one: str, other: str, category: str) -> bool:
    """Is the likeness called great, among thirty other reports between the same parties?"""
    noise = [Told(at, PAIR, CATEGORY, case["text"]) for at, case in enumerate(published(), 10)]
    found = similar(Told(1, PAIR, CATEGORY, one), [Told(2, PAIR, category, other), *noise])
    return any(likeness.id == 2 and likeness.great for likeness in found)


def _both(found: Sequence[tuple[bool, bool]]) -> tuple[float, float]:
    said = [right for said, right in found if said]
    wanted = [said for said, right in found if right]
    return (sum(said) / len(said) if said else float("nan")), sum(wanted) / len(wanted)
