"""/rapportera: the form, its receipt, and the one transaction in between."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from marshmallow import ValidationError
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from faults import fault
from models.draft import Draft, own_drafts
from models.month_count import mark_slice, reports_about
from models.organisation import OUTSIDE_UNIT
from models.outbox import Outbox, Task
from models.report import Report, ReportKind, own_reports, take_reference
from models.user import Role
from schemas.months import day_name, local_date, month_of
from schemas.report import FREE_TEXTS, PROTECTED, ReportSchema, errors_by_field, stop_message, suspects
from schemas.text import clean
from webapp import form_key
from webapp.rapportera.form import Offer, Values, blank, offer, page, typed
from webapp.rapportera.pace import TOO_MANY, TooManyError, keep_pace
from webapp.rapportera.receiving import receive
from webapp.requests import logger, now, parts, person, reading, scope, scrub, writing

blueprint = Blueprint("rapportera", __name__)
WRITERS = frozenset({Role.REPORTER, Role.COORDINATOR})
ENOUGH_ALIKE = 5  # fewer would point at colleagues
# What the writer decided; with another answer a form is not the same form.
ANSWERS = (
    *("area_id", "from_unit_id", "about_unit_id", "other_units", "counterpart_other", "description", "occurred"),
    *("occurred_on", "consequences", "recurrence", "reporter_category", "raised_directly", "suggestion"),
    *("feedback_email", "may_paraphrase", "kind"),
)
EXPIRED = "Sidan har varit öppen för länge. Din text finns kvar. Skicka igen."
SENT_BEFORE = (
    "Den här rapporten är redan skickad och har numret {reference}. "
    "Skicka igen om du vill lämna texten här som en ny rapport."
)


@blueprint.route("/rapportera", methods=["GET", "POST"])
def report() -> Response | tuple[str, int]:
    offered = offer()
    if request.method == "GET":
        return page(offered, _draft_values() or blank(offered) | {"kind": _asked_kind()})
    values = typed(request.form)
    if values["protected_identity"]:
        _forget_draft(values)
    return _save_draft(offered, values) if request.form.get("do") == "draft" else _receive(offered, values)


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
    try:
        reference = _store(offered, answers, key)
    except IntegrityError:
        return _sent_before(offered, values, answers, key)
    except TooManyError:
        logger.warning("too_many_reports", user_id=person().id)
        return page(offered, values, notice=TOO_MANY, status=429)
    return redirect(url_for("rapportera.receipt", reference=reference), 303)


def _store(offered: Offer, answers: dict[str, Any], key: str) -> str:
    """One transaction: the report, the row that asks for its classification, and the mark on its slice."""
    moment = now()
    row = _new_report(offered, answers, key)
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
        session.execute(delete(Draft).where(Draft.form_key == key))
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
        return redirect(url_for("rapportera.receipt", reference=before.reference), 303)
    notice = SENT_BEFORE.format(reference=before.reference)
    return page(offered, values | {"form_key": ""}, notice=notice, status=409)


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


def _draft_values() -> Values | None:
    wanted = request.args.get("utkast", type=int)
    if wanted is None:
        return None
    draft = reading().scalars(own_drafts(scope(), now()).where(Draft.id == wanted)).one_or_none()
    if draft is None:
        abort(404)
    return dict(draft.values)


def _forget_draft(values: Values) -> None:
    """What was put aside before the answer that it must not be stored goes too."""
    mine = Draft.form_key == form_key.read(str(values["form_key"]), person().id), Draft.user_id == person().id
    if reading().scalar(select(Draft.id).where(*mine)) is None:
        return
    with writing() as session:
        session.execute(delete(Draft).where(*mine))
    scrub()


def _save_draft(offered: Offer, values: Values) -> Response | tuple[str, int]:
    """A draft may be half done, but what must not be stored is not stored here either."""
    key = form_key.read(str(values["form_key"]), person().id)
    typed_freely = (*FREE_TEXTS, "occurred_on")
    errors = {name: stopped for name in typed_freely if (stopped := stop_message(clean(str(values[name]))))}
    if values["protected_identity"]:
        errors["protected_identity"] = PROTECTED
    if key is None or errors:
        return page(offered, values, errors, notice=None if errors else EXPIRED, status=422)
    with writing() as session:
        draft = session.scalars(select(Draft).where(Draft.form_key == key)).one_or_none() or Draft(form_key=key)
        draft.user_id, draft.values, draft.saved_at = person().id, values, now()
        session.add(draft)
        fault("draft.before_commit")
    return redirect(url_for("mina_rapporter.list_reports"), 303)
