"""I1 to I3: no report is lost, none is there twice, and each has one suggestion that counts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import case, exists, func, literal_column, select
from sqlalchemy.orm import Session

from models.classification import Classification
from models.delivery import Delivery
from models.disposal import Disposal
from models.handout import Handout
from models.invariants.breach import Breach, doubles, found
from models.learning import TrainedModel
from models.outbox import Outbox, Task
from models.report import UNASSESSED, Report, ReportKind, ReportNumber, ReportState
from models.summary import Summary

# Of LH-2026-0001. Written out, since PostgreSQL takes two bound numbers for two different ones.
YEAR = func.substr(Report.reference, literal_column("4"), literal_column("4"))


def every_receipt_has_its_report(session: Session, _now: datetime) -> Iterator[Breach]:
    """A number is given in the transaction that stores its report, so none can be without one but what was skipped."""
    filed = select(Report.federation_id, YEAR, func.count()).group_by(Report.federation_id, YEAR)
    there = {(federation_id, int(year)): number for federation_id, year, number in session.execute(filed)}
    given = session.execute(
        select(ReportNumber.federation_id, ReportNumber.year, ReportNumber.last - ReportNumber.skipped)
    )
    missing = [f"federation {one}, {year}" for one, year, last in given if there.get((one, year), 0) != last]
    yield from found("I1", "as many reports as numbers were given", missing)


def every_report_is_waiting_or_done(session: Session, _now: datetime) -> Iterator[Breach]:
    job = exists().where(Outbox.task == Task.CLASSIFY_REPORT, Outbox.subject_id == Report.id)
    read = exists().where(Classification.report_id == Report.id)
    lost = select(Report.id).where(Report.kind == ReportKind.DEVIATION, ~job, ~read)
    yield from found("I1", "a report has been classified or waits for it", session.scalars(lost))


def every_job_has_its_subject(session: Session, _now: datetime) -> Iterator[Breach]:
    subjects: dict[Task, Any] = {Task.BUILD_SUMMARY: Summary, Task.DELIVER: Delivery, Task.TRAIN_MODEL: TrainedModel}
    subjects |= {Task.CLASSIFY_REPORT: Report, Task.DISPOSE: Disposal, Task.PRINT_HANDOUT: Handout}
    for task, table in subjects.items():
        orphan = select(Outbox.id).where(Outbox.task == task, ~exists().where(table.id == Outbox.subject_id))
        yield from found("I1", f"a job of {task.value} has its row", session.scalars(orphan))


def no_form_is_filed_twice(session: Session, _now: datetime) -> Iterator[Breach]:
    yield from found("I2", "a form becomes one report", doubles(session, Report.form_key))
    yield from found("I2", "a number belongs to one report", doubles(session, Report.federation_id, Report.reference))


def one_suggestion_of_a_model(session: Session, _now: datetime) -> Iterator[Breach]:
    twice = doubles(session, Classification.report_id, Classification.model_version)
    yield from found("I3", "a model gives a report one suggestion", twice)


def the_suggestion_that_counts_is_kept(session: Session, _now: datetime) -> Iterator[Breach]:
    """Until a person has decided, the category is the one of the suggestion that was stored with it."""
    said = case((Classification.abstained | Classification.hidden, UNASSESSED), else_=Classification.category)
    here = (Classification.report_id == Report.id, Classification.made_at == Report.classified_at)
    stands = exists().where(*here, said == Report.category)
    unread = Report.classified_at.is_(None) & (Report.category == UNASSESSED)
    untouched = (Report.kind == ReportKind.DEVIATION, Report.state == ReportState.RECEIVED)
    odd = select(Report.id).where(*untouched, ~stands, ~unread)
    yield from found("I3", "the category is that of a suggestion", session.scalars(odd))
