"""The doors: open a session, lock the row, call one step, store, log one line. No work is done here."""

from __future__ import annotations

from datetime import datetime
from itertools import takewhile

from marshmallow import ValidationError
from sqlalchemy.orm import Session, undefer

import logs
from faults import fault
from models.base import utc_now
from models.heartbeat import SLOW, beat
from models.organisation import Federation
from models.outbox import Task, lock, take
from models.report import Report
from models.snapshot import take_snapshot
from models.snapshot_history import mark
from models.summary import Summary
from schemas.months import local_date
from worker import building, delivery, learning, pdf
from worker import sweep as sweeping
from worker.app import celery, current, database, quiet, ring
from worker.disclosure import ProgrammeError
from worker.giving_up import give_up
from worker.notice import store
from worker.pulse import going_on
from worker.recount import recount
from worker.suggest import model, store_suggestion, suggest
from worker.summary import weigh
from worker.watch import unwatched, watch

logger = logs.get("worker")
NOT_WEIGHED = "Skyddet för små tal kunde inte räknas igenom. Inget har skickats."
MAY_NOT_LEAVE = "Innehållet stoppades av skyddet för små tal. Inget har skickats."


@celery.task(name=Task.CLASSIFY_REPORT.value)
def classify_report(report_id: int) -> None:
    """Suggest a category for one report. Running it again, or twice at once, gives one suggestion."""
    if not _take(Task.CLASSIFY_REPORT, report_id):
        return
    fault("classify.taken", report_id)
    with database().read() as session:
        suggestion = suggest(session.get_one(Report, report_id))
    fault("classify.suggested")
    with database().write() as session:
        waiting = lock(session, Task.CLASSIFY_REPORT, report_id)
        if waiting is None:
            return
        slice_id = store_suggestion(session, report_id, suggestion, utc_now())
        session.delete(waiting)
        fault("classify.before_commit")
    fault("classify.after_commit")
    logger.info("classified", report_id=report_id, abstained=suggestion.abstain, model=suggestion.model_version)
    ring("recount_slice", slice_id)


@celery.task(name="recount_slice")
def recount_slice(slice_id: int) -> None:
    """Bring the counts of one area and month in line with its reports."""
    with database().write() as session:
        changed = recount(session, slice_id, utc_now())
        fault("recount.before_commit")
    fault("recount.after_commit")
    if changed:
        logger.info("recounted", slice_id=slice_id)


@celery.task(name="watch_area")
def watch_area(area_id: int) -> None:
    """Look for signals, effects of actions and waiting times in one area."""
    now = utc_now()
    with database().read() as session:
        sight = watch(session, area_id, now)
    with database().write() as session:
        store(session, sight, now)
        fault("watch.before_commit")
    fault("watch.after_commit")
    logger.info("watched", area_id=area_id)
    ring("group_reports", area_id)


@celery.task(name="group_reports")
def group_reports(area_id: int) -> None:
    """Look for clusters among the texts of one area. A bell that is lost is rung again within the hour."""
    from worker import grouping  # It brings numpy, which most of the work does not need.

    now = utc_now()
    with database().read() as session:
        seen = grouping.look(session, area_id, now)
    if seen is None:
        return
    with database().write() as session:
        grouping.store(session, seen, now)
    logger.info("grouped", area_id=area_id, joined=len(seen.found.joins), new=len(seen.found.new))


@celery.task(name=Task.BUILD_SUMMARY.value)
def build_summary(summary_id: int) -> None:
    """Build the PDF of one summary. What it says is stored before it is printed, so that the page can be
    read even where the renderer is missing."""
    if not _take(Task.BUILD_SUMMARY, summary_id):
        return
    fault("build.taken")
    build = _build_of(summary_id)
    try:
        with going_on(database(), Task.BUILD_SUMMARY, summary_id):
            document = pdf.render_summary(_write_content(summary_id))
    except pdf.RenderError as error:
        _store_failure(summary_id, build, str(error))
        raise
    except ValidationError:
        _store_failure(summary_id, build, MAY_NOT_LEAVE)
        raise
    except ProgrammeError:
        _store_failure(summary_id, build, NOT_WEIGHED)
        raise
    fault("build.printed")
    _store_pdf(summary_id, build, document, utc_now())


@celery.task(name=Task.DELIVER.value)
def deliver(delivery_id: int) -> None:
    """Send one mail. Running it again, or twice at once, sends it once."""
    if not _take(Task.DELIVER, delivery_id):
        return
    fault("deliver.taken")
    with database().write() as session:
        parcel = delivery.claim(session, delivery_id, utc_now())
    if parcel is None:
        return
    fault("deliver.claimed")
    sender = delivery.Sender(current.mail_url, current.mail_folder, current.mail_from, current.public_url)
    with going_on(database(), Task.DELIVER, delivery_id):
        outcome = delivery.attempt(parcel, sender)
    fault("deliver.sent")
    with database().write() as session:
        delivery.settle(session, parcel, outcome, utc_now())
        fault("deliver.before_commit")
    fault("deliver.after_commit")
    about = {"report_id": parcel.report_id} if parcel.report_id else {}
    logger.info("delivered", delivery_id=delivery_id, state=outcome.state.value, later=outcome.later, **about)


