"""What stands first: what the summary is, to whom, from whom, about which months, and how it is referred to. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from schemas.months import day_name, month_name

MAIN = {"monthly": "Det viktigaste denna månad", "yearly": "Det viktigaste i året", "meeting": "Läget"}


def write_front(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """The title, the question of the cover, recipient and sender, reference, day and months."""
    forum = snapshot["forum"]
    what = _what(snapshot)
    months = [month_name(date.fromisoformat(month)) for month in snapshot["months"]]
    place = "i förbundet" if forum["whole_federation"] else f"i {forum['areas'][0]}"
    return {
        "title": f"{what} · {forum['name']}",
        "heading": f"Var skaver samverkan {place}?",
        "subtitle": _subtitle(snapshot, what),
        "recipient": forum["name"],
        "sender": forum["federation"],
        "reference": _reference(snapshot),
        "made_on": _day(snapshot["ordered_on"]),
        "first_month": months[-12],
        "last_month": months[-1],
    }


def _what(snapshot: Mapping[str, Any]) -> str:
    period = date.fromisoformat(snapshot["period"])
    if snapshot["kind"] == "monthly":
        return f"Månadsrapport {month_name(period)}"
    if snapshot["kind"] == "yearly":
        return f"Årsrapport {period.year}"
    return f"Underlag till mötet {day_name(period)}"


def _subtitle(snapshot: Mapping[str, Any], what: str) -> str:
    name = snapshot["forum"]["name"]
    if snapshot["kind"] != "meeting":
        return f"{what} till {name}"
    first = next(iter(snapshot["meetings"]), "")
    # A meeting that was moved or cancelled meanwhile leaves only the day that the pack was ordered for.
    when = moment_name(first) if first.startswith(snapshot["period"]) else _day(snapshot["period"])
    return f"Underlag till {name} inför mötet {when}"


def _day(period: str) -> str:
    return day_name(date.fromisoformat(period))


def _reference(snapshot: Mapping[str, Any]) -> str:
    """Names one summary within a federation: forum, year, month or day of meeting, version. A year is no longer than
    four digits, so that none of the three is taken for another."""
    length = {"yearly": 4, "monthly": 7, "meeting": 10}[snapshot["kind"]]
    return f"{snapshot['forum']['code']}-{snapshot['period'][:length]}-v{snapshot['version']}"


def moment_name(moment: str) -> str:
    """For example `12 december 2026 kl. 09.00`."""
    when = datetime.fromisoformat(moment)
    return f"{day_name(when.date())} kl. {when:%H.%M}"
