"""Moving a report from state to state: one place, so that every move is allowed, dated, signed and counted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from faults import fault
from models.delivery import DeliveryKind
from models.month_count import mark_slice
from models.report import Report, ReportState, own_reports
from models.review import StateChange, Track
from models.review_queue import desk_reports
from models.user import User
from schemas.states import check_move, way
from webapp.desk import desk, refuse
from webapp.feedback import tell_of_report
from webapp.requests import parts, scope, writing

# The moment of these moves is kept on the report itself, for the clocks and the queues.
STAMPS = {
    ReportState.IN_REVIEW: "reviewed_at",
    ReportState.ANSWERED: "answered_at",
    ReportState.CLOSED: "closed_at",
}
# Whoever reported hears of these by mail, unless an answer was sent before.
ENDS = (ReportState.CLOSED, ReportState.REFERRED)


class StaleError(Exception):
    """Somebody else has changed the report since the page was shown."""


@contextmanager
def changing(reference: str, version: int | None = None) -> Iterator[tuple[Session, Report]]:
    """One change of a report of one's desk: whole or not at all. Its counts are asked for anew afterwards.

    Answers 404 for a report of another desk. Raises: StaleError when somebody else was first.
    """
    with writing() as session:
        report = take_for_change(session, reference, version)
        if report is None:
            refuse(reference)
        yield session, report
        fault("change.before_commit")
    fault("change.after_commit")
    ring_for_counts(session)


@contextmanager
def changing_own(reference: str) -> Iterator[tuple[Session, Report]]:
    """The same for a report that one has filed oneself."""
    with writing() as session:
        report = _take(session, own_reports(scope()).where(Report.reference == reference), None)
        if report is None:
            refuse(reference)
        yield session, report
    ring_for_counts(session)


def take_for_change(session: Session, reference: str, version: int | None = None) -> Report | None:
    """A report of one's desk, locked, for a change by a person. None when it is not there for this person.

    Arguments: version - what the page showed; left out by changes that do not overwrite anything.
    Raises: StaleError when somebody else was first.
    """
    return _take(session, desk_reports(desk(session)).where(Report.reference == reference), version)


def _take(session: Session, query: Select[Report], version: int | None) -> Report | None:
    report = session.scalars(query.with_for_update(of=Report)).one_or_none()
    if report is None:
        return None
    step = update(Report).where(Report.id == report.id, Report.version == (version or report.version))
    if session.scalar(step.values(version=Report.version + 1).returning(Report.id)) is None:
        raise StaleError
    session.refresh(report)
    session.info.setdefault("slices", set()).add(mark_slice(session, report.area_id, report.month))
    return report


def ring_for_counts(session: Session) -> None:
    """Ask that the slices of a session which has committed are counted at once; else the sweep finds them."""
    for slice_id in session.info.get("slices", ()):
        parts().doorbell.ring("recount_slice", "fast", slice_id)


def move(session: Session, report: Report, wanted: ReportState, by: User, moment: datetime, why: str = "") -> None:
    """Move a report, by way of `Granskas` when there is no direct way. Moving to where it stands changes nothing.

    Tracks that stand where the report stood go along; those that have gone their own way are left alone.
    Raises: IllegalMoveError (schemas/states.py) with a message for the page.
    """
    if report.state is wanted:
        return
    before = report.state
    for step in way(report.state, wanted):
        check_move(report.state, step, why or ("granskad" if step is not wanted else ""))
        session.add(_change(report, None, report.state, step, by, moment, why if step is wanted else ""))
        report.state = step
        stamp = STAMPS.get(step)
        if stamp and (getattr(report, stamp) is None or step is ReportState.CLOSED):
            setattr(report, stamp, moment)
    if wanted is ReportState.CLOSED:
        report.close_reason = why
    if wanted in ENDS and report.answered_at is None:
        tell_of_report(session, DeliveryKind.CLOSED, report.id, report, moment)
    tracks = select(Track).where(Track.report_id == report.id, Track.state == before)
    for track in list(session.scalars(tracks)):
        move_track(session, report, track.unit_id, wanted, by, moment, why)


def note(session: Session, report: Report, by: User, moment: datetime, why: str) -> None:
    """Write into the history what was done to a report that stays where it stands."""
    session.add(_change(report, None, report.state, report.state, by, moment, why))


def move_track(
    session: Session, report: Report, unit_id: int, wanted: ReportState, by: User, moment: datetime, why: str = ""
) -> None:
    """Move a report's track with one receiving unit; the track begins with its first move."""
    query = select(Track).where(Track.report_id == report.id, Track.unit_id == unit_id)
    track = session.scalars(query).one_or_none() or Track(
        report_id=report.id, unit_id=unit_id, state=ReportState.RECEIVED
    )
    session.add(track)
    if track.state is wanted:
        return
    for step in way(track.state, wanted):
        check_move(track.state, step, why or ("granskad" if step is not wanted else ""))
        session.add(_change(report, unit_id, track.state, step, by, moment, why if step is wanted else ""))
        track.state = step


def _change(
    report: Report, unit_id: int | None, before: ReportState, after: ReportState, by: User, moment: datetime, why: str
) -> StateChange:
    return StateChange(
        report_id=report.id,
        unit_id=unit_id,
        from_state=before,
        to_state=after,
        function=by.title,
        made_at=moment,
        why=why,
    )
