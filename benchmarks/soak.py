"""Many tasks one after the other: does memory grow, and does anything pile up in Valkey?"""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Iterator

import redis
from celery import Celery

from benchmarks.output import print_facts, print_table
from benchmarks.process import resident_megabytes
from benchmarks.scratch import Product, scratch_product

WARM = 5_000  # tasks until memory is read for the first time: models are loaded, pools are full
AT_MOST = 2_000  # bells that hang in a queue at a time
MIX = (("classify_report", "fast", 45), ("recount_slice", "fast", 45), ("build_summary", "slow", 5))
FAILING = ("watch_area", "slow", 5)  # of an area that is not there: its traceback must not stay in memory
# What belongs in Valkey without an end: the queues themselves and what keeps track of messages on their way.
KNOWN = ("fast", "slow", "backup", "celery", "_kombu.binding", "unacked")


def main(tasks: int, database_url: str | None) -> None:
    """Arguments: tasks - how many; database_url - a PostgreSQL server, else SQLite."""
    with scratch_product(database_url) as product:
        print_facts(product.home, product.settings.database_url)
        product.start_valkey()
        product.start_workers()
        line = redis.Redis(unix_socket_path=str(product.socket))
        ring = Celery("soak", broker=product.settings.broker_url, set_as_current=False)
        dice = random.Random(1)
        _send(ring, line, itertools.islice(_bells(dice), WARM))
        before, begun = _memory(product), time.monotonic()
        _send(ring, line, itertools.islice(_bells(dice), tasks))
        taken, after = time.monotonic() - begun, _memory(product)
        rows = [(name, before[name], after[name], f"{after[name] / before[name] - 1:+.1%}") for name in before]
        print_table(("process", "MB before", "MB after", "growth"), rows)
        endless = _endless(line)
        print_table(
            ("tasks", "seconds", "tasks/s", "keys without an end beyond the known"),
            [(tasks, round(taken), round(tasks / taken), ", ".join(endless) or "none")],
        )


def _bells(dice: random.Random) -> Iterator[tuple[str, str]]:
    kinds = [*MIX, FAILING]
    while True:
        task, queue, _ = dice.choices(kinds, [weight for *_, weight in kinds])[0]
        yield task, queue


def _send(ring: Celery, line: redis.Redis, bells: Iterator[tuple[str, str]]) -> None:
    """Send in portions, and wait until the last is done. The rows they ring for are not there."""
    for number, (task, queue) in enumerate(bells):
        ring.send_task(task, args=[-1 - number], queue=queue, retry=False)
        if number % 100 == 0:
            _wait(line, AT_MOST)
    _wait(line, 0)


def _wait(line: redis.Redis, most: int) -> None:
    while any(int(str(line.llen(queue))) > most for queue in ("fast", "slow")):
        time.sleep(0.02)


def _memory(product: Product) -> dict[str, float]:
    """Megabytes of each process, by what stands on the console about it."""
    processes = [(care.child.label, care.child.process) for care in product.supervisor.cared_for]
    return {label: resident_megabytes(process.pid) for label, process in processes if process}


def _endless(line: redis.Redis) -> list[str]:
    """Keys that never expire and that we did not expect."""
    names = sorted(key.decode() for key in line.scan_iter() if line.ttl(key) == -1)
    return [name for name in names if not name.startswith(KNOWN)]
