"""The pulse: a file that is touched while tasks come and go. A watchdog outside ends a process whose pulse has stopped.

The file holds the number of the process that shall be ended: the worker itself, not the child that did the work.
Where LEXHELLER_PULSE names no file there is none. Who watches: launch/supervisor.py on one machine, and the
health checks of docker-compose.yml.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from celery import signals

import logs
from faults import fault
from models.base import Database, utc_now
from models.outbox import PATIENCE, Task, renew

BEAT = PATIENCE.total_seconds() / 3  # seconds between two signs that a long task goes on
logger = logs.get("worker")
_process = os.getpid()  # Forked children inherit it.


def touch(**_: object) -> None:
    """One beat of the heart."""
    if path := os.environ.get("LEXHELLER_PULSE"):
        Path(path).write_text(str(_process), encoding="utf-8")


signals.worker_ready.connect(touch)
signals.task_prerun.connect(touch)
signals.task_postrun.connect(touch)
signals.beat_init.connect(touch)


@signals.before_task_publish.connect
def _before(sender: str, **_: Any) -> None:
    if sender == "sweep":
        fault("beat.before_tick")


@signals.after_task_publish.connect
def _after(sender: str, **_: Any) -> None:
    """Only beat asks for a sweep, so whoever has sent one is beat, and it is alive."""
    if sender == "sweep":
        touch()
        fault("beat.after_tick")


@signals.task_postrun.connect
def _before_acknowledging(**_: Any) -> None:
    fault("task.before_acknowledging")


@contextmanager
def at_work(say: Callable[[], None] = lambda: None) -> Iterator[None]:
    """While a long task is at work the heart beats. When the process dies, it stops.

    Arguments: say - what else is said at each beat.
    """
    done = threading.Event()

    def keep_saying() -> None:
        while not done.wait(BEAT):
            touch()
            say()

    thread = threading.Thread(target=keep_saying, name="going-on", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


@contextmanager
def going_on(database: Database, task: Task, subject_id: int) -> Iterator[None]:
    """While a long job is at work its row says so too."""
    with at_work(lambda: _say(database, task, subject_id)):
        yield


def _say(database: Database, task: Task, subject_id: int) -> None:
    try:
        with database.write() as session:
            renew(session, task, subject_id, utc_now())
    except Exception as error:  # Whatever it is, the work itself will meet it too.
        logger.warning("not_renewed", kind=type(error).__name__)
