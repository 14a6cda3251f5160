"""The web process by itself: how long its code takes to load, and how much memory it holds."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from statistics import median

from benchmarks.dashboard import PAGES, fill
from benchmarks.output import print_facts, print_table
from benchmarks.posts import FormPoster
from benchmarks.process import resident_megabytes
from benchmarks.scratch import Product, scratch_product
from benchmarks.visitor import Visitor
from settings import ROOT

IMPORT = "import time; begun = time.perf_counter(); import webapp; print(time.perf_counter() - begun)"
REPORTS = 1000  # in the database, so that pages are of a usual size


def main(imports: int, requests: int) -> None:
    """Arguments: imports - how often the import is timed; requests - pages and posts before memory is read again."""
    with scratch_product() as product:
        print_facts(product.home, product.settings.database_url)
        loading = median(import_seconds() for _ in range(imports))
        fill(product, REPORTS)
        product.start_valkey()
        begun = time.perf_counter()
        where, child = product.start_web()
        started = time.perf_counter() - begun
        assert child.process  # noqa: S101 - the supervisor has just started it.
        pid = child.process.pid
        fresh = resident_megabytes(pid)
        use(product, where, requests)
        rows: list[tuple[object, object]] = [
            (f"import of webapp, median of {imports}, s", loading),
            ("process start to first answer, s", started),
            ("memory after start, MB", fresh),
            (f"memory after {requests} pages and posts, MB", resident_megabytes(pid)),
        ]
    print_table(("web process (waitress, 8 threads)", ""), rows)


def import_seconds() -> float:
    """In a fresh interpreter whose bytecode is cached, as at every start but the first."""
    done = subprocess.run([sys.executable, "-c", IMPORT], cwd=ROOT, capture_output=True, text=True, check=True)
    return float(done.stdout)


def use(product: Product, where: str, requests: int) -> None:
    """The coordinator's pages, the form and posts in turn."""
    coordinator = Visitor(where)
    coordinator.sign_in("forbund@example.org")
    poster = FormPoster(where, product.settings, 0)
    steps: list[Callable[[], object]] = [partial(coordinator.get, page) for page in PAGES]
    steps += [partial(poster.visitor.get, "/rapportera"), lambda: poster.send(poster.prepare())]
    for number in range(requests):
        steps[number % len(steps)]()
