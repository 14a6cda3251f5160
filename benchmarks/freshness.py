"""From the receipt to the counts: how long until a report is classified and its slice counted, seen from outside."""

from __future__ import annotations

import math
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import select

from benchmarks import load
from benchmarks.output import percentile, print_facts, print_table
from benchmarks.posts import FormPoster
from benchmarks.scratch import Product, scratch_product
from benchmarks.submit import check_answers
from models.base import Database
from models.month_count import Slice
from models.report import Report

POLL = 0.01  # seconds between two looks into the database; no figure is finer than this
PATIENCE = 60  # seconds after the last post until what is not counted is given up
OUT_OF_ORDER = 200  # PostgreSQL may show a row after one with a higher id


def main(seconds: float, rate: float, idle_posts: int, database_url: str | None) -> None:
    """Arguments: seconds and rate - the steady load; idle_posts - posts sent one by one before it."""
    with scratch_product(database_url) as product:
        print_facts(product.home, product.settings.database_url)
        product.start_valkey()
        product.start_workers()
        where, _ = product.start_web()
        load.run(load.steady(where, product.settings, 1, 2))  # The worker loads its model at the first report.
        rows = [
            ("idle, one by one", *measure(product, lambda: _one_by_one(product, where, idle_posts))),
            (f"{rate:g} posts/s for {seconds:g} s", *measure(product, lambda: _steady(product, where, seconds, rate))),
        ]
    print_table(("post answered to counted", "posts", "p50 s", "p95 s", "max s", "never"), rows)


def _one_by_one(product: Product, where: str, posts: int) -> list[load.Answer]:
    """About one post a second, at no fixed distance, so that no rhythm of the worker is hit or missed each time."""
    poster = FormPoster(where, product.settings, 0)
    dice = random.Random(1)
    answers = []
    for _ in range(posts):
        body = poster.prepare()
        begun = time.monotonic()
        status, reference = poster.send(body)
        answers.append(load.Answer(begun, time.monotonic(), status, reference))
        time.sleep(0.5 + dice.random())
    return answers


def _steady(product: Product, where: str, seconds: float, rate: float) -> list[load.Answer]:
    return load.run(load.steady(where, product.settings, seconds, rate))


def measure(product: Product, send: Callable[[], Sequence[load.Answer]]) -> tuple[int, float, float, float, int]:
    """Posts, p50, p95 and maximum in seconds, and how many were not counted within the patience."""
    with watching(product.settings.database_url) as watch:
        answers = send()
        check_answers(answers, FormPoster.expected)
        watch.wait_for(len(answers))
    taken = [watch.fresh_at[one.reference] - one.ended for one in answers if one.reference in watch.fresh_at]
    never = len(answers) - len(taken)
    return len(answers), percentile(taken, 0.5), percentile(taken, 0.95), max(taken, default=math.nan), never


@dataclass
class Watch:
    """Looks into the database again and again. `fresh_at` is the moment when a report was first seen both
    classified and counted, by reference; in seconds of the monotonic clock."""

    database: Database
    last_id: int = 0
    fresh_at: dict[str, float] = field(default_factory=dict)
    targets: dict[str, int] = field(default_factory=dict)
    stopped: bool = False

    def work(self) -> None:
        while not self.stopped:
            self.look()
            time.sleep(POLL)

    def look(self) -> None:
        """A slice's counts hold a report when they are of the mark that its classification made, or of a later one.
        That mark is not known from outside; the one seen at first sight is the same or later, never earlier."""
        columns = (Report.id, Report.reference, Report.classified_at, Slice.marked, Slice.counted)
        here = (Slice.area_id == Report.area_id) & (Slice.month == Report.month)
        with self.database.read() as session:
            rows = session.execute(select(*columns).join(Slice, here).where(Report.id > self.last_id)).all()
        moment = time.monotonic()
        for _, reference, classified_at, marked, counted in rows:
            if classified_at is None or reference in self.fresh_at:
                continue
            if counted >= self.targets.setdefault(reference, marked):
                self.fresh_at[reference] = moment
        self._advance([(row.id, row.reference) for row in rows])

    def _advance(self, rows: list[tuple[int, str]]) -> None:
        """Look no more at rows that all are fresh."""
        waiting = [number for number, reference in rows if reference not in self.fresh_at]
        newest = max((number for number, _ in rows), default=self.last_id)
        self.last_id = max(self.last_id, min([*waiting, newest + 1 - OUT_OF_ORDER]) - 1)

    def wait_for(self, count: int) -> None:
        until = time.monotonic() + PATIENCE
        while len(self.fresh_at) < count and time.monotonic() < until:
            time.sleep(POLL)


@contextmanager
def watching(database_url: str) -> Iterator[Watch]:
    """Watch the reports that come from now on, in a thread of its own."""
    database = Database(database_url)
    with database.read() as session:
        newest = session.scalar(select(Report.id).order_by(Report.id.desc()).limit(1)) or 0
    watch = Watch(database, newest)
    thread = threading.Thread(target=watch.work)
    thread.start()
    try:
        yield watch
    finally:
        watch.stopped = True
        thread.join()
        database.dispose()
