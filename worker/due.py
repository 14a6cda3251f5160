"""Which summaries are owed, by the calendar in Europe/Stockholm. Pure: dates in, periods out.

Nothing is remembered between ticks: what is owed follows from the date and from what exists. So a beat
that was away over the first of the month, a lost schedule file or a second beat changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from schemas.months import add_months, months_between, pack_is_due


def due_months(active_from: date, today: date) -> list[date]:
    """The closed months that a forum is owed a report for, oldest first.

    Arguments: active_from - the first month it takes part; today - the day in Sweden.
    """
    return months_between(active_from, add_months(today.replace(day=1), -1))


def due_years(active_from: date, today: date) -> list[date]:
    """The closed years, as their first days, that a forum of a whole federation is owed a report for, oldest first.

    Arguments: active_from - the first month it takes part; today - the day in Sweden.
    """
    return [date(year, 1, 1) for year in range(active_from.year, today.year)]


def due_meetings(days: Iterable[date], today: date) -> list[date]:
    """The meetings that are near enough for their pack and have not been held."""
    return sorted({day for day in days if pack_is_due(day, today)})
