"""A summary as pages show it, and who may see which: a released one its forum, a draft those who keep the forum."""

from __future__ import annotations

from typing import Any, NoReturn

from flask import abort, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from models.forum import Forum, visible_forums
from models.summary import Summary, SummaryState, period_words, title, visible_summaries
from models.user import Role
from schemas.months import local_date
from webapp.forum.access import may_change
from webapp.requests import logger, person, reading, scope
from webapp.wall import LOOKED_FOR, opened

KEEPERS = (Role.COORDINATOR, Role.ADMINISTRATOR)
TAGS = {
    SummaryState.QUEUED: "granskas",
    SummaryState.BUILT: "ny",
    SummaryState.APPROVED: "klar",
    SummaryState.REJECTED: "neutral",
    SummaryState.FAILED: "sen",
    SummaryState.SUPERSEDED: "neutral",
}


def kept_forums() -> list[Forum]:
    """The forums whose summaries the signed-in person approves."""
    if person().role not in KEEPERS:
        return []
    return [forum for forum in reading().scalars(visible_forums(scope())) if may_change(forum)]


def find_summary(summary_id: int, *options: Any) -> Summary:
    """A summary that one may see. Answers 404 for every other one."""
    query = visible_summaries(scope(), [forum.id for forum in kept_forums()]).where(Summary.id == summary_id)
    return reading().scalars(query.options(*options, *NEARBY)).one_or_none() or _refuse(summary_id)


def kept_summary(summary_id: int, *options: Any) -> Summary:
    """A summary of a forum that one keeps. Answers 404 for every other one."""
    summary = find_summary(summary_id, *options)
    return summary if person().role in KEEPERS and may_change(summary.forum) else _refuse(summary_id)


NEARBY = (joinedload(Summary.forum).selectinload(Forum.names), joinedload(Summary.forum).joinedload(Forum.federation))
# For lists: what belongs to many rows is read at once.
NEARBY_ALL = (selectinload(Summary.forum).selectinload(Forum.names),)


def _refuse(summary_id: int) -> NoReturn:
    """Answer that there is no such summary here; log who looked for one that is somebody else's."""
    with opened(reading(), LOOKED_FOR):
        known = reading().scalar(select(Summary.id).where(Summary.id == summary_id))
    if known is not None:
        logger.warning("not_theirs", user_id=person().id, summary_id=summary_id)
    abort(404)


def row(summary: Summary, keeps: bool) -> dict[str, Any]:
    """What a list tells. Arguments: keeps - whether the signed-in person keeps its forum."""
    there = summary.pdf_sha256 is not None
    return {
        "title": title(summary),
        # What it was called when the summary was made: so it stands in the document too.
        "forum": summary.forum.name_on(local_date(summary.ordered_at)),
        "period": period_words(summary),
        "href": url_for("rapporter.download", summary_id=summary.id) if there else None,
        "html_href": url_for("rapporter.show", summary_id=summary.id) if there or summary.content_sha256 else None,
        "review_href": url_for("rapporter.review", summary_id=summary.id) if keeps else None,
        "review_label": "Granska" if summary.released_at is None else "Utskick",
        "size": f"PDF, {round((summary.pdf_bytes or 0) / 1024)} kB" if there else "",
        "state_label": summary.state.label,
        "state_tag": TAGS[summary.state],
        "reference": summary.reference or f"sammanstallning-{summary.id}",
        "sha256": summary.pdf_sha256 if there else None,
        "reason": summary.fault,
    }
