"""How long reporters wait, as the dashboard tells it: what is late, and how long it usually takes."""

from __future__ import annotations

from typing import Any

from models.clock_queries import number_unanswered, number_unreviewed, turnarounds
from schemas.disclosure import THRESHOLD
from webapp.filters import LATE, Filter
from webapp.requests import reading

MOST_COUNTED = 1000  # whoever has more does not need to know how many
TOO_FEW = "Det är för få rapporter för att säga hur lång tid ett svar tar."
NOT_HALF = "Färre än hälften av rapporterna har fått svar, så det går inte att säga hur lång tid ett svar tar."


def answer_tile(chosen: Filter) -> dict[str, Any]:
    """The task tile of what is late for its answer; its detail is what is late for its review."""
    late = number_unanswered(reading(), chosen.area_ids, chosen.today, MOST_COUNTED)
    unreviewed = number_unreviewed(reading(), chosen.area_ids, chosen.today, MOST_COUNTED)
    detail = f"{_number(unreviewed)} väntar för länge på granskning" if unreviewed else "Allt är granskat i tid"
    return {
        "number": _number(late),
        "title": "Saknar återkoppling",
        "detail": detail,
        "href": chosen.address("avvikelser.list_reports", status=LATE, period="allt", kategori=""),
        "late": bool(late or unreviewed),
    }


def _number(count: int) -> str:
    return f"{MOST_COUNTED // 1000} 000+" if count >= MOST_COUNTED else str(count)


def waiting_sentence(chosen: Filter) -> str:
    """How long it takes until half of the reports are answered, with those that still wait counted along.

    Medians of several areas cannot be pooled, so the least and the greatest are told.
    """
    known = [row for row in turnarounds(reading(), chosen.area_ids) if row.reports >= THRESHOLD]
    days = sorted(round(row.answer_days) for row in known if row.answer_days is not None)
    if not days:
        return NOT_HALF if known else TOO_FEW
    if days[0] == days[-1]:
        return f"Hälften av rapporterna får svar inom {_days(days[0])}."
    return f"Hälften av rapporterna får svar inom {days[0]} till {_days(days[-1])}, olika i olika kommunområden."


def _days(count: int) -> str:
    return "en dag" if count <= 1 else f"{count} dagar"
