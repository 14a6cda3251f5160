"""Working days in Sweden, as the promises on the receipt count them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.working_days import add_working_days, due_days, is_working_day, working_days_between

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(
    ("day", "open_"),
    [
        ("2026-11-16", True),  # a Monday
        ("2026-11-21", False),  # a Saturday
        ("2026-11-22", False),  # a Sunday
        ("2026-12-24", False),  # Christmas Eve, which no law makes a holiday but every office keeps
        ("2026-12-25", False),
        ("2026-12-31", False),  # New Year's Eve
        ("2027-01-06", False),  # Epiphany, a Wednesday
        ("2027-03-26", False),  # Good Friday
        ("2027-03-29", False),  # Easter Monday
        ("2027-05-06", False),  # Ascension Day
        ("2027-06-25", False),  # Midsummer's Eve
        ("2026-06-06", False),  # the National Day, here a Saturday
        ("2028-06-06", False),  # and here a Tuesday
        ("2027-05-07", True),  # the day between, when offices are open
    ],
)
def test_offices_are_open_on_weekdays_but_not_on_swedish_holidays(day: str, open_: bool) -> None:
    assert is_working_day(date.fromisoformat(day)) is open_


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-11-16", "2026-11-23"),  # Monday to Monday
        ("2026-11-20", "2026-11-27"),  # Friday to Friday
        ("2026-11-21", "2026-11-27"),  # a Saturday is as good as the Friday before
        ("2026-12-21", "2026-12-30"),  # over Christmas: 22, 23, 28, 29, 30
        ("2026-12-22", "2027-01-04"),  # and over New Year
        ("2027-03-24", "2027-04-02"),  # over Easter
    ],
)
def test_a_review_is_promised_within_five_working_days(received: str, due: str) -> None:
    assert due_days(date.fromisoformat(received))[0] == date.fromisoformat(due)


def test_an_answer_is_promised_within_sixty_days_and_both_can_be_set() -> None:
    assert due_days(date(2026, 11, 16))[1] == date(2027, 1, 15)
    assert due_days(date(2026, 11, 16), review_days=1, answer_days=30) == (date(2026, 11, 17), date(2026, 12, 16))


@given(DAYS, st.integers(0, 30))
def test_counting_the_days_between_undoes_adding_them(day: date, count: int) -> None:
    due = add_working_days(day, count)
    assert working_days_between(day, due) == count
    assert count == 0 or is_working_day(due)


@given(DAYS, st.integers(0, 60), st.integers(0, 60))
def test_days_between_add_up(first: date, some: int, more: int) -> None:
    middle, last = first + timedelta(days=some), first + timedelta(days=some + more)
    assert working_days_between(first, middle) + working_days_between(middle, last) == working_days_between(first, last)


def test_no_working_day_lies_between_a_day_and_one_before_it() -> None:
    assert working_days_between(date(2026, 11, 20), date(2026, 11, 16)) == 0
