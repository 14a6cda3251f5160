"""The coordinator's pages at several sizes of the database: they read prepared counts, so size should not matter.

Every size has a product of its own, and visits go to each of them in turn: a busy moment of the machine falls on all
sizes alike, and the ratios can be trusted even where the times cannot.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack

import click

from benchmarks.output import percentile, print_facts, print_table
from benchmarks.scratch import Product, scratch_product
from benchmarks.visitor import Visitor

PAGES = ("/oversikt", "/avvikelser")
COORDINATORS = (("one area", "koordinator@example.org"), ("all areas", "forbund@example.org"))
WARMING = 10  # visits before the clock runs: templates are compiled and the database's pages read
HEADINGS = ("page", "reports", "p50 ms", "p95 ms", "p50 ratio", "p95 ratio")
Times = dict[str, dict[int, list[float]]]


def main(sizes: Sequence[int], visits: int, database_url: str | None) -> None:
    """Arguments: sizes - numbers of reports, rising; visits - of each page by each coordinator, one after another."""
    with ExitStack() as stack:
        products = {size: stack.enter_context(scratch_product(database_url)) for size in sizes}
        smallest = products[sizes[0]]
        print_facts(smallest.home, smallest.settings.database_url)
        for size, product in products.items():
            fill(product, size)
        times = visit({size: product.start_web()[0] for size, product in products.items()}, visits)
    print_table(HEADINGS, [row for name, found in times.items() for row in with_ratios(name, found)])


def fill(product: Product, reports: int) -> None:
    """Load fictitious reports."""
    begun = time.monotonic()
    product.run("load-demo", "--reports", str(reports))
    click.echo(f"{reports} reports loaded and counted in {time.monotonic() - begun:.0f} s", err=True)


def visit(sites: dict[int, str], visits: int) -> Times:
    """Milliseconds of each visit, by page and coordinator and by size; `sites` are host and port by size."""
    times: Times = defaultdict(lambda: defaultdict(list))
    for words, email in COORDINATORS:
        visitors = {size: Visitor(where) for size, where in sites.items()}
        for visitor in visitors.values():
            visitor.sign_in(email)
        for number in range(WARMING + visits):
            for page in PAGES:
                for size, visitor in visitors.items():
                    begun = time.perf_counter()
                    visitor.get(page)
                    if number >= WARMING:
                        times[f"{page}, {words}"][size].append((time.perf_counter() - begun) * 1000)
    return times


def with_ratios(name: str, found: dict[int, list[float]]) -> Iterator[tuple[object, ...]]:
    """The rows of one page, each with its times as multiples of those at the smallest size."""
    first = found[min(found)]
    for size, times in found.items():
        p50, p95 = percentile(times, 0.5), percentile(times, 0.95)
        yield name, size, p50, p95, p50 / percentile(first, 0.5), p95 / percentile(first, 0.95)
