"""/rapporter: the summaries of the forums, and the button that orders one at once."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import func, select
from werkzeug.wrappers import Response as AnyResponse

from faults import fault
from models.forum import Forum
from models.outbox import Task
from models.release import order_anew
from models.summary import Summary, SummaryKind, SummaryState, visible_summaries
from schemas.months import add_months, day_name, last_months, local_date, month_name
from webapp.rapporter.rows import KEEPERS, NEARBY_ALL, kept_forums, row
from webapp.requests import COUNTS, now, parts, person, reading, scope, writing

blueprint = Blueprint("rapporter", __name__)
PAGE = 40
MONTHS_OFFERED, YEARS_OFFERED = 6, 2
UNDER_WAY = "Den skapas redan. Ladda om sidan om en liten stund."


@blueprint.get("/rapporter")
def list_summaries() -> str:
    forums = kept_forums()
    kept = {forum.id for forum in forums}
    query = visible_summaries(scope(), kept)
    total = reading().scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    last = max(1, -(-total // PAGE))
    page = min(max(1, request.args.get("sida", 1, type=int)), last)
    rows = reading().scalars(query.options(*NEARBY_ALL).offset((page - 1) * PAGE).limit(PAGE))
    return render_template(
        "web/rapporter.html",
        summaries=[row(summary, summary.forum_id in kept) for summary in rows],
        makers=[_maker(forum) for forum in forums],
        pages={
            "current": page,
            "last": last,
            "prev_href": url_for("rapporter.list_summaries", sida=page - 1) if page > 1 else None,
            "next_href": url_for("rapporter.list_summaries", sida=page + 1) if page < last else None,
        },
    )


def _waiting() -> int:
    """How many drafts wait for the signed-in person."""
    if person().role not in KEEPERS:
        return 0
    kept = [forum.id for forum in kept_forums()]
    drafts = select(func.count(Summary.id)).where(Summary.forum_id.in_(kept), Summary.state == SummaryState.BUILT)
    return reading().scalar(drafts) or 0


COUNTS["rapporter.list_summaries"] = _waiting


def _maker(forum: Forum) -> dict[str, Any]:
    """A forum with the periods that a summary can be made for."""
    return {"forum_code": forum.code, "forum_name": forum.name, "options": _options(forum)}


def _options(forum: Forum) -> list[tuple[str, str]]:
    today = local_date(now())
    months = reversed(last_months(add_months(today.replace(day=1), -1), MONTHS_OFFERED))
    days = {local_date(meeting.starts_at) for meeting in forum.meetings if meeting.cancelled_at is None}
    monthly = [(f"monthly/{month}", f"Månadsrapport {month_name(month)}") for month in months]
    years = [date(today.year - ago, 1, 1) for ago in range(1, YEARS_OFFERED + 1)]
    monthly += [(f"yearly/{year}", f"Årsrapport {year.year}") for year in years]
    return monthly + [(f"meeting/{day}", f"Mötesunderlag {day_name(day)}") for day in sorted(days) if day >= today]


@blueprint.post("/rapporter")
def make() -> AnyResponse:
    """Order a summary at once. A draft is built anew; one that is released stays, and gets a correction."""
    forum = next((forum for forum in kept_forums() if forum.code == request.form.get("forum")), None)
    wanted = request.form.get("kind_period", "")
    if forum is None or wanted not in dict(_options(forum)):
        abort(404)
    kind, period = SummaryKind(wanted.split("/")[0]), date.fromisoformat(wanted.split("/")[1])
    ordered = order_now(forum.id, kind, period)
    flash(f"{kind.label} till {forum.name} skapas. Ladda om sidan om en liten stund." if ordered else UNDER_WAY)
    return redirect(url_for("rapporter.list_summaries"), 303)


def order_now(forum_id: int, kind: SummaryKind, period: date) -> int | None:
    """Order a summary and ring for it. Returns: its id, or None when the worker is at it already."""
    with writing() as session:
        summary_id = order_anew(session, forum_id, kind, period, now())
        fault("order.before_commit")
    fault("order.after_commit")
    if summary_id is not None:
        ring_for(Task.BUILD_SUMMARY, summary_id)
    return summary_id


def ring_for(task: Task, subject_id: int) -> None:
    """Tell the worker that a row waits; who does not hear it finds the row anyway."""
    parts().doorbell.ring(task.value, task.queue, subject_id)
