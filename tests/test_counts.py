"""The counts equal a naive count of the rows, however often, in whatever order and by however many they are made."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, func, select, update

from commands.recount import command
from models import MonthAboutCount, MonthCategoryCount, MonthCount, MonthPairCount, Report, Slice
from models.base import Base
from models.month_count import mark_slice
from models.report import UNCOUNTED, ReportKind, ReportState
from tests.site import Site
from tests.workshop import Workshop, at_once
from worker import tasks
from worker.recount import COUNTS

Counts = dict[tuple[Any, ...], tuple[int, int, int]]


def naive(site: Site, *names: str) -> Counts:
    """Reports, those that wait, and good examples, by area, month and more; counted one by one."""
    reports: Counter[Any] = Counter()
    awaiting: Counter[Any] = Counter()
    good: Counter[Any] = Counter()
    with site.database.read() as session:
        for report in session.scalars(select(Report).where(Report.state.not_in(UNCOUNTED))):
            key = tuple(getattr(report, name) for name in ("area_id", "month", *names))
            deviation = report.kind is ReportKind.DEVIATION
            reports[key] += deviation
            awaiting[key] += deviation and report.state is ReportState.RECEIVED
            good[key] += not deviation
    return {key: (reports[key], awaiting[key], good[key]) for key in reports}


def stored(site: Site, table: Any, *names: str) -> Counts:
    """The same as the tables of counts tell it."""
    keys = [getattr(table, name) for name in ("area_id", "month", *names)]
    with site.database.read() as session:
        rows = session.execute(select(*keys, table.reports, table.awaiting, table.good))
        return {tuple(row[:-3]): (row[-3], row[-2], row[-1]) for row in rows}


def assert_right(site: Site) -> None:
    pair = ("from_unit_id", "about_unit_id")
    assert stored(site, MonthCount, *pair, "category") == naive(site, *pair, "category")
    assert stored(site, MonthPairCount, *pair) == naive(site, *pair)
    assert stored(site, MonthAboutCount, "about_unit_id") == naive(site, "about_unit_id")
    assert stored(site, MonthCategoryCount, "category") == naive(site, "category")


def change_some(site: Site, dice: random.Random) -> None:
    """People and the machine decide about some reports, and mark the slices that they touch."""
    with site.database.write() as session:
        for report in session.scalars(select(Report)).all():
            if dice.random() < 0.3:
                report.state = dice.choice(list(ReportState))
                report.category = dice.choice(["rules", "handover", "resources"])
                report.kind = dice.choice(list(ReportKind))
                mark_slice(session, report.area_id, report.month)


@pytest.fixture
def recount_command(site_url: str, site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Callable[[], str]:
    """Runs `./lexheller recount` on the site's database. Gives what it prints."""
    monkeypatch.setenv("LEXHELLER_DATABASE_URL", site_url)
    monkeypatch.setenv("LEXHELLER_HOME", str(tmp_path))

    def run() -> str:
        result = CliRunner().invoke(command, catch_exceptions=False)
        assert result.exit_code == 0
        return result.output

    return run


@pytest.mark.parametrize("seed", [1, 2])
def test_a_recount_equals_a_naive_count_after_every_change(site: Site, seed: int) -> None:
    dice = random.Random(seed)
    site.add_reports(80, seed)
    assert_right(site)
    for _ in range(3):
        change_some(site, dice)
        site.recount()
        assert_right(site)


def test_counting_twice_changes_nothing(site: Site) -> None:
    site.add_reports(40)
    with site.database.write() as session:
        session.execute(update(Slice).values(marked=Slice.marked + 1))
    before = stored(site, MonthCount, "from_unit_id", "about_unit_id", "category")
    site.recount()
    site.recount()
    assert stored(site, MonthCount, "from_unit_id", "about_unit_id", "category") == before


def test_a_slice_whose_last_report_is_gone_counts_nothing(site: Site) -> None:
    site.sign_in("reporter").file_report()
    site.recount()
    with site.database.write() as session:
        report = session.scalars(select(Report)).one()
        mark_slice(session, report.area_id, report.month)
        report.state = ReportState.WITHDRAWN
    site.recount()
    assert [site.count(table) for table in COUNTS] == [0, 0, 0, 0]


def test_counting_in_four_threads_while_reports_come_in_loses_none(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of the threads file reports, half count; in the end one more count finds everything."""
    shop = Workshop(site, monkeypatch)
    dice = iter(range(1000))

    def work() -> None:
        turn = next(dice)
        for step in range(8):
            if turn % 2:
                shop.count()
            else:
                site.add_reports(1, seed=turn * 100 + step + 1)

    at_once(4, work)
    shop.count()
    assert site.count(Report) == 16
    assert_right(site)


def test_one_slice_counted_in_four_threads_is_right(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    Workshop(site, monkeypatch)
    site.add_reports(30)
    with site.database.write() as session:
        session.execute(update(Slice).values(marked=Slice.marked + 1))
        slice_id = session.scalars(select(Slice.id).limit(1)).one()
    at_once(4, tasks.recount_slice, slice_id)
    assert_right(site)


def test_the_command_changes_nothing_when_all_is_right(site: Site, recount_command: Callable[[], str]) -> None:
    site.add_reports(40)
    assert "0 numbers changed" in recount_command()
    assert_right(site)


def test_the_command_mends_tampered_lost_and_invented_counts(site: Site, recount_command: Callable[[], str]) -> None:
    site.add_reports(40)
    with site.database.write() as session:
        row = session.scalars(select(MonthCount).limit(1)).one()
        row.reports += 5
        margin = session.scalars(select(MonthCategoryCount).limit(1)).one()
        margin.awaiting += 1
        pair = session.scalars(select(MonthPairCount).limit(1)).one()
        session.delete(pair)
    assert "3 numbers changed" in recount_command()
    assert_right(site)


def test_the_command_counts_slices_that_nobody_ever_marked(site: Site, recount_command: Callable[[], str]) -> None:
    site.add_reports(40)
    tables: tuple[type[Base], ...] = (*COUNTS, Slice)
    with site.database.write() as session:
        for table in tables:
            session.execute(delete(table))
    recount_command()
    assert_right(site)
    with site.database.read() as session:
        assert session.scalar(select(func.count()).where(Slice.marked != Slice.counted)) == 0
