"""The worker's tasks on a site's database and clock, called as functions, with a bell that only writes down."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select

import worker.app
from models import Report
from models.month_count import dirty_slices
from tests.site import Site
from worker import tasks


class Workshop:
    """`bells` are the rings so far: a task's name with the row that it is about."""

    def __init__(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        self.site = site
        self.bells: list[tuple[str, int]] = []
        worker.app.celery.finalize()  # Celery makes its tasks at first use, which threads must not do at once.
        monkeypatch.setattr(worker.app, "_database_of", lambda _pid: site.database)
        monkeypatch.setattr(tasks, "utc_now", lambda: site.moment)
        monkeypatch.setattr(tasks, "ring", self._ring)
        monkeypatch.setattr(tasks, "quiet", lambda _task: True)

    def _ring(self, task: str, subject_id: int) -> bool:
        self.bells.append((task, subject_id))
        return True

    def sweep(self) -> list[tuple[str, int]]:
        """One tick. Returns: what it rang for."""
        self.bells.clear()
        tasks.sweep()
        return list(self.bells)

    def classify(self) -> None:
        """Classify the one report that there is."""
        tasks.classify_report(self.report().id)

    def count(self) -> None:
        """Recount what is dirty."""
        with self.site.database.read() as session:
            waiting = list(session.scalars(dirty_slices()))
        for slice_id in waiting:
            tasks.recount_slice(slice_id)

    def report(self) -> Report:
        with self.site.database.read() as session:
            return session.scalars(select(Report)).one()


def at_once(count: int, work: Callable[..., Any], *arguments: Any) -> list[Any]:
    """Do the same in several threads that start at the same moment. Raises: what any of them raises."""
    start = Barrier(count)

    def begin(_: int) -> Any:
        start.wait()
        return work(*arguments)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(begin, range(count)))
