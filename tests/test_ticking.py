"""Beat counts by a clock that nobody can set, and starts anew without a memory."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import literal, select

from models.base import UtcDateTime, utc_now
from models.clock import reached
from models.outbox import PATIENCE, Outbox, Task, overdue
from tests.site import MONDAY, Site
from worker import ticking
from worker.app import SECONDS_BETWEEN_TICKS, celery


def test_beat_is_due_by_its_own_clock_whatever_the_other_says(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = ticking.SteadyScheduler.Entry(name="sweep", app=celery, **celery.conf.beat_schedule["sweep"])
    monkeypatch.setattr(celery, "now", lambda: utc_now() - timedelta(hours=2))
    assert not entry.is_due()[0]
    assert entry.is_due()[1] <= SECONDS_BETWEEN_TICKS
    begun = ticking._monotonic
    monkeypatch.setattr(ticking, "_monotonic", begun - SECONDS_BETWEEN_TICKS - 1)
    assert entry.is_due()[0]


def test_the_worker_app_asks_for_this_beat() -> None:
    assert celery.conf.beat_scheduler == f"{ticking.__name__}:{ticking.SteadyScheduler.__name__}"


@pytest.mark.parametrize(("hours", "come"), [(-1, True), (0, True), (0.5, False), (1, False), (1.1, True), (26, True)])
def test_a_moment_further_ahead_than_anybody_would_put_it_counts_as_come(site: Site, hours: float, come: bool) -> None:
    moment = literal(MONDAY + timedelta(hours=hours), UtcDateTime)
    with site.database.read() as session:
        assert bool(session.scalar(select(reached(moment, MONDAY, timedelta(hours=1))))) is come


def test_a_job_that_was_ordered_at_a_wrong_time_is_rung_for_at_the_right_one(site: Site) -> None:
    with site.database.write() as session:
        session.add(Outbox(task=Task.CLASSIFY_REPORT, subject_id=1, created_at=MONDAY + timedelta(hours=2)))
        session.add(Outbox(task=Task.CLASSIFY_REPORT, subject_id=2, created_at=MONDAY + PATIENCE / 2))
    with site.database.write() as session:
        assert [job.subject_id for job in session.scalars(overdue(MONDAY))] == [1]
