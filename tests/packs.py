"""Meeting packs to try: their content, and the decisions and actions that they look back on."""

from __future__ import annotations

from typing import Any

from tests.summaries import busy_rows, make_item, make_snapshot
from worker.summary import write_summary

QUOTE = "Vi kallade tre gånger. Ingen kunde säga vem som är fast vårdkontakt, så mötet hölls utan vården."


def content_of(*items: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return write_summary(make_snapshot(busy_rows(), kind="meeting", period="2026-12-12", items=items, **changes))


def case_of(**changes: Any) -> dict[str, Any]:
    case: dict[str, Any] = content_of(make_item(**changes))["pack"]["cases"][0]
    return case


def action(**changes: Any) -> dict[str, Any]:
    return {
        "what": "Gemensam ingång till psykiatrin",
        "owner": "Enhetschef",
        "owner_party": "Region Jönköpings län",
        "area": "Sävsjö",
        "own": True,
        "decided_on": "2026-03-12",
        "due_on": "2026-10-31",
        "follow_up_on": None,
        "done_on": None,
        "status": "ongoing",
        "status_label": "Pågår",
        "late": False,
        "from": "",
        "about": "region",
        "category": "contact_route",
        "effect": effect(24, 0),
    } | changes


def effect(before: int, after: int, months: int = 7, people: int = 6) -> dict[str, int]:
    return {
        "before": before,
        "before_months": 12,
        "before_reporters": min(before, people),
        "after": after,
        "after_months": months,
        "after_reporters": min(after, people),
    }


def decision(*actions: int, **changes: Any) -> dict[str, Any]:
    return {
        "met_on": "2026-09-10",
        "decided_on": "2026-09-10",
        "title": "SGI saknas",
        "question": "Vem följer upp?",
        "text": "Regionen öppnar en gemensam ingång.",
        "outcome": "handed_up",
        "outcome_label": "Går vidare uppåt",
        "actions": list(actions),
    } | changes
