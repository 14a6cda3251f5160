"""/avvikelser: the coordinator's list, one report, and the list as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, abort, render_template, stream_with_context, url_for

from models.organisation import Unit, parties_of
from models.report import Report, ReportKind, area_reports
from schemas.csv_cell import safe_cell
from schemas.months import local_date
from webapp.avvikelser.choice import newest_chosen, number_chosen
from webapp.filters import GOOD, KINDS, Filter, fields, read_filter
from webapp.report_rows import TAGS, category_of, facts, list_rows, suggestion
from webapp.requests import logger, person, reading, scope
from webapp.svar.rows import answer_rows

blueprint = Blueprint("avvikelser", __name__)
PAGE = 50
HEADINGS = ("Referens", "Mottagen", "Kommunområde", "Från", "Om", "Kategori", "När det hände", "Status")


@blueprint.get("/avvikelser")
def list_reports() -> str:
    chosen = read_filter()
    total = number_chosen(chosen)
    last = max(1, -(-total // PAGE))
    page = min(chosen.page, last)
    reports = reading().scalars(newest_chosen(chosen).offset((page - 1) * PAGE).limit(PAGE)).all()
    return render_template(
        "web/avvikelser.html",
        title_line=chosen.title_line,
        good=chosen.kind == GOOD,
        ways=_ways(chosen),
        filters=_filters(chosen),
        rows=list_rows(reports),
        total=total,
        pages=_pages(chosen, page, last),
        csv_href=chosen.address("avvikelser.export"),
    )


def _filters(chosen: Filter) -> dict[str, Any]:
    """What worked has no category and waits for no answer, so those filters stand only beside what failed."""
    names = ("omrade", "period", "fran", "om", *(() if chosen.kind == GOOD else ("kategori", "status")))
    return {
        "action": "/avvikelser",
        "fields": fields(chosen, *names),
        "clear_href": url_for("avvikelser.list_reports", slag=chosen.kind or None),
        "hidden": [("slag", chosen.kind)] if chosen.kind else [],
    }


def _ways(chosen: Filter) -> list[dict[str, Any]]:
    """What failed and what worked, one click from each other."""
    return [
        {
            "label": label,
            "href": chosen.address("avvikelser.list_reports", slag=code, kategori="", status=""),
            "current": chosen.kind == code,
        }
        for code, label in KINDS.items()
    ]


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
    name = "-".join(
        filter(None, (chosen.kind or "avvikelser", chosen.area_code or "alla", chosen.period, chosen.category))
    )
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(stream_with_context(_lines(chosen)), mimetype="text/csv", headers=headers)


def _lines(chosen: Filter) -> Iterator[str]:
    yield "\ufeff" + _line(HEADINGS)
    for report in reading().scalars(newest_chosen(chosen).execution_options(yield_per=500)):
        yield _line(_cells(report))


def _cells(report: Report) -> tuple[str, ...]:
    return (
        report.reference,
        local_date(report.received_at).isoformat(),
        report.area.name,
        report.from_unit.name,
        report.counterpart_other or report.about_unit.name,
        category_of(report),
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
        "good": report.kind is ReportKind.GOOD,
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
