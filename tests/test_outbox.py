"""What waits too long is rung for again, each kind of work with its own patience."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.base import Database
from models.outbox import MAX_ATTEMPTS, Outbox, Task, overdue
from tests.site import MONDAY


@pytest.mark.parametrize(
    ("task", "taken_seconds_ago", "rung"),
    [
        (Task.CLASSIFY_REPORT, 29, False),
        (Task.CLASSIFY_REPORT, 31, True),
        (Task.BUILD_SUMMARY, 31, False),
        (Task.BUILD_SUMMARY, 201, True),
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
