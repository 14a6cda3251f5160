"""What the worker writes on a summary's row: the content before it is printed, the PDF after. A build that has been
ordered anew meanwhile is told by its number, and what was printed for the former one is thrown away."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models.delivery import order_to_seats
from models.release import corrected, release
from models.summary import Summary, SummaryState
from schemas.months import local_date
from worker.summary import write_summary
from worker.summary.finish import finish, stamp

VERIFY = "/rapporter/kontrollera"  # where a copy can be checked, without signing in


def write_content(session: Session, summary: Summary) -> None:
    """Write what a frozen summary says. One that was approved says what its approver read, and who that was.

    Raises: marshmallow.ValidationError when it may not leave.
    """
    approved = summary.approved_at is not None and summary.content is not None
    content = _stamp(summary, summary.content or {}) if approved else rewrite(session, summary)
    summary.content, summary.content_sha256 = content, content["fingerprint"]
    summary.reference = content["reference"]


def rewrite(session: Session, summary: Summary) -> dict[str, Any]:
    """What a summary says, from its frozen data alone: the counts, the edits, the version before, the approval."""
    before, snapshot = corrected(session, summary), summary.snapshot or {}
    former = before.content if before is not None else None
    content = finish(write_summary(snapshot), snapshot.get("verify_at", ""), summary.edits or (), former)
    return content if summary.approved_at is None else _stamp(summary, content)


def _stamp(summary: Summary, content: Mapping[str, Any]) -> dict[str, Any]:
    day = local_date(summary.approved_at).isoformat() if summary.approved_at else ""
    return stamp(content, summary.approved_as, day)


def store_pdf(session: Session, summary: Summary, document: bytes, now: datetime) -> list[int]:
    """Put the file on its row. With its last build an approved summary is released to its forum.

    Returns: the ids of the mails that were ordered with that.
    """
    summary.pdf, summary.pdf_bytes = document, len(document)
    summary.pdf_sha256 = hashlib.sha256(document).hexdigest()
    summary.state, summary.fault, summary.built_at = SummaryState.BUILT, "", now
    if summary.approved_at is None:
        return []
    release(session, summary, now)
    return order_to_seats(session, summary, now)


def note_failure(summary: Summary, build: int, reason: str) -> None:
    """Tell on the row why a build gave nothing, unless a later one has been ordered."""
    if summary.build == build and summary.state in (SummaryState.QUEUED, SummaryState.FAILED):
        summary.state, summary.fault = SummaryState.FAILED, reason
