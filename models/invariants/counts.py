"""I4: stored counts are what a recount from the reports gives. Counted here by other queries than the worker's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import Integer, case, cast, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.invariants.breach import Breach, found
from models.month_count import MonthAboutCount, MonthCategoryCount, MonthCount, MonthPairCount, Slice
from models.report import UNCOUNTED, Report, ReportKind, ReportState

# Each table of counts with the columns it counts by, beside area and month.
TABLES: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (MonthCount, ("from_unit_id", "about_unit_id", "category")),
    (MonthPairCount, ("from_unit_id", "about_unit_id")),
    (MonthAboutCount, ("about_unit_id",)),
    (MonthCategoryCount, ("category",)),
)
Key = tuple[int, date]
Rows = dict[tuple[Any, ...], tuple[int, int, int]]


def every_report_is_in_a_slice(session: Session, _now: datetime) -> Iterator[Breach]:
    counted = exists().where(Slice.area_id == Report.area_id, Slice.month == Report.month)
    yield from found("I4", "a report belongs to a slice", session.scalars(select(Report.id).where(~counted)))


def counts_are_what_a_recount_gives(session: Session, _now: datetime) -> Iterator[Breach]:
    """Of slices that are not waiting to be counted anew."""
    clean = select(Slice.area_id, Slice.month, Slice.id).where(Slice.marked == Slice.counted)
    slices = {(area_id, month): slice_id for area_id, month, slice_id in session.execute(clean)}
    for table, names in TABLES:
        stored, recounted = _stored(session, table, names), _recounted(session, names)
        wrong = {key[:2] for key in stored.keys() | recounted.keys() if stored.get(key) != recounted.get(key)}
        ids = sorted(slices[key] for key in wrong if key in slices)
        yield from found("I4", f"{table.__tablename__} is what its reports say, slice", ids)


def _stored(session: Session, table: Any, names: tuple[str, ...]) -> Rows:
    columns = [getattr(table, name) for name in ("area_id", "month", *names)]
    return _rows(session.execute(select(*columns, table.reports, table.awaiting, table.good)), len(columns))


def _recounted(session: Session, names: tuple[str, ...]) -> Rows:
    columns: list[InstrumentedAttribute[Any]] = [getattr(Report, name) for name in ("area_id", "month", *names)]
    deviation = Report.kind == ReportKind.DEVIATION
    numbers = (deviation, deviation & (Report.state == ReportState.RECEIVED), ~deviation)
    sums = [cast(func.sum(case((one, 1), else_=0)), Integer) for one in numbers]
    query = select(*columns, *sums).where(Report.state.not_in(UNCOUNTED)).group_by(*columns)
    return _rows(session.execute(query), len(columns))


def _rows(result: Any, keys: int) -> Rows:
    return {tuple(row[:keys]): tuple(row[keys:]) for row in result}
