"""How long `./lexheller run --demo` takes until the first page is answered, and how long it takes to stop."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import time

from benchmarks.output import print_facts, print_table
from benchmarks.scratch import HOST, Product, scratch_product
from launch import address
from settings import ROOT

PAGE = "/logga-in"
PATIENCE = 120  # seconds


def main(starts: int) -> None:
    """Arguments: starts - how often the warm start is measured, after the first one that files the sample cases."""
    with scratch_product() as product:
        print_facts(product.home, product.settings.database_url)
        times = [start_and_stop(product) for _ in range(starts + 1)]
    rows: list[tuple[object, ...]] = [("first, files the sample cases", *times[0])]
    rows += [(f"warm {number}", *pair) for number, pair in enumerate(times[1:], 1)]
    print_table(("start", "first page s", "clean stop s"), rows)


def start_and_stop(product: Product) -> tuple[float, float]:
    """Seconds from the command to the first page, and from SIGTERM to its end.

    Raises: RuntimeError when no page comes, or when the end is not a clean one.
    """
    port = address.free_port(HOST, 0)
    begun = time.perf_counter()
    with (product.home / "log" / "run.log").open("ab") as log:
        running = subprocess.Popen(
            [str(ROOT / "lexheller"), "run", "--demo", "--port", str(port)],
            env={**os.environ, "LEXHELLER_HOME": str(product.home)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        answered = wait_for_page(port, running) - begun
        asked = time.perf_counter()
        running.send_signal(signal.SIGTERM)
        if running.wait(PATIENCE) != 0:
            raise RuntimeError(f"it ended with code {running.returncode}")
        return answered, time.perf_counter() - asked
    finally:
        if running.poll() is None:
            running.terminate()
            running.wait(PATIENCE)


def wait_for_page(port: int, running: subprocess.Popen[bytes]) -> float:
    """The moment when a page was answered with 200."""
    until = time.perf_counter() + PATIENCE
    while time.perf_counter() < until and running.poll() is None:
        connection = http.client.HTTPConnection(HOST, port, timeout=30)
        try:
            connection.request("GET", PAGE)
            if connection.getresponse().status == http.HTTPStatus.OK:
                return time.perf_counter()
        except OSError:
            time.sleep(0.02)
        finally:
            connection.close()
    raise RuntimeError("the product did not start")
