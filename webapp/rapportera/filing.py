"""/rapportera: the form, its receipt, and the one transaction in between."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from marshmallow import ValidationError
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from faults import fault
from models.draft import Draft
from models.month_count import mark_slice, reports_about
from models.organisation import OUTSIDE_UNIT
from models.outbox import Outbox, Task
from models.report import Report, ReportKind, ReportState, own_reports, take_reference
from models.user import Role
from schemas.months import day_name, local_date, month_of
from schemas.report import ReportSchema, errors_by_field, suspects
from webapp import form_key
from webapp.rapportera.drafts import drafts_of, forget_drafts, opened_draft, save_draft
from webapp.rapportera.form import EXPIRED, Offer, Values, blank, offer, page, typed
from webapp.rapportera.pace import TOO_MANY, TooManyError, keep_pace
from webapp.rapportera.receiving import receive
from webapp.requests import logger, now, parts, person, reading, scope, writing

blueprint = Blueprint("rapportera", __name__)
KINDS = frozenset(kind.value for kind in ReportKind)
WRITERS = frozenset({Role.REPORTER, Role.COORDINATOR})
ENOUGH_ALIKE = 5  # fewer would point at colleagues
# What the writer decided; with another answer a form is not the same form.
ANSWERS = (
    *("area_id", "from_unit_id", "about_unit_id", "other_units", "counterpart_other", "description", "occurred"),
    *("occurred_on", "consequences", "recurrence", "reporter_category", "raised_directly", "suggestion"),
    *("feedback_email", "may_paraphrase", "kind"),
)
RECENTLY = timedelta(days=1)  # a form that comes back from a browser's history is sent again soon or never
# What makes two reports the same to a reader.
SAME = ("area_id", "about_unit_id", "counterpart_other", "description", "kind")
SENT_BEFORE = (
    "Den här rapporten är redan skickad och har numret {reference}. "
    "Skicka igen om du vill lämna texten här som en ny rapport."
)


@blueprint.route("/rapportera", methods=["GET", "POST"])
def report() -> Response | tuple[str, int]:
    offered = offer()
    if request.method == "GET":
        return page(offered, opened_draft() or blank(offered) | {"kind": _asked_kind()})
    values = typed(request.form)
    if values["protected_identity"]:
        forget_drafts(values)
    do = request.form.get("do")
    if do in KINDS:  # The other form, with everything that was typed: nothing is checked or stored yet.
        return page(offered, values | {"kind": do})
    return save_draft(offered, values) if do == "draft" else _receive(offered, values)


def _asked_kind() -> str:
    """What the address asks the form to be about; anything else than good collaboration is a failing."""
    return ReportKind.GOOD.value if request.args.get("om") == "fungerade" else ReportKind.DEVIATION.value


def show_again(form: MultiDict[str, str], notice: str) -> tuple[str, int]:
    """The form with what was typed before an interruption, under a new key unless the old one still holds."""
    values = typed(form)
    if form_key.read(str(values["form_key"]), person().id) is None:
        values["form_key"] = ""
    return page(offer(), values, notice=notice)


def _receive(offered: Offer, values: Values) -> Response | tuple[str, int]:
    key = form_key.read(str(values["form_key"]), person().id)
    if key is None:
        return page(offered, values | {"form_key": ""}, notice=EXPIRED, status=422)
    if values["website"]:
        return page(offered, values | {"website": ""}, notice="Ett dolt fält var ifyllt. Skicka igen.", status=422)
    try:
        answers = ReportSchema(offered.choices()).load(values)
    except ValidationError as error:
        errors = errors_by_field(error)
        return page(offered, values, errors, suspects=suspects(values) if "pii_confirmed" in errors else None)
    row = _new_report(offered, answers, key)
    before = _same_words(row)
    if before and not form_key.read(str(values["again"]), person().id):
        return _ask(offered, values, before)
    try:
        reference = _store(offered, answers, row, values)
    except IntegrityError:
        return _sent_before(offered, values, answers, key)
    except TooManyError:
        logger.warning("too_many_reports", user_id=person().id)
        return page(offered, values, notice=TOO_MANY, status=429)
    return redirect(url_for("rapportera.receipt", reference=reference), 303)


def _store(offered: Offer, answers: dict[str, Any], row: Report, values: Values) -> str:
    """One transaction: the report, the row that asks for its classification, and the mark on its slice."""
    moment = now()
    row.received_at, row.month = moment, month_of(moment)
    units = offered.units
    # Looked up before the transaction, which everybody else who writes waits for.
    receive(reading(), row, units[answers["reporting_unit"]], units[answers["counterpart"]], local_date(moment))
    with writing() as session:
        row.reference = take_reference(session, row.federation_id, row.month.year)
        session.add(row)
        session.flush()
        keep_pace(session, row, parts().settings.reports_per_hour)
        # The categories are kinds of failings, so what worked is counted without one.
        good = row.kind is ReportKind.GOOD
        if not good:
            session.add(Outbox(task=Task.CLASSIFY_REPORT, subject_id=row.id, created_at=moment))
        slice_id = mark_slice(session, row.area_id, row.month)
        session.execute(delete(Draft).where(*drafts_of(values)))
        fault("receive.before_commit")
    fault("receive.after_commit")
    bell = ("recount_slice", "fast", slice_id) if good else (Task.CLASSIFY_REPORT.value, "fast", row.id)
    parts().doorbell.ring(*bell)
    fault("receive.before_answer")
    logger.info("received", report_id=row.id)
    return row.reference


def _new_report(offered: Offer, answers: dict[str, Any], key: str) -> Report:
    user = person()
    units = offered.units
    return Report(
        federation_id=user.federation_id,
        area_id=offered.areas[answers["area"]].id,
        reporter_id=user.id,
        from_unit_id=units[answers["reporting_unit"]].id,
        about_unit_id=units[answers["counterpart"]].id,
        other_units=[units[code].id for code in answers["other_actors"]],
        counterpart_other=answers["counterpart_other"] if answers["counterpart"] == OUTSIDE_UNIT else "",
        form_key=key,
        kind=ReportKind(answers["kind"]),
        description=answers["description"],
        occurred=answers["occurred"],
        occurred_on=answers["occurred_on"],
        consequences=answers["consequence"],
        recurrence=answers["recurrence"],
        reporter_category=answers["reporter_category"],
        raised_directly=answers["raised_directly"],
        suggestion=answers["suggestion"],
        feedback_email=answers["feedback_email"],
        may_paraphrase=answers["may_paraphrase"],
        is_example=user.is_example,
    )


def _sent_before(offered: Offer, values: Values, answers: dict[str, Any], key: str) -> Response | tuple[str, int]:
    """The same form came twice. The same answers lead to the same receipt; others are kept and asked about."""
    before = reading().scalars(own_reports(scope()).where(Report.form_key == key)).one_or_none()
    if before is None:
        raise RuntimeError("a report was refused by the database for another reason than its form key")
    again = _new_report(offered, answers, key)
    if all(getattr(before, name) == getattr(again, name) for name in ANSWERS):
        forget_drafts(values)
        return redirect(url_for("rapportera.receipt", reference=before.reference), 303)
    return _ask(offered, values, before)


def _same_words(row: Report) -> Report | None:
    """A report that its writer has just sent with another form, in the same words and about the same. A browser's Back
    fills a fresh form with the old text."""
    same = [getattr(Report, name) == getattr(row, name) for name in SAME]
    fresh = (Report.received_at > now() - RECENTLY, Report.state != ReportState.WITHDRAWN)
    query = own_reports(scope()).where(*fresh, *same, Report.form_key != row.form_key)
    return reading().scalars(query.order_by(Report.received_at.desc()).limit(1)).first()


def _ask(offered: Offer, values: Values, before: Report) -> tuple[str, int]:
    """Keep what was typed under a new key, which remembers that its writer was asked and about which form."""
    notice = SENT_BEFORE.format(reference=before.reference)
    return page(offered, values | {"form_key": "", "again": values["form_key"]}, notice=notice, status=409)


@blueprint.get("/rapportera/kvitto/<reference>")
def receipt(reference: str) -> str:
    row = reading().scalars(own_reports(scope()).where(Report.reference == reference)).one_or_none()
    if row is None:
        abort(404)
    good = row.kind is ReportKind.GOOD
    steps, alike = (_good_steps(row), None) if good else (_steps(row), _alike(reading(), row))
    return render_template("web/kvitto.html", report=_receipt(row) | {"good": good}, steps=steps, alike=alike)


def _receipt(row: Report) -> dict[str, Any]:
    return {
        "reference": row.reference,
        "received_label": day_name(local_date(row.received_at)),
        "counterpart": row.counterpart_other or row.about_unit.name,
        "wants_feedback": row.feedback_email is not None,
    }


def _steps(row: Report) -> list[dict[str, str]]:
    answer = "Du får ett mejl när det finns ett svar." if row.feedback_email else "Du ser svaret under Mina rapporter."
    receiver = row.receiver.title if row.receiver else "Samordningsförbundet"
    advice = f" {row.advice}" if row.advice else ""
    return [
        {"title": f"Granskas senast {_day(row.review_due_on)}.", "text": f"{receiver} har rapporten.{advice}"},
        {
            "title": "Lyfts vidare vid behov.",
            "text": "Det som återkommer tas upp i rätt forum, utan att någon person pekas ut.",
        },
        {"title": f"Besvaras senast {_day(row.answer_due_on)}.", "text": answer},
    ]


def _good_steps(row: Report) -> list[dict[str, str]]:
    receiver = row.receiver.title if row.receiver else "Samordningsförbundet"
    return [
        {"title": f"Läses senast {_day(row.review_due_on)}.", "text": f"{receiver} har rapporten."},
        {
            "title": "Lyfts fram.",
            "text": "Det som fungerar visas bredvid det som brister, så att andra kan göra likadant.",
        },
    ]


def _day(day: date | None) -> str:
    return day_name(day) if day else "så snart det går"


def _alike(session: Session, row: Report) -> int | None:
    """How many other reports of twelve months were about the same counterpart, rounded down to fives."""
    others = reports_about(session, row.area_id, row.about_unit_id, row.month) - 1
    return others // 5 * 5 if others >= ENOUGH_ALIKE else None
