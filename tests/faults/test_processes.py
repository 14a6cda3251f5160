"""Processes that hang, the children of a pool, and a second beat. What dies otherwise is struck in processes.py."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial

import psutil  # type: ignore[import-untyped]
import pytest
from sqlalchemy import func, select

from launch.children import tied_to_us
from models.base import utc_now
from models.heartbeat import SLOW as SLOW_BEAT
from models.heartbeat import SWEEP, last_beat
from models.summary import Summary, SummaryState
from settings import ROOT
from tests.faults.people import file_report
from tests.faults.points import Scene, file, report_counted
from tests.faults.processes import PARTS
from tests.faults.stage import Stage, eventually
from tests.faults.strikes import BEAT, FAST, SLOW
from tests.faults.verdict import judge

pytestmark = pytest.mark.faults


@contextmanager
def prefork_worker(stage: Stage) -> Iterator[psutil.Process]:
    """A worker as the server profile has it, with children that can be killed alone."""
    words = ["-A", "worker.app", "worker", "-Q", "fast", "-n", "pool@%h", "--pool", "prefork", "--concurrency", "2"]
    with (stage.home / "log" / "pool.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "celery", *words, "--without-gossip", "--without-mingle"],
            cwd=ROOT, env=_told(stage), stdout=log, stderr=log, preexec_fn=tied_to_us(), start_new_session=True,
        )  # fmt: skip
    parent = psutil.Process(process.pid)
    try:
        eventually(lambda: len(parent.children()) >= 2, "the pool")
        yield parent
    finally:
        process.terminate()
        process.wait(30)


def _told(stage: Stage) -> dict[str, str]:
    """The environment of the product's own children."""
    fast = eventually(lambda: stage.part("-Q fast"), "the worker")
    return {name: value for name, value in fast.environ().items() if name != "LEXHELLER_PULSE"}


def test_a_child_of_a_pool_that_is_killed_loses_no_task(server_scene: Scene, seed: int) -> None:
    """The other worker is stopped meanwhile, so that this pool gets the work."""
    stage, dice = server_scene.stage, random.Random(f"child{seed}")
    with prefork_worker(stage) as pool, suspended(stage, FAST):
        for _ in range(1 + seed % 3):  # The pool is at work: it has connected anew, and its children know the model.
            eventually(file(server_scene), "the pool to work")
        stage.disarm()
        point = dice.choice(["classify.taken", "classify.suggested", "classify.before_commit"])
        stage.arm(point, "kill")
        reference = file_report(server_scene.reporter, server_scene.register)
        hit = stage.wait_hit(point)
        eventually(lambda: report_counted(server_scene, reference), "the task to be done by another child")
        recovered = time.time() - hit
        assert pool.is_running()
    judge(stage, server_scene.register, "child of the pool killed", seed, recovered)


@contextmanager
def suspended(stage: Stage, name: str) -> Iterator[None]:
    """A part that stands still meanwhile. Its lines are cut, or the broker would go on handing it what it asked for."""
    part = eventually(lambda: stage.part(PARTS[name]), name)
    part.suspend()
    stage.lines["valkey"].reset()
    try:
        yield
    finally:
        part.resume()


WEDGED = {FAST: SWEEP, SLOW: SLOW_BEAT, BEAT: SWEEP}  # what each keeps beating


def test_parts_that_are_wedged_are_found_and_started_anew(embedded_scene: Scene, seed: int) -> None:
    """All three at once, or one alone: whoever is silent is found by the supervisor, which hears each for itself."""
    stage, dice = embedded_scene.stage, random.Random(f"wedged{seed}")
    chosen = list(WEDGED) if seed % 2 else [dice.choice(list(WEDGED))]
    time.sleep(dice.random() * 3)
    suspended = {name: eventually(partial(stage.part, PARTS[name]), name) for name in chosen}
    for part in suspended.values():
        part.suspend()
    stopped = time.time()
    reference = file_report(embedded_scene.reporter, embedded_scene.register)
    found = {name: _replaced(stage, name, part) - stopped for name, part in suspended.items()}
    since = utc_now()
    for name in chosen:
        eventually(partial(_beats_after, stage, WEDGED[name], since), f"a sign of life of the {name}")
    eventually(lambda: report_counted(embedded_scene, reference), "the report")
    for name, seconds in found.items():
        assert seconds < 120
        judge(stage, embedded_scene.register, f"{name} wedged (SIGSTOP): found", seed, seconds)


def _replaced(stage: Stage, name: str, wedged: psutil.Process) -> float:
    """When another process is there in its stead."""
    eventually(lambda: stage.part(PARTS[name]) not in (None, wedged), f"the wedged {name} to be replaced", 120)
    return time.time()


def _beats_after(stage: Stage, name: str, since: datetime) -> bool:
    with stage.database.read() as session:
        seen = last_beat(session, name)
    return seen is not None and seen > since


def test_two_beats_and_a_new_one_owe_nothing_twice(scene: Scene, seed: int) -> None:
    """The calendar is read from the database: a forum that joins now is owed its closed months once."""
    stage = scene.stage
    eventually(lambda: _summaries(stage), "the summaries that are owed from the start")
    stage.wait_until_quiet()  # One is taken away below, which must not be at work.
    with second_beat(stage):
        stage.kill_part(PARTS[BEAT])
        began = time.time()
        with stage.database.write() as session:
            owed = session.scalars(select(Summary).order_by(Summary.id.desc())).all()
            monthly = [row for row in owed if row.version == 1]
            gone = random.Random(f"beats{seed}").choice(monthly)
            key = (gone.forum_id, gone.kind, gone.period)
            for row in owed:
                if (row.forum_id, row.kind, row.period) == key:
                    session.delete(row)

        def there() -> bool:
            with stage.database.read() as session:
                same = (Summary.forum_id == key[0], Summary.kind == key[1], Summary.period == key[2])
                rows = session.scalars(select(Summary).where(*same)).all()
            assert len(rows) <= 1
            return bool(rows) and rows[0].state is not SummaryState.QUEUED

        eventually(there, "the summary that is owed")
        recovered = time.time() - began
        time.sleep(6)  # Another tick of each beat.
        assert there()
    judge(stage, scene.register, "two beats, one killed, missed month", seed, recovered)


def _summaries(stage: Stage) -> int:
    with stage.database.read() as session:
        return session.scalar(select(func.count()).select_from(Summary)) or 0


@contextmanager
def second_beat(stage: Stage) -> Iterator[None]:
    words = ["-A", "worker.app", "beat"]
    with (stage.home / "log" / "second-beat.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "celery", *words],
            cwd=ROOT, env=_told(stage), stdout=log, stderr=log, preexec_fn=tied_to_us(),
        )  # fmt: skip
    try:
        yield
    finally:
        process.kill()
        process.wait()
