"""Working days in Sweden: Monday to Friday, without holidays and the eves when offices are closed."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import holidays

REVIEW_WORKING_DAYS = 5  # what the receipt promises
ANSWER_DAYS = 60  # what sibling routines demand (shared domain knowledge of the samordningsförbund)


@lru_cache(maxsize=1)
def _closed() -> holidays.HolidayBase:
    return holidays.country_holidays("SE", include_sundays=False, categories=("public", "de_facto"))


def is_working_day(day: date) -> bool:
    return day.isoweekday() <= 5 and day not in _closed()


def add_working_days(day: date, count: int) -> date:
    """The working day that comes `count` working days after `day`; `day` itself is not counted."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def working_days_between(first: date, last: date) -> int:
    """How many working days lie after `first` up to and with `last`; none when `last` comes first."""
    days = (first + timedelta(days=number) for number in range(1, (last - first).days + 1))
    return sum(is_working_day(day) for day in days)


def due_days(
    received_on: date, review_days: int = REVIEW_WORKING_DAYS, answer_days: int = ANSWER_DAYS
) -> tuple[date, date]:
    """(reviewed by, answered by) for a report.

    Arguments: review_days - working days; answer_days - calendar days.
    """
    return add_working_days(received_on, review_days), received_on + timedelta(days=answer_days)
