"""Merging reports of the same event, so that it counts once, and taking a merger back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.report import Report, ReportState
from models.user import User
from webapp.moving import move
from webapp.wall import MERGED, opened


class MergeError(ValueError):
    """Two reports that cannot become one. The message is plain Swedish, for the page."""


def merge(session: Session, report: Report, into: str, by: User, moment: datetime) -> None:
    """Let a report be part of another one. What was merged into it before moves along, so that no chain grows.

    Arguments: report - locked for change; into - the reference of the report that stays.
    Raises: MergeError when there is no such report in the same area, the two would form a circle, they are of
    different kinds, or the other one has ended without an answer;
    IllegalMoveError when the report cannot be merged from where it stands.
    """
    with opened(session, MERGED):
        main = _main(session, report, into.strip().upper())
        move(session, report, ReportState.MERGED, by, moment, f"Ingår i {main.reference}")
        report.merged_into_id, report.forum_id = main.id, None
        session.execute(update(Report).where(Report.merged_into_id == report.id).values(merged_into_id=main.id))


def _main(session: Session, report: Report, reference: str) -> Report:
    """The report that stays: the one that was named, or what that one is part of itself."""
    same_area = (Report.federation_id == report.federation_id, Report.area_id == report.area_id)
    query = select(Report).where(*same_area, Report.reference == reference).with_for_update(of=Report)
    named = session.scalars(query).one_or_none()
    if named is None:
        raise MergeError("Det finns ingen sådan rapport i samma kommunområde")
    if named.id == report.id:
        raise MergeError("En rapport kan inte slås samman med sig själv")
    if named.merged_into_id == report.id:
        raise MergeError(f"{named.reference} ingår redan i den här rapporten")
    main = named
    if named.merged_into_id is not None:
        main = session.get_one(Report, named.merged_into_id, with_for_update=True, populate_existing=True)
    _check_main(report, main)
    return main


def _check_main(report: Report, main: Report) -> None:
    """A report shares the fate of the one it is part of: how it is counted, and whether anybody gets an answer."""
    if main.state is ReportState.WITHDRAWN:
        raise MergeError(f"{main.reference} är återtagen och kan inte ta emot en annan rapport")
    if main.kind is not report.kind:
        raise MergeError(
            f"{main.reference} är av ett annat slag. En avvikelse och något som fungerade räknas var för sig"
        )
    if main.state is ReportState.REFERRED or (main.state is ReportState.CLOSED and main.answered_at is None):
        raise MergeError(
            f"{main.reference} är {main.state.label.lower()} utan svar. Öppna den igen först, "
            "så att båda rapportörerna kan få ett svar"
        )


def unmerge(session: Session, report: Report, by: User, moment: datetime) -> None:
    """Let a merged report be judged on its own again.

    Raises: MergeError when it is not merged.
    """
    if report.state is not ReportState.MERGED:
        raise MergeError("Rapporten är inte sammanslagen med någon annan")
    report.merged_into_id = None
    move(session, report, ReportState.IN_REVIEW, by, moment, "Sammanslagningen togs tillbaka")
