"""What a reporter does with a report that is filed: answer a question about it, or take it back."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, request, url_for
from marshmallow import Schema, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from models.month_count import mark_slice
from models.report import Report, ReportState
from models.review import InfoRequest
from schemas.report import errors_by_field, suspects
from schemas.review import CompletionSchema, WithdrawalSchema
from schemas.states import IllegalMoveError, check_move
from webapp.granska.merging import unmerge
from webapp.mina_rapporter.own_report import report_page
from webapp.moving import changing_own, move
from webapp.requests import logger, now, person
from webapp.wall import MERGED, opened

blueprint = Blueprint("komplettering", __name__)
TOO_LATE = "Frågan är inte längre öppen. Koordinatorn har gått vidare med rapporten"


@blueprint.post("/mina-rapporter/<reference>/komplettering")
def answer(reference: str) -> Response | tuple[str, int]:
    return _do(reference, CompletionSchema, "completion", _answer, "Tack. Ditt svar är skickat till koordinatorn.")


def _answer(session: Session, report: Report, text: str) -> None:
    query = select(InfoRequest).where(InfoRequest.report_id == report.id, InfoRequest.answered_at.is_(None))
    question = session.scalars(query.order_by(InfoRequest.id.desc()).limit(1)).one_or_none()
    if question is None or report.state is not ReportState.NEEDS_INFO:
        raise IllegalMoveError(TOO_LATE)
    question.answer, question.answered_at = text, now()
    move(session, report, ReportState.IN_REVIEW, person(), now(), "Rapportören har svarat")


@blueprint.post("/mina-rapporter/<reference>/ta-tillbaka")
def withdraw(reference: str) -> Response | tuple[str, int]:
    return _do(reference, WithdrawalSchema, "withdrawal", _withdraw, "Rapporten är återtagen och räknas inte.")


def _withdraw(session: Session, report: Report, why: str) -> None:
    """Only while nobody has passed it on: a report that others work with is not theirs to lose.

    Reports that were merged into this one told of the same event, so they stand for themselves again.
    """
    check_move(report.state, ReportState.WITHDRAWN, why)
    move(session, report, ReportState.WITHDRAWN, person(), now(), why)
    with opened(session, MERGED):
        for part in session.scalars(select(Report).where(Report.merged_into_id == report.id)).all():
            unmerge(session, part, person(), now())
            mark_slice(session, part.area_id, part.month)


def _do(
    reference: str, schema: type[Schema], field: str, change: Callable[[Session, Report, str], None], done: str
) -> Response | tuple[str, int]:
    """Read one text, do something with the report, and say so; or show the page again with the text and the reason."""
    try:
        text = schema().load(request.form.to_dict())[field]
        with changing_own(reference) as (session, report):
            change(session, report, text)
    except ValidationError as error:
        errors = errors_by_field(error, schema)
        doubted = suspects(request.form, [field]) if "pii_confirmed" in errors else []
        return report_page(reference, request.form, errors, doubted)
    except IllegalMoveError as error:
        return report_page(reference, request.form, {field: str(error)}, [])
    logger.info(field, user_id=person().id, report_id=report.id)
    flash(done)
    return redirect(url_for("mina_rapporter.show_report", reference=reference), 303)
