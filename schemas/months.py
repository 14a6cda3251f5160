"""The calendar in Europe/Stockholm. A month is the date of its first day; bounds are half-open moments in UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Europe/Stockholm")
# The routine of one förbund asks that material reaches the members two weeks before they meet.
DAYS_BEFORE_MEETING = 14
NAMES = (
    *("januari", "februari", "mars", "april", "maj", "juni"),
    *("juli", "augusti", "september", "oktober", "november", "december"),
)


def local_date(moment: datetime) -> date:
    """The day it is in Sweden at a moment."""
    return moment.astimezone(LOCAL).date()


def month_of(moment: datetime) -> date:
    """The month, in Sweden, that a moment belongs to."""
    return local_date(moment).replace(day=1)


def add_months(month: date, count: int) -> date:
    """The month that lies `count` months after `month` (before it, when negative)."""
    years, index = divmod(month.year * 12 + month.month - 1 + count, 12)
    return date(years, index + 1, 1)


def months_between(first: date, last: date) -> list[date]:
    """Every month from `first` to `last`, both included; empty when `last` comes before `first`."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [add_months(first, index) for index in range(count)]


def last_months(month: date, count: int) -> list[date]:
    """The `count` months that end with `month`, oldest first."""
    return months_between(add_months(month, 1 - count), month)


def start_of_day(day: date) -> datetime:
    """The moment in UTC when a day begins in Sweden."""
    return datetime.combine(day, time.min, LOCAL).astimezone(UTC)


def month_name(month: date) -> str:
    """For example `november 2026`."""
    return f"{NAMES[month.month - 1]} {month.year}"


def day_name(day: date) -> str:
    """For example `21 november 2026`."""
    return f"{day.day} {month_name(day)}"


def pack_is_due(meeting_on: date, today: date) -> bool:
    """Whether a meeting that has not been held is so close that its pack is owed."""
    return timedelta() <= meeting_on - today <= timedelta(days=DAYS_BEFORE_MEETING)
