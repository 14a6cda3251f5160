"""Tasks may come twice, at once, too late or never: one suggestion, right counts, and a person's word stands."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from celery import Celery
from sqlalchemy import select, update

import worker.app
import worker.recount
import worker.tasks
from models import Classification, Draft, Heartbeat, MonthCount, Outbox, Report, SignIn, Slice
from models.draft import KEPT
from models.month_count import mark_slice
from models.outbox import MAX_ATTEMPTS, PATIENCE, stuck
from models.report import ReportState
from tests.site import Site, report_answers
from tests.workshop import Workshop, at_once
from worker import tasks

Bell = tuple[str, int]


@pytest.fixture
def shop(site: Site, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    return Workshop(site, monkeypatch)


@pytest.fixture
def filed(shop: Workshop) -> Workshop:
    """One report waits."""
    shop.site.sign_in("reporter").file_report()
    return shop


def outcome(shop: Workshop) -> tuple[int, int, str]:
    """Suggestions, waiting rows, and the category that counts."""
    return shop.site.count(Classification), shop.site.count(Outbox), shop.report().category


def test_a_report_gets_one_suggestion_and_its_slice_is_rung_for(filed: Workshop) -> None:
    filed.classify()
    with filed.site.database.read() as session:
        suggestion = session.scalars(select(Classification)).one()
        expected = "unassessed" if suggestion.abstained else suggestion.category
        slice_id = session.scalars(select(Slice.id)).one()
    assert outcome(filed) == (1, 0, expected)
    assert 0 <= suggestion.confidence <= 1
    assert filed.bells == [("recount_slice", slice_id)]


def test_classifying_twice_changes_nothing(filed: Workshop) -> None:
    filed.classify()
    first = outcome(filed)
    filed.classify()
    assert outcome(filed) == first


def test_classifying_in_four_threads_at_once_gives_one_suggestion(filed: Workshop) -> None:
    at_once(4, tasks.classify_report, filed.report().id)
    assert outcome(filed)[:2] == (1, 0)
    filed.count()
    assert counted(filed.site) == 1


def counted(site: Site) -> int:
    """All reports by the counts."""
    with site.database.read() as session:
        return sum(session.scalars(select(MonthCount.reports)))


def test_a_bell_for_something_that_is_gone_is_no_fault(shop: Workshop) -> None:
    tasks.classify_report(4711)
    tasks.recount_slice(4711)
    tasks.build_summary(4711)
    assert shop.bells == []


def test_a_persons_decision_is_never_overwritten(filed: Workshop) -> None:
    with filed.site.database.write() as session:
        session.execute(update(Report).values(state=ReportState.IN_REVIEW, category="resources"))
    filed.classify()
    assert outcome(filed) == (1, 0, "resources")


def test_a_decision_made_while_the_machine_reads_wins(filed: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_slowly(report: Report) -> Any:
        found = original(report)
        with filed.site.database.write() as session:
            session.execute(update(Report).values(state=ReportState.CLOSED, category="resources"))
        return replace(found, category="handover", abstain=False)

    original = worker.tasks.suggest  # type: ignore[attr-defined]
    monkeypatch.setattr(tasks, "suggest", read_slowly)
    filed.classify()
    assert outcome(filed) == (1, 0, "resources")


def test_a_poison_row_is_tried_three_times_and_then_shown_while_others_go_on(
    filed: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    poisoned = filed.report().id

    def choke(report: Report) -> Any:
        if report.id == poisoned:
            raise ValueError("the text cannot be read")
        return original(report)

    original = worker.tasks.suggest  # type: ignore[attr-defined]
    monkeypatch.setattr(tasks, "suggest", choke)
    for _ in range(MAX_ATTEMPTS + 2):
        tasks.classify_report.apply(args=(poisoned,))
    filed.site.sign_in("reporter").file_report()
    tasks.classify_report.apply(args=(poisoned + 1,))
    with filed.site.database.read() as session:
        row = session.scalars(stuck()).one()
        assert session.scalars(select(Classification.report_id)).all() == [poisoned + 1]
    assert (row.subject_id, row.attempts, row.fault) == (poisoned, MAX_ATTEMPTS, "ValueError")
    filed.site.advance(hours=1)
    assert ("classify_report", poisoned) not in filed.sweep()
    assert "något kräver granskning" in filed.site.visitor().get("/halsa").text


def test_the_sweep_rings_again_for_what_nobody_took_in_time(filed: Workshop) -> None:
    bell: Bell = ("classify_report", filed.report().id)
    filed.site.moment += PATIENCE - timedelta(seconds=1)
    assert bell not in filed.sweep()
    filed.site.advance(seconds=1)
    assert bell in filed.sweep()
    with filed.site.database.write() as session:
        session.execute(update(Outbox).values(attempted_at=filed.site.moment, attempts=1))
    assert bell not in filed.sweep()
    filed.site.moment += PATIENCE
    assert bell in filed.sweep()


def test_the_sweep_rings_for_slices_that_wait_until_they_are_counted(filed: Workshop) -> None:
    assert [task for task, _ in filed.sweep()].count("recount_slice") == 1
    filed.count()
    assert [task for task, _ in filed.sweep()].count("recount_slice") == 0


def test_the_sweep_leaves_a_sign_of_life(shop: Workshop) -> None:
    for _ in range(2):
        shop.site.advance(seconds=15)
        shop.sweep()
        tasks.sign_of_life()
        with shop.site.database.read() as session:
            assert session.scalars(select(Heartbeat.seen_at)).all() == [shop.site.moment] * 2
    assert "har inte hörts av" not in shop.site.visitor().get("/halsa").text
    shop.site.advance(minutes=3)
    assert "har inte hörts av" in shop.site.visitor().get("/halsa").text


def test_the_sweep_deletes_old_drafts_and_sign_ins_and_no_others(shop: Workshop) -> None:
    site = shop.site
    old = site.sign_in("reporter")
    old.post("/rapportera", data=report_answers() | old.tokens() | {"do": "draft"})
    site.moment += KEPT - timedelta(seconds=1)
    shop.sweep()
    assert (site.count(Draft), site.count(SignIn)) == (1, 0)
    fresh = site.sign_in("colleague")
    site.advance(seconds=1)
    shop.sweep()
    assert (site.count(Draft), site.count(SignIn)) == (0, 1)
    assert fresh.get("/mina-rapporter").status_code == 200


def test_a_broker_that_is_away_fails_no_task(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker.app, "_database_of", lambda _pid: site.database)
    away = Celery(broker="redis+socket:///no/such/socket", set_as_current=False)
    away.conf.broker_transport_options = {"max_retries": 0}  # so that the test need not wait as a worker does
    monkeypatch.setattr(worker.app, "celery", away)
    site.sign_in("reporter").file_report()
    tasks.classify_report(site.only_report().id)
    tasks.sweep()
    assert (site.count(Classification), site.count(Heartbeat)) == (1, 1)


def test_a_slice_that_is_marked_while_it_is_counted_is_counted_again(
    filed: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second report is stored after the count has looked, and before it has written what it saw."""
    looked, site = threading.Event(), filed.site
    original = worker.recount.count_reports

    def look_slowly(*arguments: Any) -> Any:
        cells = original(*arguments)
        looked.set()
        marking.join(0.5)  # It cannot end: this count holds the slice. So it is waited for no longer than this.
        return cells

    def mark() -> None:
        assert looked.wait(10)
        with site.database.write() as session:
            session.execute(update(Report).values(category="handover"))
            report = session.scalars(select(Report)).one()
            mark_slice(session, report.area_id, report.month)

    monkeypatch.setattr(worker.recount, "count_reports", look_slowly)
    marking = threading.Thread(target=mark)
    marking.start()
    filed.count()
    marking.join()
    filed.count()
    with site.database.read() as session:
        assert session.scalars(select(MonthCount.category)).all() == ["handover"]
