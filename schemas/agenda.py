"""What may stand on an agenda, and what a forum may decide."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from marshmallow import fields, validates_schema

from schemas.form import Form, free_text, must, needed_text, refuse, whole_number
from schemas.words import Outcome

LONGEST_TITLE, LONGEST_QUESTION, LONGEST_DECISION, LONGEST_PLAIN = 200, 300, 500, 300  # characters
MOST_MINUTES, USUAL_MINUTES = 480, 15


class ItemSchema(Form):
    """One item. Arguments: references - of the reports that may stand behind it."""

    texts = shared = ("item_title", "item_question")
    item_title = needed_text(LONGEST_TITLE, "Skriv en rubrik")
    item_question = needed_text(LONGEST_QUESTION, "Skriv frågan som gruppen ska svara på")
    item_minutes = whole_number(1, MOST_MINUTES, USUAL_MINUTES, f"Skriv ett antal minuter mellan 1 och {MOST_MINUTES}")
    item_reports = fields.List(fields.String(), load_default=list)

    def __init__(self, references: Collection[str]) -> None:
        super().__init__()
        self.references = references

    @validates_schema(skip_on_field_errors=True)
    def _check_reports(self, data: dict[str, Any], **_: Any) -> None:
        chosen = data.get("item_reports", [])
        if not chosen:
            refuse({"item_reports": "Välj minst en rapport som ärendet bygger på"})
        if not set(chosen) <= set(self.references):
            refuse({"item_reports": "Någon av rapporterna väntar inte längre på det här forumet. Välj på nytt"})


class ForumDecisionSchema(Form):
    """What a forum decided on one item."""

    texts = shared = ("decision_text", "decision_plain")
    decision_text = needed_text(LONGEST_DECISION, "Skriv vad forumet beslutade")
    decision_plain = free_text(LONGEST_PLAIN)
    outcome = fields.String(**must("Välj vad som händer med ärendet"))

    @validates_schema(skip_on_field_errors=True)
    def _check_outcome(self, data: dict[str, Any], **_: Any) -> None:
        if data["outcome"] not in [word.value for word in Outcome]:
            refuse({"outcome": "Välj vad som händer med ärendet"})
