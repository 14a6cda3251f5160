"""What waits too long is rung for again; what stops says so; and nobody rings where enough bells hang."""

from __future__ import annotations

from datetime import timedelta

import pytest
from celery import Celery
from sqlalchemy import select, update

import worker.app
from models.base import Database
from models.outbox import MAX_ATTEMPTS, Outbox, Task, forgive, lock, overdue, renew, try_again
from tests.site import MONDAY
from worker.sweep import helpful, waiting


@pytest.mark.parametrize(
    ("task", "taken_seconds_ago", "rung"),
    [
        (Task.CLASSIFY_REPORT, 9, False),
        (Task.CLASSIFY_REPORT, 11, True),
        (Task.BUILD_SUMMARY, 9, False),
        (Task.BUILD_SUMMARY, 11, True),
        (Task.BUILD_SUMMARY, None, True),
    ],
)
def test_work_is_rung_for_when_whoever_took_it_has_surely_died(
    database: Database, task: Task, taken_seconds_ago: int | None, rung: bool
) -> None:
    taken = None if taken_seconds_ago is None else MONDAY - timedelta(seconds=taken_seconds_ago)
    with database.write() as session:
        created = MONDAY - timedelta(hours=1)
        session.add(Outbox(task=task, subject_id=1, created_at=created, attempted_at=taken, attempts=1 if taken else 0))
    with database.read() as session:
        assert [row.subject_id for row in session.scalars(overdue(MONDAY))] == ([1] if rung else [])


def test_what_failed_too_often_waits_for_a_person(database: Database) -> None:
    with database.write() as session:
        created = MONDAY - timedelta(hours=1)
        session.add(Outbox(task=Task.CLASSIFY_REPORT, subject_id=1, created_at=created, attempts=MAX_ATTEMPTS))
    with database.read() as session:
        assert session.scalars(overdue(MONDAY)).all() == []


def test_what_broke_off_is_rung_for_one_by_one(database: Database) -> None:
    """What kills whoever reads it takes nobody along a second time: each queue gets one suspect at a tick."""
    facts = [  # task, seconds since the last sign, attempts, fault
        (Task.CLASSIFY_REPORT, 20, 1, ""),
        (Task.CLASSIFY_REPORT, 40, 2, ""),
        (Task.CLASSIFY_REPORT, 30, 1, ""),
        (Task.CLASSIFY_REPORT, 60, 1, "ValueError"),
        (Task.CLASSIFY_REPORT, 60, 0, ""),
        (Task.BUILD_SUMMARY, 20, 1, ""),
        (Task.DELIVER, 30, 1, ""),
    ]
    with database.write() as session:
        for number, (task, seconds, attempts, fault) in enumerate(facts):
            sign = MONDAY - timedelta(seconds=seconds)
            tried = {"attempted_at": sign if attempts else None, "attempts": attempts, "fault": fault}
            session.add(Outbox(task=task, subject_id=number, created_at=sign, **tried))
    with database.read() as session:
        assert {number for _, number in waiting(session, MONDAY)} == {1, 3, 4, 6}


@pytest.fixture
def job(database: Database) -> Database:
    """A job that was taken a minute ago."""
    with database.write() as session:
        past = MONDAY - timedelta(minutes=1)
        session.add(Outbox(task=JOB, subject_id=1, created_at=past, attempted_at=past, attempts=1))
    return database


JOB = Task.CLASSIFY_REPORT


def row_of(database: Database) -> Outbox:
    with database.read() as session:
        return session.scalars(select(Outbox)).one()


def test_whoever_says_that_work_goes_on_is_not_rung_for(job: Database) -> None:
    with job.write() as session:
        renew(session, JOB, 1, MONDAY)
    with job.read() as session:
        assert session.scalars(overdue(MONDAY)).all() == []


def test_an_attempt_that_was_none_is_taken_back_and_never_below_nothing(job: Database) -> None:
    for _ in range(2):
        with job.write() as session:
            forgive(session, JOB, 1)
    assert row_of(job).attempts == 0


def test_a_job_that_stopped_waits_anew_when_it_is_asked_for_and_asking_twice_changes_nothing(job: Database) -> None:
    with job.write() as session:
        session.execute(update(Outbox).values(attempts=MAX_ATTEMPTS, fault="ValueError"))
    for moment in (MONDAY, MONDAY + timedelta(minutes=1)):
        with job.write() as session:
            try_again(session, JOB, 1, moment)
    row = row_of(job)
    assert (row.attempts, row.fault, row.created_at) == (0, "", MONDAY)


def test_a_row_that_somebody_finishes_just_now_is_left_out(postgres_database_url: str) -> None:
    database = Database(postgres_database_url)
    with database.write() as session:
        session.add_all(Outbox(task=JOB, subject_id=one, created_at=MONDAY - timedelta(hours=1)) for one in (1, 2))
    with database.write() as finishing:
        lock(finishing, JOB, 1)
        with database.write() as session:
            assert [row.subject_id for row in session.scalars(overdue(MONDAY))] == [2]
    database.dispose()


def test_nobody_rings_where_enough_bells_hang() -> None:
    asked: list[str] = []

    def quiet(task: str) -> bool:
        asked.append(task)
        return task != "deliver"

    bells = [("deliver", 1), ("classify_report", 2), ("deliver", 3), ("classify_report", 4)]
    assert list(helpful(bells, quiet)) == [("classify_report", 2), ("classify_report", 4)]
    assert asked == ["deliver", "classify_report"]


def test_a_full_queue_is_seen_in_the_broker_itself(valkey: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asking = Celery(broker=valkey, set_as_current=False)
    asking.conf.update(task_default_queue="nobody", task_routes={"count": {"queue": "nobody"}})
    monkeypatch.setattr(worker.app, "celery", asking)
    monkeypatch.setitem(worker.app.ROUTES, "count", {"queue": "nobody"})
    monkeypatch.setattr(worker.app, "ENOUGH_BELLS", 3)
    heard = []
    for _ in range(4):
        heard.append(worker.app.quiet("count"))
        asking.send_task("count")
    assert heard == [True, True, True, False]
    asking.close()


def test_a_broker_that_is_away_is_not_called_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker.app, "celery", Celery(broker="redis://127.0.0.1:1", set_as_current=False))
    assert worker.app.quiet("classify_report")