@celery.task(name=Task.TRAIN_MODEL.value)
def train_model(model_id: int) -> None:
    """Train a candidate on the corrections and measure it. It reads no report until a person adopts it."""
    if not _take(Task.TRAIN_MODEL, model_id):
        return
    with database().read() as session:
        rows, used = learning.examples(session), model(session)
    with going_on(database(), Task.TRAIN_MODEL, model_id):
        made = learning.make(rows, used)
    with database().write() as session:
        waiting = lock(session, Task.TRAIN_MODEL, model_id)
        if waiting is None:
            return
        learning.store(session, model_id, made, utc_now())
        session.delete(waiting)
    logger.info("trained", model=made.version, corrections=made.corrections)


@celery.task(name="sweep")
def sweep() -> None:
    """Ring again for what waits, order what is owed, throw away what is too old."""
    now = utc_now()
    with database().write() as session:
        sweeping.beat(session, now)
        sweeping.dispose(session, now)
        give_up(session, now)
        ordered = sweeping.order_due_summaries(session, now)
        mails = sweeping.order_mails(session, now)
        bells = sweeping.waiting(session, now)
        bells += [("watch_area", area_id) for area_id in unwatched(session, now)]
        fault("sweep.before_commit")
    fault("sweep.after_commit")
    bells += [(Task.BUILD_SUMMARY.value, summary_id) for summary_id in ordered]
    bells += [(Task.DELIVER.value, delivery_id) for delivery_id in mails]
    # Where the first bell is not heard, no other will be: the broker is away, and the next tick rings again.
    rung = sum(1 for _ in takewhile(lambda bell: ring(*bell), sweeping.helpful(bells, quiet)))
    if rung or ordered:
        logger.info("swept", day=local_date(now).isoformat(), rung=rung, ordered=len(ordered))


@celery.task(name="sign_of_life")
def sign_of_life() -> None:
    """Write down that the slow queue is worked on."""
    with database().write() as session:
        beat(session, SLOW, utc_now())


def _take(task: Task, subject_id: int) -> bool:
    """An attempt counts from its start, so that a row which kills its worker is not tried for ever."""
    now = utc_now()
    with database().write() as session:
        if task.queue == "slow":  # A long queue of long tasks is a sign of life too.
            beat(session, SLOW, now)
        return take(session, task, subject_id, now)


def _build_of(summary_id: int) -> int:
    """Which order of a summary the worker is at; read first, so that one that comes later is always noticed."""
    with database().read() as session:
        return session.get_one(Summary, summary_id).build


def _write_content(summary_id: int) -> dict[str, object]:
    weighed = _weigh(summary_id)
    with database().write() as session:
        # Locked, so that of two who come at once the second finds what the first has frozen.
        whole = [undefer(Summary.snapshot), undefer(Summary.content), undefer(Summary.edits)]
        summary = session.get_one(Summary, summary_id, options=whole, with_for_update=True)
        if summary.snapshot is None:
            # One at a time in a federation, and again where another was written meanwhile: the two share readers.
            session.get_one(Federation, summary.forum.federation_id, with_for_update=True)
            fresh = weighed is not None and weighed[0] == mark(session, summary.forum.federation_id)
            summary.snapshot = weighed[1] if weighed is not None and fresh else weigh(_take_snapshot(session, summary))
        building.write_content(session, summary)
        fault("build.before_content")
        return dict(summary.content or {})


def _weigh(summary_id: int) -> tuple[object, dict[str, object]] | None:
    """Freeze a summary and decide what may leave while nobody has to wait, since that can take seconds.

    Returns: what was there before, and the snapshot; None for one that is frozen already.
    """
    with database().read() as session:
        summary = session.get_one(Summary, summary_id, options=[undefer(Summary.snapshot)])
        if summary.snapshot is not None:
            return None
        before, snapshot = mark(session, summary.forum.federation_id), _take_snapshot(session, summary)
    found = weigh(snapshot)
    if found["known"]:
        logger.warning("known_before", summary_id=summary_id, cells=found["known"])
    return before, found


def _take_snapshot(session: Session, summary: Summary) -> dict[str, object]:
    return take_snapshot(session, summary) | {"verify_at": current.public_url + building.VERIFY}


def _store_failure(summary_id: int, build: int, reason: str) -> None:
    with database().write() as session:
        building.note_failure(session.get_one(Summary, summary_id, with_for_update=True), build, reason)


def _store_pdf(summary_id: int, build: int, document: bytes, now: datetime) -> None:
    """Store a PDF once: whoever comes second finds no waiting row, or that of a later order, and leaves."""
    with database().write() as session:
        waiting = lock(session, Task.BUILD_SUMMARY, summary_id)
        summary = session.get_one(Summary, summary_id)
        if waiting is None or summary.build != build:
            return
        mails = building.store_pdf(session, summary, document, now)
        session.delete(waiting)
        fault("build.before_commit")
    fault("build.after_commit")
    logger.info("built", summary_id=summary_id, bytes=len(document), mails=len(mails))
    for delivery_id in mails:
        ring(Task.DELIVER.value, delivery_id)
