"""/mina-rapporter: what one person has filed, how it goes, and the drafts put aside."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from models.draft import Draft, own_drafts
from models.report import Report, excerpt_of, own_reports
from schemas.months import day_name, local_date
from webapp.feedback import plain_lines
from webapp.mina_rapporter.own_report import report_page
from webapp.report_rows import TAGS
from webapp.requests import now, person, reading, scope, writing

blueprint = Blueprint("mina_rapporter", __name__)
MOST = 200
LONGEST_NUMBER = 40  # characters typed into the search box


@blueprint.get("/mina-rapporter")
def list_reports() -> str | Response:
    """What somebody has filed; with `?nummer=` straight to the one that carries this number."""
    number = request.args.get("nummer", "").strip()[:LONGEST_NUMBER]
    if number and _is_own(number.upper()):
        return redirect(url_for("mina_rapporter.show_report", reference=number.upper()), 303)
    query = own_reports(scope()).options(joinedload(Report.about_unit)).order_by(Report.received_at.desc()).limit(MOST)
    drafts = reading().scalars(own_drafts(scope(), now()))
    return render_template(
        "web/mina-rapporter.html",
        reports=[_row(report) for report in reading().scalars(query)],
        drafts=[_draft(draft) for draft in drafts],
        lines=plain_lines(reading(), person().id),
        number=number,
    )


def _is_own(reference: str) -> bool:
    query = own_reports(scope()).where(Report.reference == reference).with_only_columns(Report.id)
    return reading().scalar(query) is not None


def _row(report: Report) -> dict[str, Any]:
    return {
        "reference": report.reference,
        "href": url_for("mina_rapporter.show_report", reference=report.reference),
        "excerpt": report.excerpt,
        "counterpart": report.counterpart_other or report.about_unit.name,
        "received_label": day_name(local_date(report.received_at)),
        "state_label": report.state.label,
        "state_tag": TAGS[report.state],
    }


def _draft(draft: Draft) -> dict[str, Any]:
    text = str(draft.values.get("description", ""))
    return {
        "href": url_for("rapportera.report", utkast=draft.id),
        "excerpt": excerpt_of(text) or "Utkast utan text",
        "saved_label": day_name(local_date(draft.saved_at)),
        "delete_action": url_for("mina_rapporter.delete_draft", draft_id=draft.id),
    }


@blueprint.get("/mina-rapporter/<reference>")
def show_report(reference: str) -> tuple[str, int]:
    return report_page(reference)


@blueprint.post("/mina-rapporter/utkast/<int:draft_id>/ta-bort")
def delete_draft(draft_id: int) -> Response:
    with writing() as session:
        draft = session.scalars(own_drafts(scope(), now()).where(Draft.id == draft_id)).one_or_none()
        if draft is None:
            abort(404)
        session.delete(draft)
    flash("Utkastet är borttaget.")
    return redirect(url_for("mina_rapporter.list_reports"), 303)
