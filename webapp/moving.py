"""Moving a report from state to state: one place, so that every move is allowed, dated, signed and counted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.month_count import mark_slice
from models.report import Report, ReportState, area_reports
from models.review import StateChange, Track
from models.user import User
from schemas.states import check_move, way
from webapp.requests import scope

# The moment of these moves is kept on the report itself, for the clocks and the queues.
STAMPS = {
    ReportState.IN_REVIEW: "reviewed_at",
    ReportState.ANSWERED: "answered_at",
    ReportState.CLOSED: "closed_at",
}


class StaleError(Exception):
    """Somebody else has changed the report since the page was shown."""


def take_for_change(session: Session, reference: str, version: int | None = None) -> Report | None:
    """A report of one's areas, locked, for a change by a person. None when it is not there for this person.

    Arguments: version - what the page showed; left out by changes that do not overwrite anything.
    Raises: StaleError when somebody else was first.
    """
    query = area_reports(scope()).where(Report.reference == reference).with_for_update(of=Report)
    report = session.scalars(query).one_or_none()
    if report is None:
        return None
    step = update(Report).where(Report.id == report.id, Report.version == (version or report.version))
    if session.scalar(step.values(version=Report.version + 1).returning(Report.id)) is None:
        raise StaleError
    session.refresh(report)
    mark_slice(session, report.area_id, report.month)
    return report


def move(session: Session, report: Report, wanted: ReportState, by: User, moment: datetime, why: str = "") -> None:
    """Move a report, by way of `Granskas` when there is no direct way. Moving to where it stands changes nothing.

    Raises: IllegalMoveError (schemas/states.py) with a message for the page.
    """
    if report.state is wanted:
        return
    for step in way(report.state, wanted):
        check_move(report.state, step, why or ("granskad" if step is not wanted else ""))
        session.add(_change(report, None, report.state, step, by, moment, why if step is wanted else ""))
        report.state = step
        stamp = STAMPS.get(step)
        if stamp and (getattr(report, stamp) is None or step is ReportState.CLOSED):
            setattr(report, stamp, moment)
    if wanted is ReportState.CLOSED:
        report.close_reason = why


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
