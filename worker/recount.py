"""Replacing the counts of one slice, whole and in one transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, case, delete, func, insert, select
from sqlalchemy.orm import Session

from faults import fault
from models.base import Base
from models.month_count import MonthAboutCount, MonthCategoryCount, MonthCount, MonthPairCount, Slice
from models.report import UNCOUNTED, Report, ReportKind, ReportState
from worker.aggregation import Cell, by_about, by_category, by_pair

COUNTS: tuple[type[Base], ...] = (MonthCount, MonthPairCount, MonthAboutCount, MonthCategoryCount)


def recount(session: Session, slice_id: int, now: datetime) -> bool:
    """Count the reports of a slice again and put the counts in place of the old ones.

    The slice's row is locked first: whoever marks it meanwhile waits, and marks it after this count.
    Returns: whether there was anything to do.
    """
    row = session.get(Slice, slice_id, with_for_update=True)
    if row is None or row.marked == row.counted:
        return False
    replace_counts(session, row, count_reports(session, row))
    row.counted, row.counted_at = row.marked, now
    return True


def count_reports(session: Session, row: Slice) -> list[Cell]:
    """The full table of a slice, counted from the rows of reports."""
    keys = (Report.from_unit_id, Report.about_unit_id, Report.category)
    deviation = Report.kind == ReportKind.DEVIATION
    reports, awaiting = _number(deviation), _number(deviation & (Report.state == ReportState.RECEIVED))
    here = (Report.area_id == row.area_id, Report.month == row.month, Report.state.not_in(UNCOUNTED))
    query = select(*keys, reports, awaiting, _number(~deviation)).where(*here)
    return [Cell(*values) for values in session.execute(query.group_by(*keys))]


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def replace_counts(session: Session, row: Slice, cells: list[Cell]) -> None:
    """Take the old counts of a slice away and put new ones there."""
    here = {"area_id": row.area_id, "month": row.month}
    for table in COUNTS:
        session.execute(delete(table).filter_by(**here))
    fault("recount.half_way")
    if not cells:
        return
    pairs = [
        {"from_unit_id": pair[0], "about_unit_id": pair[1], **margin._asdict(), **here}
        for pair, margin in by_pair(cells).items()
    ]
    abouts = [{"about_unit_id": unit_id, **margin._asdict(), **here} for unit_id, margin in by_about(cells).items()]
    categories = [{"category": code, **margin._asdict(), **here} for code, margin in by_category(cells).items()]
    session.execute(insert(MonthCount), [cell._asdict() | here for cell in cells])
    session.execute(insert(MonthPairCount), pairs)
    session.execute(insert(MonthAboutCount), abouts)
    session.execute(insert(MonthCategoryCount), categories)
