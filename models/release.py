"""The way of a summary to its readers: a draft that is built anew while it may change, approved by a person, released
with its last build, and from then on only followed by a correction."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.orm import Session, undefer

from models.base import insert_into
from models.month_count import Slice
from models.organisation import Area
from models.outbox import Outbox, Task, lock
from models.snapshot import take_snapshot
from models.summary import Summary, SummaryKind, SummaryState, next_version, order_summary
from models.user import User

OPEN = (SummaryState.BUILT, SummaryState.FAILED, SummaryState.REJECTED)  # the worker is through with it
NOT_NUMBERS = {"ordered_on", "forum", "meetings", "history"}  # what may change without making a draft wrong
NUMBERS = {"counts", "reporters"}


def lock_summary(session: Session, summary_id: int) -> Summary:
    """A summary that is to be changed, after its outbox row, in the order in which the worker takes the two."""
    lock(session, Task.BUILD_SUMMARY, summary_id)
    whole = [undefer(Summary.snapshot), undefer(Summary.edits), undefer(Summary.content)]
    return session.get_one(Summary, summary_id, options=whole, with_for_update=True, populate_existing=True)


def order_anew(session: Session, forum_id: int, kind: SummaryKind, period: date, now: datetime) -> int | None:
    """Order a summary from the counts as they stand. A draft is built anew in its place; what has been released stays
    as it is, and its correction gets the next version.

    Returns: the id of what was ordered, or None when the worker is at it already.
    """
    last = newest(session, forum_id, kind, period)
    if last is None or last.released_at is not None or last.state is SummaryState.SUPERSEDED:
        return order_summary(session, forum_id, kind, period, next_version(session, forum_id, kind, period), now)
    summary = lock_summary(session, last.id)
    if summary.state not in OPEN or summary.released_at is not None:
        return None
    summary.snapshot, summary.content, summary.ordered_at = None, None, now
    summary.approved_at, summary.approved_by, summary.approved_as = None, None, ""
    order_build(session, summary, now)
    return summary.id


def newest(session: Session, forum_id: int, kind: SummaryKind, period: date) -> Summary | None:
    """The last version of a summary, whatever has become of it."""
    same = (Summary.forum_id == forum_id, Summary.kind == kind, Summary.period == period)
    return session.scalars(select(Summary).where(*same).order_by(Summary.version.desc()).limit(1)).first()


def order_build(session: Session, summary: Summary, now: datetime) -> None:
    """Let the worker build a summary again. A build that is still under way is told by its number and thrown away."""
    summary.build += 1
    summary.state, summary.fault = SummaryState.QUEUED, ""
    summary.pdf, summary.pdf_sha256, summary.pdf_bytes = None, None, None
    fresh = {"created_at": now, "attempted_at": None, "attempts": 0, "fault": ""}
    row = insert_into(session, Outbox).values(task=Task.BUILD_SUMMARY, subject_id=summary.id, **fresh)
    session.execute(row.on_conflict_do_update(index_elements=["task", "subject_id"], set_=fresh))


def save_edits(session: Session, summary: Summary, edits: list[Any], now: datetime) -> None:
    """Keep what a coordinator wrote, and print the same frozen data with it."""
    summary.edits = edits
    order_build(session, summary, now)


def reject(summary: Summary) -> None:
    """Put a draft away. It stands there until somebody orders it anew; nobody else sees it."""
    summary.state = SummaryState.REJECTED


def approve(session: Session, summary: Summary, approver: User, now: datetime) -> None:
    """Freeze a draft with who approved it, by function, and order the build that will be released."""
    summary.approved_at, summary.approved_by = now, approver.id
    summary.approved_as = approver.role.label.lower()
    order_build(session, summary, now)


def release(session: Session, summary: Summary, now: datetime) -> None:
    """Let the readers have an approved summary that has just been built; what it corrects holds no longer."""
    summary.state, summary.released_at = SummaryState.APPROVED, now
    before = (*same_series(summary), Summary.version < summary.version, Summary.state == SummaryState.APPROVED)
    session.execute(update(Summary).where(*before).values(state=SummaryState.SUPERSEDED))


def same_series(summary: Summary) -> tuple[ColumnElement[bool], ...]:
    """What all versions of a summary have in common, as conditions."""
    here = Summary.forum_id == summary.forum_id
    return here, Summary.kind == summary.kind, Summary.period == summary.period


def corrected(session: Session, summary: Summary) -> Summary | None:
    """The released version that this one corrects."""
    before = (*same_series(summary), Summary.version < summary.version, Summary.released_at.is_not(None))
    query = select(Summary).where(*before).options(undefer(Summary.content))
    return session.scalars(query.order_by(Summary.version.desc()).limit(1)).first()


def correction(session: Session, summary: Summary) -> Summary | None:
    """The newest released version that corrects this one."""
    after = (*same_series(summary), Summary.version > summary.version, Summary.released_at.is_not(None))
    return session.scalars(select(Summary).where(*after).order_by(Summary.version.desc()).limit(1)).first()


def last_released(session: Session, summary: Summary) -> Summary | None:
    """The summary of the same forum and kind that its readers got last before this one."""
    same = (Summary.forum_id == summary.forum_id, Summary.kind == summary.kind, Summary.id != summary.id)
    query = select(Summary).where(*same, Summary.released_at.is_not(None), Summary.period <= summary.period)
    newest = query.order_by(Summary.period.desc(), Summary.version.desc()).options(undefer(Summary.content))
    return session.scalars(newest.limit(1)).first()


def outdated(session: Session, summary: Summary) -> bool:
    """Whether reports have changed since a summary was frozen: one withdrawn, filed late or judged otherwise. A draft
    must not differ in anything that it tells; what was released is compared by its numbers alone."""
    fresh = json.loads(json.dumps(take_snapshot(session, summary)))
    compared = NUMBERS if summary.released_at is not None else fresh.keys() - NOT_NUMBERS
    return any(fresh[part] != (summary.snapshot or {}).get(part) for part in compared)


def being_counted(session: Session, summary: Summary) -> bool:
    """Whether the worker has yet to count reports that came or changed just now."""
    forum = summary.forum
    here = Area.id == forum.area_id if forum.area_id is not None else Area.federation_id == forum.federation_id
    areas = select(Area.id).where(here)
    return session.scalar(select(exists().where(Slice.area_id.in_(areas), Slice.marked > Slice.counted))) or False
