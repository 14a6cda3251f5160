"""The categories of a deviation, read from data/taxonomy.json. Codes are stable; labels are shown."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from schemas.words import UNASSESSED as UNASSESSED

SOURCE = Path(__file__).resolve().parent.parent / "data" / "taxonomy.json"
UNASSESSED_LABEL = "Behöver bedömas"


@lru_cache(maxsize=1)
def category_labels() -> dict[str, str]:
    """Code to Swedish label for the 13 categories, in the order of the taxonomy."""
    taxonomy = json.loads(SOURCE.read_text(encoding="utf-8"))
    return {category["code"]: category["label_sv"] for category in taxonomy["categories"]}


def category_label(code: str) -> str:
    """What is shown for a code, also for reports that wait for a person's judgement."""
    return UNASSESSED_LABEL if code == UNASSESSED else category_labels().get(code, code)
