"""Reading patterns (pair and category in one area): their months, their reporters, and the actions on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from models.action import Action, ActionStatus
from models.month_count import MonthCount
from models.report import UNCOUNTED, Report, ReportKind

Pattern = tuple[int, int, str]


def pattern_months(session: Session, area_id: int, months: Sequence[date]) -> dict[Pattern, list[int]]:
    """Reports of every pattern that has any in these months, month by month."""
    table = MonthCount
    query = select(table.from_unit_id, table.about_unit_id, table.category, table.month, table.reports)
    counts: defaultdict[Pattern, dict[date, int]] = defaultdict(dict)
    for sender, about, category, month, reports in session.execute(
        query.where(table.area_id == area_id, table.month.in_(months), table.reports > 0)
    ):
        counts[sender, about, category][month] = reports
    return {pattern: [found.get(month, 0) for month in months] for pattern, found in counts.items()}


def pattern_reporters(session: Session, area_id: int, first: date, last: date) -> dict[Pattern, int]:
    """How many different people reported each pattern in the months from `first` to `last`."""
    keys = (Report.from_unit_id, Report.about_unit_id, Report.category)
    people = func.count(Report.reporter_id.distinct())
    counted = (Report.kind == ReportKind.DEVIATION, Report.state.not_in(UNCOUNTED))
    query = select(*keys, people).where(Report.area_id == area_id, Report.month.between(first, last), *counted)
    rows = session.execute(query.group_by(*keys))
    return {(sender, about, category): count for sender, about, category, count in rows}


def action_months(session: Session, action: Action, first: date, last: date) -> int:
    """Reports of an action's pattern in the months from `first` to `last`; an empty end of the pattern means any."""
    table = MonthCount
    here: list[Any] = [table.area_id == action.area_id, table.month.between(first, last)]
    here += [table.from_unit_id == action.from_unit_id] if action.from_unit_id else []
    here += [table.about_unit_id == action.about_unit_id] if action.about_unit_id else []
    here += [table.category == action.category] if action.category else []
    return int(session.scalar(select(func.coalesce(func.sum(table.reports), 0)).where(*here)) or 0)


def first_action_day(session: Session, area_id: int, pattern: Pattern) -> date | None:
    """The day when the first action on a pattern was decided; cancelled ones do not count."""
    sender, about, category = pattern
    matching = (
        Action.area_id == area_id,
        Action.status != ActionStatus.CANCELLED,
        or_(Action.from_unit_id.is_(None), Action.from_unit_id == sender),
        or_(Action.about_unit_id.is_(None), Action.about_unit_id == about),
        or_(Action.category == "", Action.category == category),
    )
    return session.scalar(select(func.min(Action.decided_on)).where(*matching))
