"""The calendar in Sweden: which day and month a moment belongs to, also when the clocks turn."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.months import (
    LOCAL,
    add_months,
    day_name,
    last_months,
    local_date,
    month_name,
    month_of,
    months_between,
    start_of_day,
)

FIRST_DAYS = st.dates(date(2016, 1, 1), date(2060, 12, 31)).map(lambda day: day.replace(day=1))


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-10-24T21:59:59", "2026-10-24"),
        ("2026-10-24T22:00:00", "2026-10-25"),  # summer time still holds at this midnight
        ("2026-10-25T00:30:00", "2026-10-25"),  # 02.30 the first time
        ("2026-10-25T01:30:00", "2026-10-25"),  # 02.30 again
        ("2026-10-25T22:59:59", "2026-10-25"),  # the day has 25 hours
        ("2026-10-25T23:00:00", "2026-10-26"),
        ("2027-03-27T23:00:00", "2027-03-28"),
        ("2027-03-28T00:59:59", "2027-03-28"),  # 01.59.59, and then it is 03.00
        ("2027-03-28T21:59:59", "2027-03-28"),  # the day has 23 hours
        ("2027-03-28T22:00:00", "2027-03-29"),
        ("2026-12-31T22:59:59", "2026-12-31"),
        ("2026-12-31T23:00:00", "2027-01-01"),
        ("2028-02-28T23:00:00", "2028-02-29"),
        ("2028-02-29T23:00:00", "2028-03-01"),
        ("2027-02-28T23:00:00", "2027-03-01"),
        ("2026-07-31T21:59:59", "2026-07-31"),
        ("2026-07-31T22:00:00", "2026-08-01"),
    ],
)
def test_a_moment_belongs_to_the_day_it_is_in_sweden(moment: str, day: str) -> None:
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert local_date(at) == date.fromisoformat(day)
    assert month_of(at) == date.fromisoformat(day).replace(day=1)


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-10-25", 25), ("2027-03-28", 23), ("2026-11-21", 24), ("2028-02-29", 24)]
)
def test_a_day_begins_where_the_one_before_ends(day: str, hours: int) -> None:
    begins = start_of_day(date.fromisoformat(day))
    ends = start_of_day(date.fromisoformat(day) + timedelta(days=1))
    assert ends - begins == timedelta(hours=hours)


@given(st.integers(0, 44 * 365 * 86_400))
def test_every_moment_lies_in_its_day_and_in_no_other(seconds: int) -> None:
    at = datetime(2016, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    day = local_date(at)
    assert start_of_day(day) <= at < start_of_day(day + timedelta(days=1))


@given(st.dates(date(2016, 1, 1), date(2060, 1, 1)))
def test_midnight_in_sweden_is_the_first_moment_of_its_day(day: date) -> None:
    midnight = start_of_day(day)
    assert local_date(midnight) == day
    assert local_date(midnight - timedelta(microseconds=1)) == day - timedelta(days=1)
    assert midnight.astimezone(LOCAL).hour == 0


@given(FIRST_DAYS, st.integers(-200, 200))
def test_months_are_added_and_taken_away_again(month: date, count: int) -> None:
    moved = add_months(month, count)
    assert moved.day == 1
    assert add_months(moved, -count) == month
    assert (moved.year - month.year) * 12 + moved.month - month.month == count


@given(FIRST_DAYS, st.integers(0, 60))
def test_months_in_between_follow_one_another(first: date, count: int) -> None:
    months = months_between(first, add_months(first, count))
    assert (months[0], months[-1], len(months)) == (first, add_months(first, count), count + 1)
    assert all(add_months(one, 1) == next_one for one, next_one in pairwise(months))


def test_no_months_lie_between_a_month_and_one_before_it() -> None:
    assert months_between(date(2026, 11, 1), date(2026, 10, 1)) == []


def test_the_last_twelve_months_end_with_the_one_that_is_named() -> None:
    months = last_months(date(2026, 1, 1), 12)
    assert (months[0], months[-1], len(months)) == (date(2025, 2, 1), date(2026, 1, 1), 12)


def test_days_and_months_are_written_in_swedish() -> None:
    assert day_name(date(2026, 11, 1)) == "1 november 2026"
    assert [month_name(date(2026, month, 1)).split()[0][:3] for month in (1, 5, 8, 12)] == ["jan", "maj", "aug", "dec"]
