"""What else a coordinator does with one report: mask, shorten, take a merger back, move one unit's track."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from marshmallow import ValidationError
from sqlalchemy import select
from werkzeug.wrappers import Response

from models.report import Report, ReportState
from models.review import Track
from schemas.redaction import only_shortened, pieces, readable
from schemas.report import LONGEST, LONGEST_SUGGESTION, errors_by_field, stop_message
from schemas.review import TrackSchema
from schemas.states import IllegalMoveError
from schemas.text import clean
from webapp.desk import desk_report
from webapp.granska.merging import MergeError, unmerge
from webapp.granska.queue import blueprint as blueprint
from webapp.granska.redacting import mask_all, replace_texts
from webapp.granska.review_page import TRACK_STATES
from webapp.moving import StaleError, changing, move_track
from webapp.requests import logger, now, person, scrub

CHANGED = "Rapporten har ändrats sedan sidan visades. Inget är sparat. Titta igenom den och gör om."
NOTHING_LEFT = "Lämna kvar vad som hände. Det måste finnas något att läsa utöver [maskerat]"
NEW_WORDS = "Texten får bara kortas eller maskeras. Skriv inga nya ord, utom [maskerat]"


def _shown(reference: str) -> Response:
    return redirect(url_for("granska.show_report", reference=reference), 303)


def _version() -> int:
    return request.form.get("version", type=int) or abort(400)


@blueprint.post("/granska/<reference>/maskera")
def mask(reference: str) -> Response:
    try:
        with changing(reference, _version()) as (session, report):
            mask_all(session, report, person(), now())
    except StaleError:
        flash(CHANGED)
        return _shown(reference)
    scrub()
    logger.info("masked", user_id=person().id, report_id=report.id)
    flash("Det markerade är maskerat.")
    return _shown(reference)


@blueprint.get("/granska/<reference>/text")
def edit_text(reference: str) -> tuple[str, int]:
    report = desk_report(reference)
    return _text_page(report, {"description": report.description, "suggestion": report.suggestion}, {})


def _text_page(report: Report, values: dict[str, str], errors: dict[str, str], status: int = 200) -> tuple[str, int]:
    shown = {"reference": report.reference, "version": report.version, "has_suggestion": bool(report.suggestion)}
    marked = [(label, pieces(text)) for label, text in (("", report.description), ("", report.suggestion)) if text]
    html = render_template("web/granska-text.html", report=shown, texts=marked, values=values, errors=errors)
    return html, 422 if errors and status == 200 else status


@blueprint.post("/granska/<reference>/text")
def save_text(reference: str) -> Response | tuple[str, int]:
    report = desk_report(reference)
    values = {name: clean(request.form.get(name, "")) for name in ("description", "suggestion")}
    errors = _text_errors(report, values)
    if errors:
        return _text_page(report, values, errors)
    try:
        with changing(reference, _version()) as (session, row):
            replace_texts(session, row, values["description"], values["suggestion"], person(), now())
    except StaleError:
        return _text_page(report, values, {"form": CHANGED}, 409)
    scrub()
    logger.info("shortened", user_id=person().id, report_id=report.id)
    flash("Texten är ändrad.")
    return _shown(reference)


def _text_errors(report: Report, values: dict[str, str]) -> dict[str, str]:
    before = {"description": (report.description, LONGEST), "suggestion": (report.suggestion, LONGEST_SUGGESTION)}
    errors = {}
    for name, (old, limit) in before.items():
        if len(values[name]) > limit:
            errors[name] = f"Skriv högst {limit} tecken"
        elif not only_shortened(old, values[name]):
            errors[name] = NEW_WORDS
        elif stopped := stop_message(values[name]):
            errors[name] = stopped
    if not readable(values["description"]):
        errors.setdefault("description", NOTHING_LEFT)
    return errors


@blueprint.post("/granska/<reference>/dela")
def unmerge_report(reference: str) -> Response:
    try:
        with changing(reference, _version()) as (session, report):
            unmerge(session, report, person(), now())
    except (StaleError, MergeError) as error:
        flash(str(error) or CHANGED)
        return _shown(reference)
    flash(f"{reference} räknas för sig igen och ligger i kön.")
    return _shown(reference)


@blueprint.post("/granska/<reference>/verksamhet/<int:unit_id>")
def move_one(reference: str, unit_id: int) -> Response:
    """Move the track of one unit. What is wrong is told at the top of the page it came from."""
    try:
        loaded = TrackSchema().load(request.form.to_dict())
        wanted = next((state for state in TRACK_STATES if state.value == loaded["state"]), None)
        with changing(reference) as (session, report):
            there = select(Track.id).where(Track.report_id == report.id, Track.unit_id == unit_id)
            if wanted is None or session.scalar(there) is None:
                abort(404)
            move_track(session, report, unit_id, ReportState(wanted), person(), now(), loaded["why"])
    except ValidationError as error:
        flash(". ".join(errors_by_field(error, TrackSchema).values()) + ".")
    except IllegalMoveError as error:
        flash(f"{error}.")
    return _shown(reference)
