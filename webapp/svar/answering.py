"""/granska/<reference>/svar: answering a report, and publishing the answer; and the reporter's "I have read it"."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from models.delivery import DeliveryKind
from models.feedback_queries import answers_to
from models.report import Report, ReportKind, ReportState, own_reports
from models.review import Answer
from models.review_queue import desk_reports
from schemas.answer import AnswerSchema
from schemas.months import day_name, local_date
from schemas.states import IllegalMoveError
from schemas.words import ActionKind
from webapp.desk import desk, desk_report, refuse
from webapp.feedback import tell_of_report
from webapp.form_input import Input, read_form
from webapp.granska.review_page import DECIDABLE, units
from webapp.moving import StaleError, changing, move, note
from webapp.report_rows import TAGS, facts, pair
from webapp.requests import logger, now, person, reading, scope, writing
from webapp.svar.publishing import hindrance, publish_answer, standing, withdraw_answer
from webapp.svar.rows import answer_rows

blueprint = Blueprint("svar", __name__)
EMPTY = dict.fromkeys((*AnswerSchema.texts, "action_kind", "pii_confirmed"), "")


@blueprint.route("/granska/<reference>/svar", methods=["GET", "POST"])
def answer_report(reference: str) -> Response | tuple[str, int]:
    report = desk_report(reference)
    if request.method == "GET":
        return _page(report, Input())
    found = read_form("answer", AnswerSchema())
    if found.errors or not _store(reference, found):
        return _page(_fresh(reference), found)
    flash(f"{reference} är besvarad. Rapportören ser svaret under Mina rapporter.")
    return redirect(url_for("svar.answer_report", reference=reference), 303)


def _store(reference: str, found: Input) -> bool:
    """Keep the answer, move the report, tell its reporter: whole or not at all."""
    try:
        with changing(reference, found.data["version"]) as (session, report):
            _answer(session, report, found.data)
    except IllegalMoveError as error:
        found.refuse("form", str(error))
        return False
    except StaleError:
        found.stale(_standing_facts(_fresh(reference)))
        return False
    logger.info("answered_report", user_id=person().id, report_id=report.id)
    return True


def _answer(session: Session, report: Report, data: dict[str, Any]) -> None:
    if report.state not in DECIDABLE:
        raise IllegalMoveError(f"En rapport som är {report.state.label} kan inte besvaras")
    again = report.state is ReportState.ANSWERED
    if again:
        note(session, report, person(), now(), "Svaret har kompletterats")
    else:
        move(session, report, ReportState.ANSWERED, person(), now())
    texts = {name: data[name] for name in AnswerSchema.texts}
    kind = ActionKind(data["action_kind"])
    answer = Answer(report_id=report.id, made_at=now(), function=person().title, action_kind=kind, **texts)
    session.add(answer)
    session.flush()
    tell_of_report(session, DeliveryKind.ANSWER, answer.id, report, now())


def _fresh(reference: str) -> Report:
    """The report as it stands now, read anew."""
    query = desk_reports(desk()).where(Report.reference == reference).execution_options(populate_existing=True)
    return reading().scalars(query).one()


def _standing_facts(report: Report) -> list[tuple[str, str]]:
    answers = answer_rows(report)
    latest = f"{answers[0]['day']}, {answers[0]['function']}" if answers else "Inget svar än"
    return [("Läge", report.state.label), ("Senaste svar", latest), *(answers[0]["parts"] if answers else [])]


def _page(report: Report, found: Input) -> tuple[str, int]:
    shown = {
        "reference": report.reference,
        "pair": pair(report),
        "description": report.description,
        "facts": facts(report, units()),
        "state_label": report.state.label,
        "state_tag": TAGS[report.state],
        "answerable": report.state in DECIDABLE,
        "good": report.kind is ReportKind.GOOD,
        "due": day_name(report.answer_due_on) if report.answer_due_on and not report.answered_at else "",
        "version": report.version,
        "paraphrase": report.paraphrase,
    }
    html = render_template(
        "web/svar.html",
        report=shown,
        answers=answer_rows(report),
        publication=_publication(report),
        kinds=ActionKind.choices(),
        values=EMPTY | dict(found.values),
        errors=found.errors,
        suspects=found.suspects,
        conflict=found.conflict,
    )
    return html, found.status


def _publication(report: Report) -> dict[str, Any]:
    row = standing(reading(), report)
    latest = next((answer.id for answer in answers_to(reading(), report)), None)
    return {
        "newest": row is not None and row.answer_id == latest,
        "since": day_name(local_date(row.published_at)) if row else "",
        "area": row.area.name if row and row.area else "",
        "hindrance": hindrance(reading(), report, now()),
    }


@blueprint.post("/granska/<reference>/svar/publicera")
def publish(reference: str) -> Response | tuple[str, int]:
    """Lay the paraphrase and the latest answer on the open page."""
    return _publish(reference, publish_answer, "Omskrivningen och svaret är publicerade.")


@blueprint.post("/granska/<reference>/svar/ta-bort")
def unpublish(reference: str) -> Response | tuple[str, int]:
    """Take them away again."""
    return _publish(reference, withdraw_answer, "Omskrivningen och svaret är borttagna från den öppna sidan.")


def _publish(reference: str, change: Any, done: str) -> Response | tuple[str, int]:
    found = Input("publish")
    try:
        with changing(reference, request.form.get("version", type=int)) as (session, report):
            fault = change(session, report, person(), now())
    except StaleError:
        found.stale(_standing_facts(_fresh(reference)))
        return _page(_fresh(reference), found)
    if fault:
        found.refuse("form", fault)
        return _page(_fresh(reference), found)
    logger.info("publication_changed", user_id=person().id, report_id=report.id)
    flash(done)
    return redirect(url_for("svar.answer_report", reference=reference), 303)


@blueprint.post("/mina-rapporter/<reference>/svar/<int:answer_id>/last")
def mark_read(reference: str, answer_id: int) -> Response:
    """The reporter has read an answer. Saying so twice changes nothing."""
    own = own_reports(scope()).where(Report.reference == reference).with_only_columns(Report.id)
    with writing() as session:
        report_id = session.scalar(own)
        here = (Answer.id == answer_id) & (Answer.report_id == report_id)
        if report_id is None or session.scalar(select(Answer.id).where(here)) is None:
            refuse(reference)
        session.execute(update(Answer).where(here, Answer.seen_at.is_(None)).values(seen_at=now()))
    flash("Tack. Koordinatorn ser att du har läst svaret.")
    return redirect(url_for("mina_rapporter.show_report", reference=reference), 303)
