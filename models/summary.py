"""A summary: the PDF that a forum gets for a closed month or year, or before a meeting."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, Select, String, UniqueConstraint, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models.base import Base, Word, insert_into, word_column
from models.forum import Forum, visible_forums
from models.outbox import Outbox, Task
from models.user import Scope
from schemas.months import day_name, month_name


class SummaryKind(Word):
    MONTHLY = "monthly", "Månadsrapport"
    YEARLY = "yearly", "Årsrapport"
    MEETING = "meeting", "Mötesunderlag"


class SummaryState(Word):
    QUEUED = "queued", "Köad"
    BUILT = "built", "Utkast"
    APPROVED = "approved", "Godkänd"
    REJECTED = "rejected", "Avvisad"
    FAILED = "failed", "Misslyckad"
    SUPERSEDED = "superseded", "Ersatt"


class Summary(Base):
    """`period` is the first day of the closed month or year, or the day of the meeting. `snapshot` is the frozen data
    that it was built from, `edits` what a coordinator wrote instead of our sentences, and `content` what it says.

    Until it is released it is a draft, which may be built anew: `build` tells which order the worker is at.
    Approving it freezes everything and orders the last build; with that it is released, once and for all.
    """

    __tablename__ = "summary"
    __table_args__ = (UniqueConstraint("forum_id", "kind", "period", "version"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    forum_id: Mapped[int] = mapped_column(ForeignKey("forum.id"))
    kind: Mapped[SummaryKind] = mapped_column(word_column(SummaryKind))
    period: Mapped[date]
    version: Mapped[int] = mapped_column(default=1)
    state: Mapped[SummaryState] = mapped_column(word_column(SummaryState), default=SummaryState.QUEUED)
    fault: Mapped[str] = mapped_column(String(300), default="")
    build: Mapped[int] = mapped_column(default=1, server_default="1")
    ordered_at: Mapped[datetime]
    built_at: Mapped[datetime | None]
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    approved_as: Mapped[str] = mapped_column(String(64), default="", server_default="")
    released_at: Mapped[datetime | None]
    snapshot: Mapped[dict[str, Any] | None] = mapped_column(JSON, deferred=True)
    edits: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON, deferred=True)
    content: Mapped[dict[str, Any] | None] = mapped_column(JSON, deferred=True)
    content_sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    reference: Mapped[str | None] = mapped_column(String(100), index=True)
    pdf: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    pdf_sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    pdf_bytes: Mapped[int | None]
    forum: Mapped[Forum] = relationship()


def visible_summaries(scope: Scope, kept_forums: Collection[int] = ()) -> Select[Summary]:
    """The summaries of the forums that somebody may see, newest first: what has been released, and of the forums
    that they keep the drafts too.

    Arguments: kept_forums - the ids of those forums.
    """
    forums = visible_forums(scope).with_only_columns(Forum.id).order_by(None)
    known = or_(Summary.released_at.is_not(None), Summary.forum_id.in_(kept_forums))
    query = select(Summary).where(Summary.forum_id.in_(forums), known)
    return query.order_by(Summary.period.desc(), Summary.id.desc())


def next_version(session: Session, forum_id: int, kind: SummaryKind, period: date) -> int:
    """1 for a first summary; a corrected one gets the number after the last."""
    same = (Summary.forum_id == forum_id, Summary.kind == kind, Summary.period == period)
    return (session.scalar(select(func.max(Summary.version)).where(*same)) or 0) + 1


def order_summary(
    session: Session, forum_id: int, kind: SummaryKind, period: date, version: int, now: datetime
) -> int | None:
    """Add an empty summary and the outbox row that asks for it to be built.

    Returns: its id, or None when this version is already there; two who order at once get one summary.
    """
    order = insert_into(session, Summary).values(
        forum_id=forum_id,
        kind=kind,
        period=period,
        version=version,
        state=SummaryState.QUEUED,
        fault="",
        build=1,
        ordered_at=now,
    )
    summary_id = session.scalar(order.on_conflict_do_nothing().returning(Summary.id))
    if summary_id is not None:
        session.add(Outbox(task=Task.BUILD_SUMMARY, subject_id=summary_id, created_at=now))
    return summary_id


def period_words(summary: Summary) -> str:
    """The month, the year, or the day of the meeting."""
    if summary.kind is SummaryKind.YEARLY:
        return str(summary.period.year)
    return month_name(summary.period) if summary.kind is SummaryKind.MONTHLY else day_name(summary.period)


def title(summary: Summary) -> str:
    """For example `Månadsrapport oktober 2026, version 2`."""
    version = f", version {summary.version}" if summary.version > 1 else ""
    return f"{summary.kind.label} {period_words(summary)}{version}"
