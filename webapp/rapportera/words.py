"""The words of the report form, which asks about what failed or about what worked."""

from __future__ import annotations

from typing import Any

from models.report import ReportKind

FAILED = {
    "good": False,
    "title": "Rapportera en avvikelse",
    "heading": "Rapportera en avvikelse i samverkan",
    "counterpart": "Vilken verksamhet brast samverkan med?",
    "description": "Vad hände?",
    "description_hint": "Två till fem meningar räcker. Vad skulle ha skett, och vad skedde i stället?",
    "occurred": "När hände det?",
    "suggestion": "Vad hade hjälpt? (valfritt)",
    "suggestion_hint": "Ett konkret förslag, till exempel en funktionsbrevlåda.",
}
WORKED = {
    "good": True,
    "title": "Berätta om något som fungerade",
    "heading": "Berätta om samverkan som fungerade",
    "counterpart": "Vilken verksamhet fungerade samverkan med?",
    "description": "Vad fungerade?",
    "description_hint": "Två till fem meningar räcker. Vad gjorde ni, och vad blev bättre?",
    "occurred": "När var det?",
    "suggestion": "Vad kan andra ta efter? (valfritt)",
    "suggestion_hint": "Ett konkret råd, till exempel ett fast möte varje vecka.",
}


def words_for(kind: str) -> dict[str, Any]:
    """The headings of a form about one kind of event, and the way to the other one."""
    good = kind == ReportKind.GOOD.value
    kinds = ((ReportKind.DEVIATION, not good), (ReportKind.GOOD, good))
    ways = [{"label": word.label, "value": word.value, "current": current} for word, current in kinds]
    return (WORKED if good else FAILED) | {"ways": ways}
