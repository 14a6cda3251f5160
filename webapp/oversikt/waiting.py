"""How long reporters wait, as the dashboard tells it: what is late, and how long it usually takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for

from models.clock_queries import number_unanswered, number_unreviewed, turnarounds
from models.report import Report
from models.review_queue import number_waiting
from schemas.disclosure import THRESHOLD
from schemas.months import local_date
from webapp.desk import desk
from webapp.filters import LATE, Filter
from webapp.report_rows import waited
from webapp.requests import now, reading

MOST_COUNTED = 1000  # whoever has more does not need to know how many
TOO_FEW = "Det är för få rapporter för att säga hur lång tid ett svar tar."
NOT_HALF = "Färre än hälften av rapporterna har fått svar, så det går inte att säga hur lång tid ett svar tar."


def review_tile(chosen: Filter, queue: Sequence[Report]) -> dict[str, Any]:
    """The task tile of what waits for a review: as many as the navigation says and the queue holds.

    Arguments: queue - the oldest of them, which came first.
    """
    number = number_waiting(reading(), desk(), MOST_COUNTED, chosen.area_id)
    unreviewed = number_unreviewed(reading(), chosen.area_ids, chosen.today, MOST_COUNTED)
    return {
        "number": _number(number),
        "title": "Att granska",
        "detail": f"{_number(unreviewed)} har väntat för länge" if unreviewed else _oldest(queue),
        "href": url_for("granska.list_reports", omrade=chosen.area_code or None),
        "late": bool(unreviewed),
    }


def _oldest(queue: Sequence[Report]) -> str:
    if not queue:
        return "Inget väntar"
    today = local_date(now())
    if local_date(queue[0].received_at) == today:
        return "Äldsta kom i dag"
    return f"Äldsta har väntat {waited(queue[0], today)['waited']}"


def answer_tile(chosen: Filter) -> dict[str, Any]:
    """The task tile of what is late for its answer, among all that has none."""
    late, every = number_unanswered(reading(), chosen.area_ids, chosen.today, MOST_COUNTED)
    return {
        "number": _number(late),
        "title": "Svar försenat",
        "detail": f"Av {_number(every)} som väntar på svar" if every else "Inget väntar på svar",
        "href": chosen.address("avvikelser.list_reports", status=LATE, period="allt", kategori=""),
        "late": bool(late),
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
