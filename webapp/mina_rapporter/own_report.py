"""One report as its reporter sees it: where it stands, what has happened, and what is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import render_template
from sqlalchemy import select

from models.organisation import parties_of
from models.report import Report, ReportState, own_reports
from models.review import InfoRequest, StateChange
from schemas.months import day_name, local_date
from schemas.states import EDGES
from webapp.desk import refuse
from webapp.report_rows import TAGS, facts
from webapp.requests import person, reading, scope, through
from webapp.svar.rows import answer_rows
from webapp.wall import MERGED

# What each state means to the person who reported.
PLAIN = {
    ReportState.RECEIVED: "Rapporten är mottagen",
    ReportState.IN_REVIEW: "Koordinatorn granskar rapporten",
    ReportState.NEEDS_INFO: "Koordinatorn har en fråga till dig",
    ReportState.WITH_PARTY: "Koordinatorn tar upp det med den andra verksamheten",
    ReportState.ROUTED: "Det ska tas upp i ett forum",
    ReportState.ACTION_DECIDED: "En åtgärd är beslutad",
    ReportState.ANSWERED: "Rapporten är besvarad",
    ReportState.CLOSED: "Rapporten är avslutad",
    ReportState.REFERRED: "Rapporten är hänvisad till en annan rutin",
    ReportState.MERGED: "Rapporten räknas ihop med en annan om samma sak",
    ReportState.WITHDRAWN: "Du har tagit tillbaka rapporten",
}
# In these states nobody is owed an answer any more.
SETTLED = (ReportState.ANSWERED, ReportState.CLOSED, ReportState.REFERRED, ReportState.MERGED, ReportState.WITHDRAWN)


def report_page(
    reference: str,
    values: Mapping[str, str] | None = None,
    errors: dict[str, str] | None = None,
    suspects: Sequence[str] = (),
) -> tuple[str, int]:
    """The page of one of one's own reports; every other one answers 404.

    Arguments: values - what was typed; errors - field to message; suspects - words that may be names.
    """
    query = own_reports(scope()).where(Report.reference == reference).execution_options(populate_existing=True)
    report = reading().scalars(query).one_or_none()
    if report is None:
        refuse(reference)
    typed = {name: (values or {}).get(name, "") for name in ("completion", "withdrawal", "pii_confirmed")}
    html = render_template(
        "web/mina-rapporter-visa.html",
        report=_shown(report),
        history=_history(report),
        questions=_questions(report),
        answers=answer_rows(report),
        values=typed,
        errors=errors or {},
        suspects=suspects,
    )
    return html, 422 if errors else 200


def _shown(report: Report) -> dict[str, Any]:
    units = {unit.id: unit for party in parties_of(reading(), person().federation_id) for unit in party.units}
    return {
        "id": report.id,
        "reference": report.reference,
        "state_label": report.state.label,
        "state_tag": TAGS[report.state],
        "state_sentence": PLAIN[report.state],
        "promises": _promises(report),
        "facts": facts(report, units),
        "description": report.description,
        "asked": report.state is ReportState.NEEDS_INFO,
        "withdrawable": ReportState.WITHDRAWN in EDGES[report.state],
    }


def _promises(report: Report) -> list[tuple[str, str]]:
    """Who has the report and by when it is reviewed and answered, while that is owed. A merged report is
    answered with the main one."""
    main = _main(report)
    rows = [
        ("Mottagare", report.receiver.title if report.receiver else "Samordningsförbundet"),
        ("Mottagen", day_name(local_date(report.received_at))),
        ("Granskas senast", _day(report.review_due_on) if report.state is ReportState.RECEIVED else ""),
        ("Granskad", day_name(local_date(report.reviewed_at)) if report.reviewed_at else ""),
        ("Besvaras senast", _day(report.answer_due_on) if _owed(main or report) else ""),
        ("Hänvisad till", report.referred_to if report.state is ReportState.REFERRED else ""),
        ("Att tänka på", report.advice),
    ]
    return [(label, text) for label, text in rows if text]


@through(MERGED)
def _main(report: Report) -> Report | None:
    return reading().get(Report, report.merged_into_id) if report.merged_into_id else None


def _owed(report: Report) -> bool:
    return report.answered_at is None and report.state not in SETTLED


def _day(day: date | None) -> str:
    return day_name(day) if day else ""


def _history(report: Report) -> list[dict[str, str]]:
    """What has happened, newest first. Another person's report is not named here."""
    query = select(StateChange).where(StateChange.report_id == report.id, StateChange.unit_id.is_(None))
    rows = [
        {
            "what": change.why if change.from_state is change.to_state else PLAIN[change.to_state],
            "why": "" if _says_enough(change) else change.why,
            "day": day_name(local_date(change.made_at)),
            "function": "" if change.function == person().title else change.function,
        }
        for change in reading().scalars(query.order_by(StateChange.id.desc()))
    ]
    first = {"what": PLAIN[ReportState.RECEIVED], "why": "", "day": day_name(local_date(report.received_at))}
    return [*rows, first | {"function": report.receiver.title if report.receiver else ""}]


def _says_enough(change: StateChange) -> bool:
    return change.from_state is change.to_state or ReportState.MERGED in (change.from_state, change.to_state)


def _questions(report: Report) -> list[dict[str, str]]:
    query = select(InfoRequest).where(InfoRequest.report_id == report.id).order_by(InfoRequest.id)
    return [
        {
            "question": row.question,
            "asked_label": day_name(local_date(row.asked_at)),
            "answer": row.answer,
            "answered_label": day_name(local_date(row.answered_at)) if row.answered_at else "",
        }
        for row in reading().scalars(query)
    ]
