"""The whole of what a summary says. The same content becomes the PDF and its twin on the web, for a monthly
report and for a meeting pack alike: the template decides what stands on which page. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from schemas.disclosure import THRESHOLD, Protected, share
from schemas.months import day_name, month_name
from schemas.summary import check_content
from worker.summary import meeting, method, questions, tables
from worker.summary.figures import Figures, protect
from worker.summary.sentences import Names, largest, three_sentences
from worker.summary.words import about

FORMAT = 1
# Where a group takes what it cannot solve itself.
NEXT_FORUM = {
    "working_group": "Till LSG eller styrgrupp",
    "local_group": "Till styrgruppen",
    "steering_group": "Till beredningsgruppen",
    "preparatory_group": "Till styrelsen",
    "board": "Till parterna",
}


def write_summary(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """Write what a summary says.

    Arguments: snapshot - from models.snapshot.take_snapshot, or the same read back from JSON.
    Returns: plain data in which every number is protected.
    Raises: marshmallow.ValidationError when the content breaks a rule of the border.
    """
    figures, names = protect(snapshot), Names(snapshot)
    proposals = questions.propose(figures, names)
    return check_content(
        {
            "format": FORMAT,
            "kind": snapshot["kind"],
            "example": snapshot["example"],
            **_front(snapshot),
            "sentences": three_sentences(figures, names),
            "key_figures": _key_figures(figures, names, snapshot),
            "questions": proposals,
            "heat_map": tables.draw_heat_map(figures, snapshot["parties"], names),
            "categories": tables.list_categories(figures, names),
            "trend": tables.draw_trend(figures),
            "next_forum": NEXT_FORUM[snapshot["forum"]["kind"]],
            "meetings": [_moment_name(meeting) for meeting in snapshot["meetings"]],
            "method": method.describe(snapshot),
            **meeting.tell(snapshot, names, proposals),
        }
    )


def _front(snapshot: Mapping[str, Any]) -> dict[str, Any]:
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
    if snapshot["kind"] == "monthly":
        return f"Månadsrapport {month_name(date.fromisoformat(snapshot['period']))}"
    return f"Underlag till mötet {_day(snapshot['period'])}"


def _subtitle(snapshot: Mapping[str, Any], what: str) -> str:
    name = snapshot["forum"]["name"]
    if snapshot["kind"] == "monthly":
        return f"{what} till {name}"
    first = next(iter(snapshot["meetings"]), "")
    # A meeting that was moved or cancelled meanwhile leaves only the day that the pack was ordered for.
    when = _moment_name(first) if first.startswith(snapshot["period"]) else _day(snapshot["period"])
    return f"Underlag till {name} inför mötet {when}"


def _day(period: str) -> str:
    return day_name(date.fromisoformat(period))


def _reference(snapshot: Mapping[str, Any]) -> str:
    """Names one summary within a federation: forum, month or day of meeting, version."""
    period = snapshot["period"][:7] if snapshot["kind"] == "monthly" else snapshot["period"]
    return f"{snapshot['forum']['code']}-{period}-v{snapshot['version']}"


def _key_figures(figures: Figures, names: Names, snapshot: Mapping[str, Any]) -> list[dict[str, str]]:
    inside = sum(not party["outside"] for party in snapshot["parties"])
    norm = f", en vanlig månad {about(figures.norm, figures.month)}" if figures.norm else ""
    before = f", {about(figures.year_before, figures.year)} året före" if figures.year_before else ""
    return [
        _key_figure(figures.month, f"rapporter i {month_name(figures.months[-1][0])}", norm),
        _key_figure(figures.year, "rapporter på tolv månader", before),
        {"text": f"{figures.parties_reporting} av {inside}", "label": "parter har rapporterat på tolv månader"},
        *_largest_share(figures, names),
    ]


def _key_figure(number: Protected, label: str, compared: str) -> dict[str, str]:
    """A number that may be hidden because few people reported has to say so, for page 1 stands alone."""
    few_people = number.value is None and number.at_most >= THRESHOLD
    return {
        "text": number.text,
        "label": f"{label}, eller färre än tre rapportörer" if few_people else label + compared,
    }


def _largest_share(figures: Figures, names: Names) -> list[dict[str, str]]:
    top, codes = largest(figures.categories)
    per_cent = share(top, figures.year) if top and len(codes) == 1 else None
    if per_cent is None:
        return []
    return [{"text": f"{per_cent} %", "label": f"av rapporterna på tolv månader gäller {names.quoted(codes[0])}"}]


def _moment_name(moment: str) -> str:
    """For example `12 december 2026 kl. 09.00`."""
    when = datetime.fromisoformat(moment)
    return f"{day_name(when.date())} kl. {when:%H.%M}"
