"""/gallring/stopp: holding single reports back from disposal, with the reason, until somebody lifts the stop."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload
from werkzeug.wrappers import Response

from models.report import Report
from models.retention import RetentionStop
from models.user import Role
from schemas.months import day_name, local_date
from schemas.retention import StopSchema
from webapp.form_input import Input, read_form
from webapp.gallring.protocols import blueprint as blueprint
from webapp.gallring.rules import Answer
from webapp.requests import logger, now, person, reading, scope, writing
from webapp.wall import DISPOSAL, opened

UNKNOWN = "Det finns ingen sådan rapport i dina områden"
THERE = "Rapporten har redan ett gallringsstopp"


def _reports() -> Select[Report]:
    """What one may stop: a coordinator the reports of the own areas, an administrator any of the federation."""
    query = select(Report).where(Report.federation_id == scope().federation_id)
    return query if scope().role is Role.ADMINISTRATOR else query.where(Report.area_id.in_(scope().area_ids))


def _stops() -> Select[RetentionStop]:
    own = _reports().with_only_columns(Report.id)
    query = select(RetentionStop).where(RetentionStop.report_id.in_(own), RetentionStop.ended_at.is_(None))
    return query.order_by(RetentionStop.id.desc())


@blueprint.get("/gallring/stopp")
def list_stops() -> Answer:
    return _page(Input(values={"reference": request.args.get("rapport", "")}))


def _page(typed: Input) -> tuple[str, int]:
    with opened(reading(), DISPOSAL):
        stops = [_row(stop) for stop in reading().scalars(_stops().options(joinedload(RetentionStop.report)))]
    manages = scope().role is Role.ADMINISTRATOR
    html = render_template("web/gallring-stopp.html", stops=stops, manages=manages, typed=typed, errors=typed.errors)
    return html, typed.status


def _row(stop: RetentionStop) -> dict[str, Any]:
    return {
        "id": stop.id,
        "reference": stop.report.reference,
        "reason": stop.reason,
        "by": f"{stop.made_as}, {day_name(local_date(stop.made_at))}",
    }


@blueprint.post("/gallring/stopp")
def stop() -> Answer:
    typed = read_form("stop", StopSchema())
    if not typed.errors:
        with writing() as session, opened(session, DISPOSAL):
            problem = _add(session, typed.data)
        if problem:
            typed.refuse("reference", problem)
    if typed.errors:
        return _page(typed)
    logger.info("disposal_stopped", user_id=person().id)
    return _back("Rapporten gallras inte förrän stoppet hävs.")


def _add(session: Session, data: dict[str, Any]) -> str | None:
    report = session.scalars(_reports().where(Report.reference == data["reference"])).one_or_none()
    if report is None:
        return UNKNOWN
    if session.scalars(_stops().where(RetentionStop.report_id == report.id)).first():
        return THERE
    made = {"made_at": now(), "made_as": person().title, "reason": data["reason"]}
    session.add(RetentionStop(federation_id=report.federation_id, report_id=report.id, **made))
    return None


@blueprint.post("/gallring/stopp/<int:stop_id>/hav")
def lift(stop_id: int) -> Response:
    with writing() as session, opened(session, DISPOSAL):
        row = session.scalars(_stops().where(RetentionStop.id == stop_id)).one_or_none()
        if row is None:
            abort(404)
        row.ended_at, row.ended_as = now(), person().title
    return _back("Stoppet är hävt.")


def _back(message: str) -> Response:
    flash(message)
    return redirect(url_for("gallring.list_stops"), 303)
