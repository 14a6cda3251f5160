"""I5 and I6: one summary of a version, and its PDF is what was stored."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from models.invariants.breach import Breach, doubles, found
from models.outbox import Outbox, Task
from models.summary import Summary, SummaryState

SAME = (Summary.forum_id, Summary.kind, Summary.period)


def one_summary_of_a_version(session: Session, _now: datetime) -> Iterator[Breach]:
    """Versions are 1, 2, 3 ...: none is there twice and none is missing."""
    yield from found("I5", "a version is there once", doubles(session, *SAME, Summary.version))
    gap = select(func.min(Summary.id)).group_by(*SAME).having(func.max(Summary.version) != func.count())
    yield from found("I5", "no version is missing", session.scalars(gap))


def every_pdf_is_what_was_stored(session: Session, _now: datetime) -> Iterator[Breach]:
    built = select(Summary.id, Summary.pdf, Summary.pdf_sha256, Summary.pdf_bytes).where(
        (Summary.state == SummaryState.BUILT) | Summary.pdf.is_not(None)
    )
    rows = session.execute(built.execution_options(yield_per=20))
    wrong = [row.id for row in rows if not _whole(row.pdf, row.pdf_sha256, row.pdf_bytes)]
    yield from found("I6", "a PDF is whole and its sum is right", wrong)
    kept = (Summary.state == SummaryState.BUILT, Summary.snapshot.is_(None) | Summary.content.is_(None))
    yield from found("I6", "what a PDF was made from is kept", session.scalars(select(Summary.id).where(*kept)))


def _whole(pdf: bytes | None, pdf_sha256: str | None, pdf_bytes: int | None) -> bool:
    return pdf is not None and len(pdf) == pdf_bytes and hashlib.sha256(pdf).hexdigest() == pdf_sha256


def every_summary_is_waiting_or_done(session: Session, _now: datetime) -> Iterator[Breach]:
    job = exists().where(Outbox.task == Task.BUILD_SUMMARY, Outbox.subject_id == Summary.id)
    lost = select(Summary.id).where(Summary.state == SummaryState.QUEUED, ~job)
    yield from found("I5", "a queued summary waits to be built", session.scalars(lost))
    silent = select(Summary.id).where(Summary.state == SummaryState.FAILED, Summary.fault == "")
    yield from found("I8", "a failed summary says why", session.scalars(silent))
