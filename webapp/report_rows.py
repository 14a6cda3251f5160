"""Reports as the rows and facts that the pages show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from flask import url_for

from models.base import Word
from models.classification import Classification, confidence_word, latest_classifications
from models.organisation import Unit
from models.outbox import Outbox, Task, stuck
from models.report import Consequence, Level, Report, ReportKind, ReportState
from models.review_queue import WAITING
from schemas.months import NAMES, day_name, local_date
from schemas.taxonomy import category_label
from schemas.words import TAXONOMY_RECURRENCE
from schemas.working_days import REVIEW_WORKING_DAYS, add_working_days, working_days_between
from webapp.requests import reading

TAGS = {
    ReportState.RECEIVED: "ny",
    ReportState.IN_REVIEW: "granskas",
    ReportState.NEEDS_INFO: "sen",
    ReportState.WITH_PARTY: "forum",
    ReportState.ROUTED: "forum",
    ReportState.ACTION_DECIDED: "forum",
    ReportState.ANSWERED: "klar",
    ReportState.CLOSED: "klar",
    ReportState.REFERRED: "neutral",
    ReportState.MERGED: "neutral",
    ReportState.WITHDRAWN: "neutral",
}
_UNSEEN: dict[str, Any] = {"stopped": False, "hidden": False, "alternatives": [], "parties": [], "read": {}}
# What a text names, by the codes that the classifier knows.
PARTY_LABELS = {
    "af": "Arbetsförmedlingen",
    "fk": "Försäkringskassan",
    "kommun": "kommunen",
    "region": "regionen",
}


def short_day(moment: datetime) -> str:
    """For example `15 nov`."""
    day = local_date(moment)
    return f"{day.day} {NAMES[day.month - 1][:3]}"


def pair(report: Report) -> str:
    return f"{report.from_unit.name} → {report.counterpart_other or report.about_unit.name}"


def category_of(report: Report) -> str:
    """The category in words. The categories are kinds of failings, so what worked has none."""
    return "–" if report.kind is ReportKind.GOOD else category_label(report.category)


def list_rows(reports: Sequence[Report]) -> list[dict[str, Any]]:
    """Rows of the coordinator's list."""
    suggestions = latest_classifications(reading(), [report.id for report in reports])
    return [
        {
            "href": url_for("avvikelser.show_report", reference=report.reference),
            "reference": report.reference,
            "excerpt": report.excerpt,
            "pair": pair(report),
            "category": category_of(report),
            "confidence": _confidence(suggestions.get(report.id)),
            "received_label": day_name(local_date(report.received_at)),
            "state_label": report.state.label,
            "state_tag": TAGS[report.state],
        }
        for report in reports
    ]


def queue_rows(reports: Sequence[Report], moment: datetime) -> list[dict[str, Any]]:
    """Rows of the queue, with how long each has waited; each leads to its review page."""
    today = local_date(moment)
    return [
        row
        | {
            "href": url_for("granska.show_report", reference=report.reference),
            "title": row["excerpt"],
            "received_label": short_day(report.received_at),
            "area": report.area.name,
            "good": report.kind is ReportKind.GOOD,
            **waited(report, today),
        }
        for report, row in zip(reports, list_rows(reports), strict=True)
    ]


def waited(report: Report, today: date) -> dict[str, Any]:
    """How many working days a report has waited for its review, and whether that is longer than was promised."""
    received = local_date(report.received_at)
    days = working_days_between(received, today)
    due = report.review_due_on or add_working_days(received, REVIEW_WORKING_DAYS)
    words = "1 arbetsdag" if days == 1 else f"{days} arbetsdagar" if days else "mindre än en arbetsdag"
    return {"waited": "i dag" if received == today else words, "late": today > due}


def _confidence(suggestion: Classification | None) -> str:
    return "" if suggestion is None or not suggestion.shown else suggestion.confidence_word


def facts(report: Report, units: dict[int, Unit]) -> list[tuple[str, str]]:
    """What was answered, label by label; questions without an answer are left out."""
    answers = [
        ("Från", f"{report.from_unit.name}, {report.area.name}"),
        ("Om", report.counterpart_other or f"{report.about_unit.name}, {report.about_unit.party.name}"),
        ("Fler verksamheter", ", ".join(units[unit_id].name for unit_id in report.other_units if unit_id in units)),
        ("När", report.occurred.label),
        ("Datum", day_name(report.occurred_on) if report.occurred_on else ""),
        ("Följd", ", ".join(Consequence(code).label for code in report.consequences)),
        ("Hur ofta", _label(report.recurrence)),
        ("Rapportörens kategori", category_label(report.reporter_category) if report.reporter_category else ""),
        ("Taget upp med motparten", _label(report.raised_directly)),
        ("Förslag", report.suggestion),
        ("Får återges omskriven", "Ja" if report.may_paraphrase else "Nej"),
    ]
    return [(label, answer) for label, answer in answers if answer]


def _label(word: Word | None) -> str:
    return word.label if word else ""


def suggestion(report: Report) -> dict[str, Any] | None:
    """The machine's suggestion, with the words that weighed most; None while there is none. `stopped` tells that none
    will come."""
    found = latest_classifications(reading(), [report.id]).get(report.id)
    if found is None:
        job = stuck().where(Outbox.task == Task.CLASSIFY_REPORT, Outbox.subject_id == report.id)
        return _UNSEEN | {"stopped": True} if reading().scalars(job).first() else None
    if found.hidden and report.state in WAITING:  # Whoever judges shall not know what the machine thinks.
        return _UNSEEN | {"hidden": True}
    return _UNSEEN | {
        "category": category_label(found.category),
        "confidence_word": found.confidence_word,
        "words": found.reasons,
        "alternatives": [(category_label(code), confidence_word(weight)) for code, weight in found.alternatives],
        "abstained": found.abstained,
        "parties": [PARTY_LABELS[code] for code, _ in found.aspects.get("parties", ()) if code in PARTY_LABELS],
        "read": _read(found.aspects),
    }


def _read(aspects: dict[str, Any]) -> dict[str, str]:
    """Level and recurrence in words, as far as the machine reads them from the text."""
    found = {"level": Level(aspects["level"][0]).label} if "level" in aspects else {}
    if "recurrence" in aspects:
        found["recurrence"] = TAXONOMY_RECURRENCE[aspects["recurrence"][0]].label
    return found
