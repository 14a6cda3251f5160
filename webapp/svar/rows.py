"""Answers as the pages show them, to the coordinator and to the reporter."""

from __future__ import annotations

from typing import Any

from models.feedback_queries import answers_to
from models.report import Report
from models.review import Answer
from schemas.months import day_name, local_date
from webapp.requests import reading


def answer_rows(report: Report) -> list[dict[str, Any]]:
    """The answers to a report, newest first. `own` is false for one that was given to the report that this one is
    part of."""
    return [
        {
            "id": answer.id,
            "day": day_name(local_date(answer.made_at)),
            "function": answer.function,
            "seen": day_name(local_date(answer.seen_at)) if answer.seen_at else "",
            "own": answer.report_id == report.id,
            "parts": parts_of(answer),
        }
        for answer in answers_to(reading(), report)
    ]


def parts_of(answer: Answer) -> list[tuple[str, str]]:
    """What an answer says, part by part; parts that were left out are not named."""
    parts = [
        ("Orsak", answer.cause),
        (f"Åtgärd ({answer.action_kind.label.lower()})", answer.action),
        ("Konsekvens", answer.consequence),
        ("Uppföljning", answer.follow_up),
    ]
    return [(label, text) for label, text in parts if text]
