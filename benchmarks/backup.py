"""Backup and restore at several sizes of the database, and a scrape of /metrics: how long each takes, on which disk.

The time to restore is what a person waits for from the command to its last line, with every row checked.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlalchemy.engine import make_url

from backup import folder, restoring
from benchmarks.output import print_facts, print_table
from benchmarks.scratch import Product, run_on, scratch_product
from benchmarks.visitor import Visitor
from models.base import utc_now

HEADINGS = ("database", "reports", "rows", "backup s", "MB", "restore s", "metrics ms")
Result = TypeVar("Result")


def main(sizes: Sequence[int], database_url: str | None) -> None:
    """Arguments: sizes - numbers of reports."""
    rows = []
    for size in sizes:
        with scratch_product(database_url) as product:
            if size == sizes[0]:
                print_facts(product.home, product.settings.database_url)
            product.run("load-demo", "--reports", str(size))
            rows.append(measure(product, size))
    print_table(HEADINGS, rows)


def measure(product: Product, size: int) -> tuple[object, ...]:
    url = product.settings.database_url
    (path, manifest), making = timed(lambda: folder.make(url, product.settings.backups, utc_now()))
    restored, restoring_it = timed(lambda: restoring.restore(url, path, utc_now()))
    if folder.kind_of(url) == "postgresql":
        run_on(url, f'DROP DATABASE "{restored.aside}"')
    return (
        make_url(url).get_backend_name(),
        size,
        sum(manifest.rows.values()),
        making,
        path.stat().st_size / 1e6,
        restoring_it,
        scrape(product) * 1000,
    )


def scrape(product: Product) -> float:
    """Seconds of the quickest of five scrapes."""
    visitor = Visitor(product.start_web()[0])
    return min(timed(lambda: visitor.get("/metrics"))[1] for _ in range(5))


def timed(work: Callable[[], Result]) -> tuple[Result, float]:
    """What the work gives, and the seconds that it took."""
    begun = time.perf_counter()
    result = work()
    return result, time.perf_counter() - begun
