"""The review page: a report with what is known of it on the left, the decision form on the right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask import current_app, render_template, url_for
from sqlalchemy import select

from models.organisation import Unit
from models.report import Report, ReportKind, ReportState
from models.review import InfoRequest, StateChange, Track
from models.review_queue import WAITING, number_waiting, oldest, place_in_queue
from models.similar_reports import candidates
from schemas.months import day_name, local_date
from schemas.redaction import pieces
from schemas.similarity import Likeness, Told, similar
from schemas.states import IllegalMoveError, way
from webapp.desk import desk
from webapp.granska.circle import figure
from webapp.granska.decision_form import blank, choices_of, parties
from webapp.monster.pages import cluster_link
from webapp.report_rows import TAGS, facts, pair, short_day, suggestion, waited
from webapp.requests import now, reading, through
from webapp.wall import ALIKE, MERGED

YEAR = timedelta(days=365)
DECIDABLE = frozenset(ReportState) - {ReportState.MERGED, ReportState.WITHDRAWN}
TRACK_STATES = (
    *(ReportState.WITH_PARTY, ReportState.ROUTED, ReportState.ACTION_DECIDED),
    *(ReportState.ANSWERED, ReportState.CLOSED),
)


def page(
    report: Report,
    values: Mapping[str, Any] | None = None,
    errors: dict[str, str] | None = None,
    *,
    suspects: Sequence[str] = (),
    conflict: dict[str, Any] | None = None,
    status: int = 200,
) -> tuple[str, int]:
    """The page of one report. Arguments: values - what was typed, else the presets; errors - field to message;
    suspects - words that may be names; conflict - what a colleague has done meanwhile."""
    alike, suggested = _similar(report), suggestion(report)
    shown = dict(values or blank(report, alike))
    html = render_template(
        "web/granska-rapport.html",
        report=_report(report) | {"decidable": report.state in DECIDABLE},
        place=_place(report),
        similar=alike,
        cluster=cluster_link(report),
        history=history(report),
        questions=_questions(report),
        tracks=_tracks(report),
        suggestion=suggested,
        deadlock=figure(report.description),
        values=shown | {"version": report.version},
        choices=choices_of(report),
        errors=errors or {},
        suspects=suspects,
        conflict=conflict,
        kept=_kept(shown) if report.state not in DECIDABLE else [],
    )
    return html, 422 if errors and status == 200 else status


def _report(report: Report) -> dict[str, Any]:
    texts = [("Rapporten", report.description), ("Rapportörens förslag", report.suggestion)]
    marked = [(label, pieces(text)) for label, text in texts if text]
    found = any(piece.marked for _, text in [*marked, ("", pieces(report.counterpart_other))] for piece in text)
    return {
        "reference": report.reference,
        "pair": pair(report),
        "received_label": day_name(local_date(report.received_at)),
        "waited": waited(report, local_date(now())),
        "waiting": report.state in WAITING,
        "state_label": report.state.label,
        "state_tag": TAGS[report.state],
        "good": report.kind is ReportKind.GOOD,
        "texts": marked,
        "has_marks": found,
        "facts": [fact for fact in facts(report, units()) if fact[0] != "Förslag"],
        "advice": report.advice,
        "may_paraphrase": report.may_paraphrase,
        "receiver": report.receiver.title if report.receiver else "",
        "merged": report.state is ReportState.MERGED,
        "withdrawn": report.state is ReportState.WITHDRAWN,
        "main": _main(report),
        "version": report.version,
        "answer_href": _answer_href(report),
    }


def _answer_href(report: Report) -> str:
    known = "svar.answer_report" in current_app.view_functions and report.state in DECIDABLE
    return url_for("svar.answer_report", reference=report.reference) if known else ""


@through(MERGED)
def _main(report: Report) -> str:
    main = reading().get(Report, report.merged_into_id) if report.merged_into_id else None
    return main.reference if main else ""


def units() -> dict[int, Unit]:
    """The units of the signed-in person's federation, by id."""
    return {unit.id: unit for party in parties() for unit in party.units}


