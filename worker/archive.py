"""The doors of what is kept and what leaves: carrying out a disposal, and printing a decision to hand out."""

from __future__ import annotations

import hashlib

from sqlalchemy.orm import undefer

import logs
from faults import fault
from models.audit import AuditEvent, add_event
from models.base import utc_now
from models.disposal import Disposal, DisposalState
from models.handout import Handout
from models.heartbeat import SLOW, beat
from models.outbox import Task, lock, take
from worker import pdf
from worker.app import celery, database
from worker.disposal import close, dispose_batch
from worker.page import write_handout
from worker.pulse import at_work

logger = logs.get("worker")


@celery.task(name=Task.DISPOSE.value)
def dispose(disposal_id: int) -> None:
    """Carry out a protocol, batch by batch. Broken off, it goes on where it stopped; run twice, it is done once."""
    if not _take(Task.DISPOSE, disposal_id):
        return
    fault("dispose.taken")
    with at_work():
        while _next_batch(disposal_id):
            fault("dispose.between")
    database().scrub()


@celery.task(name=Task.PRINT_HANDOUT.value)
def print_handout(handout_id: int) -> None:
    """Print a decision that was frozen. Running it again, or twice at once, stores one file."""
    if not _take(Task.PRINT_HANDOUT, handout_id):
        return
    with database().read() as session:
        letter = session.get_one(Handout, handout_id, options=[undefer(Handout.letter)]).letter or {}
    with at_work():
        document = pdf.render(write_handout(letter))
    with database().write() as session:
        waiting = lock(session, Task.PRINT_HANDOUT, handout_id)
        if waiting is None:
            return
        row = session.get_one(Handout, handout_id)
        row.pdf, row.pdf_sha256 = document, hashlib.sha256(document).hexdigest()
        session.delete(waiting)
    logger.info("handout_printed", handout_id=handout_id, bytes=len(document))


def _take(task: Task, subject_id: int) -> bool:
    now = utc_now()
    with database().write() as session:
        beat(session, SLOW, now)
        return take(session, task, subject_id, now)


def _next_batch(disposal_id: int) -> bool:
    """One batch in one transaction. Returns: whether there is more to do."""
    now = utc_now()
    with database().write() as session:
        waiting = lock(session, Task.DISPOSE, disposal_id)
        if waiting is None:
            return False
        row = session.get_one(Disposal, disposal_id, with_for_update=True)
        more = row.state is DisposalState.ORDERED and dispose_batch(session, row, now)
        if more:
            waiting.attempts, waiting.attempted_at = 1, now  # It got on: its attempts are there for the rest.
        else:
            close(session, row, now)
            session.delete(waiting)
            add_event(session, _event(row))
        fault("dispose.before_commit")
    logger.info("disposed", disposal_id=disposal_id, done=row.done, kept=len(row.kept))
    return more


def _event(row: Disposal) -> AuditEvent:
    return AuditEvent(
        at=utc_now(),
        federation_id=row.federation_id,
        action="gallring.carried_out",
        subject=str(row.id),
        status=200,
        request_id="",
    )
