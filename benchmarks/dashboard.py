"""The coordinator's pages at three sizes of the database: they read prepared counts, so size should not matter."""

from __future__ import annotations

import time
from collections.abc import Sequence

import click

from benchmarks.output import percentile, print_facts, print_table
from benchmarks.scratch import Product, scratch_product
from benchmarks.visitor import Visitor

PAGES = ("/oversikt", "/avvikelser")
COORDINATORS = (("one area", "koordinator@example.org"), ("all areas", "forbund@example.org"))
WARMING = 10  # visits before the clock runs: templates are compiled and the database's pages read
HEADINGS = ("page", "reports", "p50 ms", "p95 ms", "p50 ratio", "p95 ratio")


def main(sizes: Sequence[int], visits: int, database_url: str | None) -> None:
    """Arguments: sizes - numbers of reports, rising; visits - of each page by each coordinator, one after another."""
    with scratch_product(database_url) as product:
        print_facts(product.home, product.settings.database_url)
        where, _ = product.start_web()
        measured: dict[str, list[tuple[int, float, float]]] = {}
        loaded = 0
        for number, size in enumerate(sizes):
            fill(product, size - loaded, number)
            loaded = size
            for name, times in visit(where, visits).items():
                row = (size, percentile(times, 0.5), percentile(times, 0.95))
                measured.setdefault(name, []).append(row)
    print_table(HEADINGS, [row for name, found in measured.items() for row in with_ratios(name, found)])


def fill(product: Product, reports: int, seed: int) -> None:
    """Load reports beside those that are there."""
    begun = time.monotonic()
    product.run("load-demo", "--reports", str(reports), "--seed", str(seed))
    click.echo(f"{reports} reports loaded and counted in {time.monotonic() - begun:.0f} s", err=True)


def visit(where: str, visits: int) -> dict[str, list[float]]:
    """Milliseconds of each visit, by page and coordinator; the pages take turns."""
    times: dict[str, list[float]] = {}
    for words, email in COORDINATORS:
        visitor = Visitor(where)
        visitor.sign_in(email)
        for number in range(WARMING + visits):
            for page in PAGES:
                begun = time.perf_counter()
                visitor.get(page)
                if number >= WARMING:
                    times.setdefault(f"{page}, {words}", []).append((time.perf_counter() - begun) * 1000)
    return times


def with_ratios(name: str, found: Sequence[tuple[int, float, float]]) -> list[tuple[object, ...]]:
    """The rows of one page, each with its times as multiples of those at the smallest size."""
    _, first_p50, first_p95 = found[0]
    return [(name, size, p50, p95, p50 / first_p50, p95 / first_p95) for size, p50, p95 in found]