def _place(report: Report) -> dict[str, Any]:
    """Where the report stands in the queue, and which one comes next."""
    following = next_in_queue(report)
    return {
        "number": place_in_queue(reading(), desk(), report) if report.state in WAITING else None,
        "total": number_waiting(reading(), desk(), 1000),
        "next_href": url_for("granska.show_report", reference=following, _anchor="rapporten") if following else None,
    }


def next_in_queue(report: Report) -> str | None:
    """The reference of the report that waits behind one, else of the oldest; None when no other one waits."""
    behind = oldest(reading(), desk(), 1, after=(report.received_at, report.id))
    found = behind or oldest(reading(), desk(), 1)
    return found[0].reference if found and found[0].id != report.id else None


@through(ALIKE)
def _similar(report: Report) -> list[dict[str, Any]]:
    others = {other.id: other for other in candidates(reading(), report, report.received_at - YEAR)}
    found = similar(_told(report), [_told(other) for other in others.values()])
    return [_similar_row(likeness, others[likeness.id]) for likeness in found]


def _told(report: Report) -> Told:
    return Told(report.id, (report.from_unit_id, report.about_unit_id), report.category, report.description)


def _similar_row(likeness: Likeness, report: Report) -> dict[str, Any]:
    same = [("samma parter", likeness.same_pair), ("samma kategori", likeness.same_category)]
    return {
        "href": url_for("granska.show_report", reference=report.reference),
        "excerpt": report.excerpt,
        "reference": report.reference,
        "day": short_day(report.received_at),
        "degree": "Stor" if likeness.great else "Viss",
        "why": ", ".join(label for label, true in same if true),
        "words": likeness.words[:6],
        "state_label": report.state.label,
        "state_tag": TAGS[report.state],
        "forum_id": report.forum_id if likeness.great and report.state is ReportState.ROUTED else None,
    }


def history(report: Report) -> list[dict[str, str]]:
    """What has happened to a report, newest first. A unit's track is told of only where it went its own way."""
    query = select(StateChange).where(StateChange.report_id == report.id).order_by(StateChange.id.desc())
    changes = reading().scalars(query).all()
    whole = {(change.made_at, change.to_state) for change in changes if change.unit_id is None}
    names = units()
    return [
        {
            "day": day_name(local_date(change.made_at)),
            "what": "" if change.from_state is change.to_state else change.to_state.label,
            "unit": names[change.unit_id].name if change.unit_id in names else "",
            "function": change.function,
            "why": change.why,
        }
        for change in changes
        if change.unit_id is None or (change.made_at, change.to_state) not in whole
    ]


def _questions(report: Report) -> list[dict[str, Any]]:
    query = select(InfoRequest).where(InfoRequest.report_id == report.id).order_by(InfoRequest.id)
    return [
        {
            "asked_label": day_name(local_date(row.asked_at)),
            "question": row.question,
            "answer": pieces(row.answer),
            "answered_label": day_name(local_date(row.answered_at)) if row.answered_at else "",
        }
        for row in reading().scalars(query)
    ]


def _tracks(report: Report) -> list[dict[str, Any]]:
    names = units()
    query = select(Track).where(Track.report_id == report.id).order_by(Track.id)
    return [
        {
            "unit_id": track.unit_id,
            "unit": names[track.unit_id].name,
            "state_label": track.state.label,
            "state_tag": TAGS[track.state],
            "options": [(state.value, state.label) for state in TRACK_STATES if can_go(track.state, state)],
        }
        for track in reading().scalars(query)
    ]


def can_go(current: ReportState, wanted: ReportState) -> bool:
    """Whether there is a way from one state to another one."""
    try:
        way(current, wanted)
    except IllegalMoveError:
        return False
    return current is not wanted


def _kept(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What was typed into a form that is no longer there."""
    labels = {"question": "Fråga till rapportören", "reason": "Skäl", "paraphrase": "Omskrivning"}
    return [(label, str(values[name])) for name, label in labels.items() if values.get(name)]
