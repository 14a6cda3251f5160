"""Page 2 of a meeting pack: what became of the forum's earlier decisions. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from schemas.months import day_name
from schemas.summary.pack import MOST_FOLLOWED
from worker.summary.followup import tell_decisions
from worker.summary.words import capital, how_many

LAST_TIME = "Beslut vid mötet den {}, och forumets öppna åtgärder."
NO_MEETING = "Forumets åtgärder. Inget tidigare möte finns i Lex Heller."
NOTHING_DECIDED = "Inget tidigare beslut finns i Lex Heller."


def look_back(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """As many rows as fit beside the boxes, under a line that says what they are."""
    rows, met = tell_decisions(snapshot["followup"]), snapshot["followup"]["previous"]
    more = len(rows) - MOST_FOLLOWED
    return {
        "intro": LAST_TIME.format(_day(met)) if met else NO_MEETING if rows else NOTHING_DECIDED,
        "rows": rows[:MOST_FOLLOWED],
        "left_out": f"{capital(how_many(more, 'rad', 'rader'))} till finns i Lex Heller." if more > 0 else None,
    }


def _day(day: str) -> str:
    return day_name(date.fromisoformat(day))
