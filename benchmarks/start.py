"""How long `./lexheller run --demo` takes until the first page is answered, and how long it takes to stop."""

from __future__ import annotations

import http.client
import signal
import subprocess
import time
from collections.abc import Callable

from benchmarks.output import print_facts, print_table
from benchmarks.scratch import HOST, Product, scratch_product
from launch import address
from settings import ROOT

PAGE = "/logga-in"
READY = "Lex Heller är igång"
PATIENCE = 120  # seconds


def main(starts: int) -> None:
    """Arguments: starts - how often the warm start is measured, after the first one that files the sample cases."""
    with scratch_product() as product:
        print_facts(product.home, product.settings.database_url)
        times = [start_and_stop(product) for _ in range(starts + 1)]
    rows: list[tuple[object, ...]] = [("first, files the sample cases", *times[0])]
    rows += [(f"warm {number}", *pair) for number, pair in enumerate(times[1:], 1)]
    print_table(("start", "first page s", "said ready s", "clean stop s"), rows)


def start_and_stop(product: Product) -> tuple[float, float, float]:
    """Seconds from the command to the first page and to the words that say that all is ready, example data too;
    and from SIGTERM to its end.

    Raises: RuntimeError when no page or no such words come, or when the end is not a clean one.
    """
    port = address.free_port(HOST, 0)
    path = product.home / "log" / "run.log"
    # Without the queue's address, so that it starts its own queue.
    told = {name: value for name, value in product.parts.environ.items() if name != "LEXHELLER_BROKER_URL"}
    begun = time.perf_counter()
    with path.open("wb") as log:
        running = subprocess.Popen(
            [str(ROOT / "lexheller"), "run", "--demo", "--port", str(port)],
            env=told,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        answered = wait_for(lambda: shows_page(port), running) - begun
        said = wait_for(lambda: READY in path.read_text(encoding="utf-8"), running) - begun
        asked = time.perf_counter()
        running.send_signal(signal.SIGTERM)
        if running.wait(PATIENCE) != 0:
            raise RuntimeError(f"it ended with code {running.returncode}")
        return answered, said, time.perf_counter() - asked
    finally:
        if running.poll() is None:
            running.terminate()
            running.wait(PATIENCE)


def wait_for(happened: Callable[[], bool], running: subprocess.Popen[bytes]) -> float:
    """The moment when something had happened."""
    until = time.perf_counter() + PATIENCE
    while time.perf_counter() < until and running.poll() is None:
        if happened():
            return time.perf_counter()
        time.sleep(0.02)
    raise RuntimeError("the product did not start")


def shows_page(port: int) -> bool:
    """Whether a page is answered with 200."""
    connection = http.client.HTTPConnection(HOST, port, timeout=30)
    try:
        connection.request("GET", PAGE)
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()
