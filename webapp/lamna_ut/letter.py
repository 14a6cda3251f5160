"""The decision with its copies, frozen. What is masked is in it as a ground, and in no other way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from models.handout import Handout, HandoutCopy
from schemas.handout import GROUNDS, Field, Mask, Verdict, blackened
from schemas.months import day_name, local_date
from webapp.lamna_ut.texts import masks_of, texts_of


def write_letter(session: Session, handout: Handout, reasons: str) -> dict[str, Any]:
    """What leaves. Arguments: handout - with its verdict, and the moment and function of the decision."""
    copies = [] if handout.verdict is Verdict.REFUSED else [_copy(session, copy) for copy in handout.copies]
    used = {part[1] for copy in copies for field in copy["fields"] for part in field["parts"] if part[1]}
    return {
        "reference": handout.reference,
        "federation": handout.area.federation.name,
        "area": handout.area.name,
        "subject": handout.subject,
        "asked": day_name(handout.asked_on),
        "decided": day_name(local_date(handout.decided_at)) if handout.decided_at else "",
        "decided_as": handout.decided_as,
        "verdict": handout.verdict.label if handout.verdict else "",
        "reasons": reasons,
        "grounds": [label for code, label in GROUNDS.items() if code in used],
        "appeal": handout.verdict is not Verdict.GRANTED,
        "example": any(copy.report.is_example for copy in handout.copies),
        "copies": copies,
    }


def _copy(session: Session, copy: HandoutCopy) -> dict[str, Any]:
    texts = texts_of(session, copy.report)
    return {"reference": copy.report.reference, "fields": blacked_fields(texts, masks_of(copy))}


def blacked_fields(texts: Sequence[Field], masks: Sequence[Mask]) -> list[dict[str, Any]]:
    """The texts in pieces, as a page shows them: pairs of text and ground, of which one is empty."""
    return [
        {"code": one.code, "label": one.label, "parts": [list(part) for part in blackened(one, masks)]} for one in texts
    ]
