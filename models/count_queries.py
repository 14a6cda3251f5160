"""Reading the counts: sums over areas and months. No query here touches the rows of reports."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from models.month_count import MonthAboutCount, MonthCategoryCount, MonthCount, MonthPairCount


@dataclass(frozen=True)
class Window:
    """Areas and months (both ends included); a category, or an empty text for all of them."""

    area_ids: Sequence[int]
    first: date
    last: date
    category: str = ""


def pair_sums(session: Session, window: Window) -> dict[tuple[int, int], int]:
    """Reports by (from_unit_id, about_unit_id)."""
    table = _pairs(window)
    query = select(table.from_unit_id, table.about_unit_id, func.sum(table.reports)).where(*_inside(table, window))
    rows = session.execute(_counted(query.group_by(table.from_unit_id, table.about_unit_id), table))
    return {(sender, about): count for sender, about, count in rows}


def category_sums(session: Session, window: Window) -> dict[str, int]:
    """Reports by category."""
    table = MonthCategoryCount
    query = select(table.category, func.sum(table.reports)).where(*_inside(table, window)).group_by(table.category)
    return {str(category): int(count) for category, count in session.execute(_counted(query, table))}


def about_month_sums(session: Session, window: Window) -> dict[tuple[int, date], int]:
    """Reports by (about_unit_id, month)."""
    table = MonthCount if window.category else MonthAboutCount
    query = select(table.about_unit_id, table.month, func.sum(table.reports)).where(*_inside(table, window))
    rows = session.execute(_counted(query.group_by(table.about_unit_id, table.month), table))
    return {(about, month): count for about, month, count in rows}


def good_sums(session: Session, window: Window) -> dict[int, int]:
    """Reports of what worked, by about_unit_id. They have no category, so a window with one holds none."""
    table = MonthAboutCount
    if window.category:
        return {}
    total = func.sum(table.good)
    query = select(table.about_unit_id, total).where(*_inside(table, window)).group_by(table.about_unit_id)
    return {about: int(count) for about, count in session.execute(query.having(total > 0))}


def count_good(session: Session, window: Window, senders: Collection[int] | None, about: Collection[int] | None) -> int:
    """Reports of what worked between some units; None stands for all units."""
    table = MonthPairCount
    where = _inside(table, window)
    where += [table.from_unit_id.in_(senders)] if senders is not None else []
    where += [table.about_unit_id.in_(about)] if about is not None else []
    return int(session.scalar(select(_sum(table.good)).where(*where)) or 0)


def count_reports(
    session: Session, window: Window, senders: Collection[int] | None, about: Collection[int] | None
) -> tuple[int, int]:
    """(reports, those that nobody has reviewed) between some units; None stands for all units."""
    table = _pairs(window)
    where = _inside(table, window)
    where += [table.from_unit_id.in_(senders)] if senders is not None else []
    where += [table.about_unit_id.in_(about)] if about is not None else []
    reports, waiting = session.execute(select(_sum(table.reports), _sum(table.awaiting)).where(*where)).one()
    return int(reports), int(waiting)


def _counted(query: Any, table: Any) -> Any:
    """Only groups that hold a deviation: where there are only reports of what worked, nothing chafes."""
    return query.having(func.sum(table.reports) > 0)


def _sum(column: Any) -> ColumnElement[int]:
    return func.coalesce(func.sum(column), 0)


def _pairs(window: Window) -> type[MonthCount] | type[MonthPairCount]:
    return MonthCount if window.category else MonthPairCount


def _inside(table: Any, window: Window) -> list[ColumnElement[bool]]:
    inside = [table.area_id.in_(window.area_ids), table.month.between(window.first, window.last)]
    return [*inside, table.category == window.category] if table is MonthCount else inside
