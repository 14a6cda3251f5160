"""/rapporter: the summaries of the forums, to read, to download, and to order at once."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, undefer
from werkzeug.wrappers import Response as AnyResponse

from models.forum import Forum, visible_forums
from models.outbox import Task
from models.summary import Summary, SummaryKind, SummaryState, next_version, order_summary, visible_summaries
from models.user import Role
from schemas.months import add_months, day_name, last_months, local_date, month_name
from webapp.requests import logger, now, parts, person, reading, scope, writing

blueprint = Blueprint("rapporter", __name__)
PAGE = 40
MONTHS_OFFERED = 6
TAGS = {
    SummaryState.QUEUED: "granskas",
    SummaryState.BUILT: "klar",
    SummaryState.FAILED: "sen",
    SummaryState.SUPERSEDED: "neutral",
}


@blueprint.get("/rapporter")
def list_summaries() -> str:
    query = visible_summaries(scope())
    total = reading().scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    last = max(1, -(-total // PAGE))
    page = min(max(1, request.args.get("sida", 1, type=int)), last)
    rows = reading().scalars(
        query.options(joinedload(Summary.forum).selectinload(Forum.names)).offset((page - 1) * PAGE).limit(PAGE)
    )
    return render_template(
        "web/rapporter.html",
        summaries=[_row(summary) for summary in rows],
        makers=_makers() if person().role in (Role.COORDINATOR, Role.ADMINISTRATOR) else [],
        pages={
            "current": page,
            "last": last,
            "prev_href": url_for("rapporter.list_summaries", sida=page - 1) if page > 1 else None,
            "next_href": url_for("rapporter.list_summaries", sida=page + 1) if page < last else None,
        },
    )


def period_words(summary: Summary) -> str:
    """The month, or the day of the meeting."""
    monthly = summary.kind is SummaryKind.MONTHLY
    return month_name(summary.period) if monthly else day_name(summary.period)


def _row(summary: Summary) -> dict[str, Any]:
    built = summary.state is SummaryState.BUILT
    version = f", version {summary.version}" if summary.version > 1 else ""
    return {
        "title": f"{summary.kind.label} {period_words(summary)}{version}",
        # What it was called when the summary was made: so it stands in the document too.
        "forum": summary.forum.name_on(local_date(summary.ordered_at)),
        "period": period_words(summary),
        "href": url_for("rapporter.download", summary_id=summary.id) if built else None,
        "html_href": url_for("rapporter.show", summary_id=summary.id)
        if summary.state is not SummaryState.QUEUED
        else None,
        "size": f"PDF, {round((summary.pdf_bytes or 0) / 1024)} kB" if built else "",
        "state_label": summary.state.label,
        "state_tag": TAGS[summary.state],
        "sha256": summary.pdf_sha256,
        "reason": summary.fault,
    }


def _makers() -> list[dict[str, Any]]:
    """The forums of one's areas, each with the periods that a summary can be made for."""
    forums = reading().scalars(visible_forums(scope())).all()
    return [{"forum_code": forum.code, "forum_name": forum.name, "options": _options(forum)} for forum in forums]


def _options(forum: Forum) -> list[tuple[str, str]]:
    today = local_date(now())
    months = reversed(last_months(add_months(today.replace(day=1), -1), MONTHS_OFFERED))
    days = {local_date(meeting.starts_at) for meeting in forum.meetings if meeting.cancelled_at is None}
    monthly = [(f"monthly/{month}", f"Månadsrapport {month_name(month)}") for month in months]
    return monthly + [(f"meeting/{day}", f"Mötesunderlag {day_name(day)}") for day in sorted(days) if day >= today]


@blueprint.post("/rapporter")
def make() -> AnyResponse:
    """Order a summary at once. One that is there stays as it is; the new one gets the next version."""
    forum = reading().scalars(visible_forums(scope()).where(Forum.code == request.form.get("forum", ""))).one_or_none()
    wanted = request.form.get("kind_period", "")
    if forum is None or wanted not in dict(_options(forum)):
        abort(404)
    kind, period = SummaryKind(wanted.split("/")[0]), date.fromisoformat(wanted.split("/")[1])
    with writing() as session:
        version = next_version(session, forum.id, kind, period)
        summary_id = order_summary(session, forum.id, kind, period, version, now())
    if summary_id is not None:
        parts().doorbell.ring(Task.BUILD_SUMMARY.value, Task.BUILD_SUMMARY.queue, summary_id)
    flash(f"{kind.label} till {forum.name} skapas. Ladda om sidan om en liten stund.")
    return redirect(url_for("rapporter.list_summaries"), 303)


@blueprint.get("/rapporter/<int:summary_id>")
def show(summary_id: int) -> str:
    """The same summary as a page: the same content, so the same numbers."""
    summary = _find(summary_id, undefer(Summary.content))
    if summary.content is None:
        abort(404)
    pdf_href = url_for("rapporter.download", summary_id=summary.id) if summary.state is SummaryState.BUILT else None
    shown = {"title": _row(summary)["title"], "pdf_href": pdf_href, "reference": _reference(summary)}
    return render_template("web/rapport.html", content=summary.content, summary=shown)


@blueprint.get("/rapporter/<int:summary_id>.pdf")
def download(summary_id: int) -> Response:
    summary = _find(summary_id, undefer(Summary.pdf), undefer(Summary.content))
    if summary.pdf is None:
        abort(404)
    if hashlib.sha256(summary.pdf).hexdigest() != summary.pdf_sha256:  # Rather no file than a wrong one.
        logger.error("pdf_damaged", summary_id=summary.id)
        abort(500)
    logger.info("downloaded", user_id=person().id, summary_id=summary.id)
    headers = {"Content-Disposition": f'attachment; filename="{_reference(summary)}.pdf"'}
    return Response(summary.pdf, mimetype="application/pdf", headers=headers)


def _find(summary_id: int, *options: Any) -> Summary:
    query = visible_summaries(scope()).where(Summary.id == summary_id).options(*options, joinedload(Summary.forum))
    summary = reading().scalars(query).one_or_none()
    if summary is None:
        abort(404)
    return summary


def _reference(summary: Summary) -> str:
    """What the document calls itself: codes and dates only, so it can be a file name too."""
    return str((summary.content or {}).get("reference") or f"rapport-{summary.id}")
