"""/avvikelser: the coordinator's list, one report, and the list as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, abort, render_template, stream_with_context, url_for
from sqlalchemy import Select
from sqlalchemy.orm import joinedload

from models.count_queries import Window, count_reports
from models.organisation import Unit, parties_of
from models.report import UNCOUNTED, Report, ReportKind, ReportState, area_reports
from schemas.csv_cell import safe_cell
from schemas.months import add_months, local_date, start_of_day
from schemas.taxonomy import category_label
from webapp.answer_rows import answer_rows
from webapp.filters import Filter, fields, read_filter
from webapp.report_rows import TAGS, facts, list_rows, suggestion
from webapp.requests import logger, person, reading, scope

blueprint = Blueprint("avvikelser", __name__)
PAGE = 50
HEADINGS = ("Referens", "Inkom", "Kommunområde", "Från", "Om", "Kategori", "När det hände", "Status")


@blueprint.get("/avvikelser")
def list_reports() -> str:
    chosen = read_filter()
    total = _total(chosen)
    last = max(1, -(-total // PAGE))
    page = min(chosen.page, last)
    reports = reading().scalars(_newest(chosen).offset((page - 1) * PAGE).limit(PAGE)).all()
    return render_template(
        "web/avvikelser.html",
        title_line=chosen.title_line,
        filters={
            "action": "/avvikelser",
            "fields": fields(chosen, "omrade", "period", "fran", "om", "kategori", "status"),
            "clear_href": "/avvikelser",
        },
        rows=list_rows(reports),
        total=total,
        pages=_pages(chosen, page, last),
        csv_href=chosen.address("avvikelser.export"),
    )


def _total(chosen: Filter) -> int:
    """The number of reports, from the same counts as the figures that link here."""
    window = Window(chosen.area_ids, chosen.first, chosen.last, chosen.category)
    senders = chosen.sender.unit_ids if chosen.sender else None
    reports, waiting = count_reports(reading(), window, senders, chosen.about.unit_ids if chosen.about else None)
    return {"": reports, "nya": waiting, "granskade": reports - waiting}[chosen.status]


def _newest(chosen: Filter) -> Select[Report]:
    """The reports of a filter, newest first.

    The months are asked for by their first and last moment: then an index holds the answer in the right order,
    and a page takes as long with many reports as with few.
    """
    begin, end = start_of_day(chosen.first), start_of_day(add_months(chosen.last, 1))
    counted = (Report.kind == ReportKind.DEVIATION, Report.state.not_in(UNCOUNTED))
    query = area_reports(scope()).where(Report.received_at >= begin, Report.received_at < end, *counted)
    if chosen.area_code:
        query = query.where(Report.area_id == chosen.areas[0].id)
    if chosen.category:
        query = query.where(Report.category == chosen.category)
    if chosen.status:
        new = Report.state == ReportState.RECEIVED
        query = query.where(new if chosen.status == "nya" else ~new)
    if chosen.sender:
        query = query.where(Report.from_unit_id.in_(chosen.sender.unit_ids))
    if chosen.about:
        query = query.where(Report.about_unit_id.in_(chosen.about.unit_ids))
    nearby = (joinedload(Report.from_unit), joinedload(Report.about_unit), joinedload(Report.area))
    return query.options(*nearby).order_by(Report.received_at.desc(), Report.id.desc())


def _pages(chosen: Filter, current: int, last: int) -> dict[str, Any]:
    def address(page: int) -> str:
        return chosen.address("avvikelser.list_reports", sida=page)

    return {
        "current": current,
        "last": last,
        "prev_href": address(current - 1) if current > 1 else None,
        "next_href": address(current + 1) if current < last else None,
    }


@blueprint.get("/avvikelser.csv")
def export() -> Response:
    """The same selection for a spreadsheet: with a byte order mark and semicolons, as Swedish Excel wants it.
    Without the free texts, which belong to the reporter and the coordinator."""
    chosen = read_filter()
    logger.info("exported", user_id=person().id, areas=len(chosen.areas))
    name = "-".join(filter(None, ("avvikelser", chosen.area_code or "alla", chosen.period, chosen.category)))
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(stream_with_context(_lines(chosen)), mimetype="text/csv", headers=headers)


def _lines(chosen: Filter) -> Iterator[str]:
    yield "\ufeff" + _line(HEADINGS)
    for report in reading().scalars(_newest(chosen).execution_options(yield_per=500)):
        yield _line(_cells(report))


def _cells(report: Report) -> tuple[str, ...]:
    return (
        report.reference,
        local_date(report.received_at).isoformat(),
        report.area.name,
        report.from_unit.name,
        report.counterpart_other or report.about_unit.name,
        category_label(report.category),
        report.occurred.label,
        report.state.label,
    )


def _line(cells: tuple[str, ...]) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerow([safe_cell(cell) for cell in cells])
    return text.getvalue()


@blueprint.get("/avvikelser/<reference>")
def show_report(reference: str) -> str:
    report = reading().scalars(area_reports(scope()).where(Report.reference == reference)).one_or_none()
    if report is None:
        abort(404)
    logger.info("report_read", user_id=person().id, report_id=report.id)
    shown = {
        "reference": report.reference,
        "description": report.description,
        "received_label": f"{local_date(report.received_at)}",
        "state_label": report.state.label,
        "state_tag": TAGS[report.state],
        "review_href": url_for("granska.show_report", reference=report.reference),
        "answer_href": url_for("svar.answer_report", reference=report.reference),
        "answered": bool(answer_rows(report)),
    }
    return render_template(
        "web/avvikelse.html", report=shown, facts=facts(report, _units()), suggestion=suggestion(report)
    )


def _units() -> dict[int, Unit]:
    parties = parties_of(reading(), person().federation_id)
    return {unit.id: unit for party in parties for unit in party.units}
