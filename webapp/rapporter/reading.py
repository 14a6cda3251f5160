"""One summary, to read as a page and to download."""

from __future__ import annotations

import hashlib

from flask import Response, abort, render_template, url_for
from sqlalchemy.orm import undefer

from models.release import correction
from models.summary import Summary, SummaryState
from schemas.months import day_name, local_date
from webapp.rapporter.rows import find_summary, row
from webapp.rapporter.summaries import blueprint as blueprint
from webapp.requests import logger, person, reading


@blueprint.get("/rapporter/<int:summary_id>")
def show(summary_id: int) -> str:
    """The same summary as a page: the same content, so the same numbers."""
    summary = find_summary(summary_id, undefer(Summary.content))
    if summary.content is None:
        abort(404)
    known = row(summary, keeps=False)
    shown = {
        "title": known["title"],
        "pdf_href": known["href"],
        "reference": known["reference"],
        "sha256": known["sha256"],
        "draft": summary.released_at is None,
        "approved": _approved(summary),
        "replaced_by": _replaced_by(summary),
    }
    return render_template("web/rapport.html", content=summary.content, summary=shown)


def _approved(summary: Summary) -> str:
    if summary.released_at is None or summary.approved_at is None:
        return ""
    return f"{summary.approved_as}, {day_name(local_date(summary.approved_at))}"


def _replaced_by(summary: Summary) -> dict[str, str] | None:
    """What holds instead of a summary that was superseded; without an address when nothing does."""
    if summary.state is not SummaryState.SUPERSEDED:
        return None
    newer = correction(reading(), summary)
    return {"href": url_for("rapporter.show", summary_id=newer.id) if newer else "", "reference": reference(newer)}


def reference(summary: Summary | None) -> str:
    return (summary.reference or "") if summary else ""


@blueprint.get("/rapporter/<int:summary_id>.pdf")
def download(summary_id: int) -> Response:
    summary = find_summary(summary_id, undefer(Summary.pdf))
    if summary.pdf is None:
        abort(404)
    if hashlib.sha256(summary.pdf).hexdigest() != summary.pdf_sha256:  # Rather no file than a wrong one.
        logger.error("pdf_damaged", summary_id=summary.id)
        abort(500)
    logger.info("downloaded", user_id=person().id, summary_id=summary.id)
    name = summary.reference or f"sammanstallning-{summary.id}"
    headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"'}
    return Response(summary.pdf, mimetype="application/pdf", headers=headers)
