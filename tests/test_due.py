"""What is owed follows from the date and from what is there: nothing is remembered, nothing is missed or doubled."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from models import Forum, Meeting, Outbox, Summary
from models.outbox import Task
from models.summary import SummaryKind
from schemas.months import LOCAL, add_months
from tests.site import Site
from tests.workshop import Workshop, at_once
from worker import tasks
from worker.due import due_meetings, due_months

ACTIVE = date(2026, 10, 1)


@pytest.fixture
def shop(site: Site, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    return Workshop(site, monkeypatch)


@pytest.mark.parametrize(
    ("today", "months"),
    [
        ("2026-10-01", []),
        ("2026-10-31", []),
        ("2026-11-01", ["2026-10-01"]),
        ("2026-11-30", ["2026-10-01"]),
        ("2026-12-31", ["2026-10-01", "2026-11-01"]),
        ("2027-01-01", ["2026-10-01", "2026-11-01", "2026-12-01"]),
        ("2026-09-30", []),
    ],
)
def test_a_month_is_owed_from_the_first_day_after_it(today: str, months: list[str]) -> None:
    assert due_months(ACTIVE, date.fromisoformat(today)) == [date.fromisoformat(month) for month in months]


def test_on_four_hundred_days_in_a_row_each_closed_month_is_owed_once_and_stays_owed() -> None:
    before: list[date] = []
    for offset in range(400):
        today = ACTIVE + timedelta(days=offset)
        owed = due_months(ACTIVE, today)
        assert owed[: len(before)] == before
        assert len(owed) - len(before) == (today.day == 1 and offset > 0)
        assert all(add_months(month, 1) <= today for month in owed)
        before = owed
    assert len(before) == 13


def test_a_pack_is_owed_from_fourteen_days_before_the_meeting_until_it_is_held() -> None:
    meeting = date(2026, 12, 12)
    owed = [offset for offset in range(-400, 400) if due_meetings([meeting], meeting - timedelta(days=offset))]
    assert owed == list(range(15))


def test_two_meetings_on_one_day_get_one_pack() -> None:
    days = [date(2026, 12, 12), date(2026, 12, 1), date(2026, 12, 12)]
    assert due_meetings(days, date(2026, 11, 30)) == [date(2026, 12, 1), date(2026, 12, 12)]


def summaries(site: Site) -> list[tuple[str, date, int]]:
    """Kind, period and version of all summaries of one forum."""
    with site.database.read() as session:
        query = select(Summary).join(Forum).where(Forum.code == "lsg-savsjo").order_by(Summary.period, Summary.version)
        return [(summary.kind.value, summary.period, summary.version) for summary in session.scalars(query)]


def add_meeting(site: Site, starts_at: datetime) -> int:
    with site.database.write() as session:
        forum_id = session.scalars(select(Forum.id).where(Forum.code == "lsg-savsjo")).one()
        meeting = Meeting(forum_id=forum_id, starts_at=starts_at)
        session.add(meeting)
        session.flush()
        return meeting.id


@pytest.mark.parametrize(("utc", "count"), [("2026-10-31T22:59:59", 0), ("2026-10-31T23:00:00", 1)])
def test_the_first_of_the_month_begins_at_midnight_in_sweden(shop: Workshop, utc: str, count: int) -> None:
    shop.site.moment = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    shop.sweep()
    assert len(summaries(shop.site)) == count


def test_each_forum_gets_its_month_once_however_many_ticks_and_beats(shop: Workshop) -> None:
    for _ in range(3):
        at_once(4, tasks.sweep)
    with shop.site.database.read() as session:
        forums = session.scalar(select(func.count()).select_from(Forum))
        orders = session.scalar(select(func.count()).where(Outbox.task == Task.BUILD_SUMMARY))
    assert shop.site.count(Summary) == orders == forums
    assert summaries(shop.site) == [("monthly", date(2026, 10, 1), 1)]


def test_a_beat_that_was_away_over_the_first_orders_what_it_missed(shop: Workshop) -> None:
    shop.site.moment = datetime(2027, 2, 17, 9, tzinfo=UTC)
    shop.sweep()
    months = [date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)]
    assert summaries(shop.site) == [("monthly", month, 1) for month in months]


def test_a_new_order_is_rung_for_in_the_same_tick(shop: Workshop) -> None:
    rung = {subject_id for task, subject_id in shop.sweep() if task == Task.BUILD_SUMMARY.value}
    with shop.site.database.read() as session:
        assert rung == set(session.scalars(select(Summary.id)))


def test_a_clock_that_is_set_back_takes_nothing_away_and_orders_nothing_twice(shop: Workshop) -> None:
    shop.site.moment = datetime(2026, 12, 1, 0, 30, tzinfo=UTC)
    shop.sweep()
    ordered = summaries(shop.site)
    for hours in (-2, 2, -48, 48):
        shop.site.advance(hours=hours)
        shop.sweep()
    assert summaries(shop.site) == ordered


def test_a_meeting_gets_its_pack_two_weeks_before_in_swedish_days(shop: Workshop) -> None:
    starts_at = datetime(2026, 12, 12, 0, 30, tzinfo=LOCAL)  # the evening before, by the clock in UTC
    add_meeting(shop.site, starts_at.astimezone(UTC))
    shop.site.moment = datetime(2026, 11, 27, 22, 59, tzinfo=UTC)
    shop.sweep()
    assert ("meeting", date(2026, 12, 12), 1) not in summaries(shop.site)
    shop.site.advance(minutes=1)
    for _ in range(3):
        shop.sweep()
    assert summaries(shop.site).count(("meeting", date(2026, 12, 12), 1)) == 1


def test_a_cancelled_meeting_and_one_that_was_held_get_no_pack(shop: Workshop) -> None:
    cancelled = add_meeting(shop.site, shop.site.moment + timedelta(days=5))
    add_meeting(shop.site, shop.site.moment - timedelta(days=2))
    with shop.site.database.write() as session:
        session.execute(update(Meeting).where(Meeting.id == cancelled).values(cancelled_at=shop.site.moment))
    shop.sweep()
    assert [kind for kind, _, _ in summaries(shop.site)] == [SummaryKind.MONTHLY.value]


def test_a_forum_that_joins_later_is_owed_nothing_for_the_months_before(shop: Workshop) -> None:
    with shop.site.database.write() as session:
        session.execute(update(Forum).where(Forum.code == "lsg-savsjo").values(active_from=date(2026, 12, 1)))
    shop.site.moment = datetime(2027, 1, 1, 12, tzinfo=UTC)
    shop.sweep()
    assert summaries(shop.site) == [("monthly", date(2026, 12, 1), 1)]
