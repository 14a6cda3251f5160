"""Processes that die or hang: every part, the children of a pool, a second beat, an item that kills its readers."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import psutil  # type: ignore[import-untyped]
import pytest
from sqlalchemy import select

from launch.children import tied_to_us
from models.base import utc_now
from models.heartbeat import SLOW, SWEEP, last_beat
from models.outbox import MAX_ATTEMPTS, Outbox, Task, try_again
from models.report import Report
from models.summary import Summary, SummaryState
from settings import ROOT
from tests.faults.people import file_report
from tests.faults.points import Scene, file, order, report_counted
from tests.faults.stage import Stage, eventually
from tests.faults.test_stores import people_filing, settle
from tests.faults.verdict import judge

pytestmark = pytest.mark.faults
PARTS = {"web": "waitress", "fast worker": "-Q fast", "slow worker": "-Q slow", "beat": "worker.app beat"}


@pytest.mark.parametrize("name", PARTS)
def test_a_part_that_is_killed_comes_back_by_itself(scene: Scene, name: str, seed: int) -> None:
    dice = random.Random(f"{name}{seed}")
    with people_filing(scene, 2) as references:
        time.sleep(dice.random() * 2)
        killed = scene.stage.kill_part(PARTS[name])
        built = order(scene) if name == "slow worker" else file(scene)
        eventually(built, f"work after the death of the {name}")
        recovered = time.time() - killed
    settle(scene, references, killed, f"{name} killed: all counted", seed)
    judge(scene.stage, scene.register, f"{name} killed: work goes on", seed, recovered)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_that_is_asked_to_stop_finishes_what_it_has(scene: Scene, number: signal.Signals, seed: int) -> None:
    with people_filing(scene, 2) as references:
        time.sleep(random.Random(seed).random())
        worker = eventually(lambda: scene.stage.part("-Q fast"), "the worker")
        worker.send_signal(number)
        stopped = time.time()
    settle(scene, references, stopped, f"fast worker asked to stop ({number.name})", seed)


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
    with prefork_worker(stage) as pool:
        other = eventually(lambda: stage.part("-Q fast"), "the worker")
        other.suspend()
        try:
            stage.arm(dice.choice(["classify.taken", "classify.suggested", "classify.before_commit"]), "kill")
            reference = file_report(server_scene.reporter, server_scene.register)
            hit = eventually(lambda: next(map(os.path.getctime, stage.armed.glob("*.hit")), None), "the child's death")
            eventually(lambda: report_counted(server_scene, reference), "the task to be done by another child")
            recovered = time.time() - hit
        finally:
            other.resume()
        assert pool.is_running()
    judge(stage, server_scene.register, "child of the pool killed", seed, recovered)


@pytest.mark.parametrize(("name", "beating"), [("fast worker", SWEEP), ("slow worker", SLOW), ("beat", SWEEP)])
def test_a_part_that_is_wedged_is_found_and_started_anew(
    embedded_scene: Scene, name: str, beating: str, seed: int
) -> None:
    stage = embedded_scene.stage
    wedged = eventually(lambda: stage.part(PARTS[name]), name)
    wedged.suspend()
    stopped = time.time()
    reference = file_report(embedded_scene.reporter, embedded_scene.register)
    eventually(lambda: stage.part(PARTS[name]) not in (None, wedged), f"the wedged {name} to be replaced", 120)
    found = time.time() - stopped
    since = utc_now()

    def beats() -> bool:
        with stage.database.read() as session:
            seen = last_beat(session, beating)
        return seen is not None and seen > since

    eventually(beats, "a sign of life")
    eventually(lambda: report_counted(embedded_scene, reference), "the report")
    assert found < 120
    judge(stage, embedded_scene.register, f"{name} wedged (SIGSTOP): found", seed, found)


def test_two_beats_and_a_lost_schedule_owe_nothing_twice(scene: Scene, seed: int) -> None:
    """The calendar is read from the database: a forum that joins now is owed its closed months once."""
    stage = scene.stage
    with second_beat(stage):
        (stage.home / "celerybeat-schedule").unlink(missing_ok=True)
        stage.kill_part(PARTS["beat"])
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
    judge(stage, scene.register, "two beats, lost schedule, missed month", seed, recovered)


@contextmanager
def second_beat(stage: Stage) -> Iterator[None]:
    words = ["-A", "worker.app", "beat", "--schedule", str(stage.home / "second-schedule")]
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


def test_a_report_that_kills_whoever_reads_it_stops_after_three_and_delays_nobody(scene: Scene, seed: int) -> None:
    stage = scene.stage
    stage.arm("classify.taken", "always kill")
    poison = file_report(scene.reporter, scene.register)
    began = time.time()

    def stopped() -> str | None:
        with stage.database.read() as session:
            report_id = session.scalars(select(Report.id).where(Report.reference == poison)).one()
            here = (Outbox.task == Task.CLASSIFY_REPORT, Outbox.subject_id == report_id)
            job = session.scalars(select(Outbox).where(*here)).one()
        return job.fault if job.attempts >= MAX_ATTEMPTS else None

    why = eventually(stopped, "the poison to be given up")
    visible = time.time() - began
    stage.disarm()
    assert why.startswith("Kräver granskning")
    assert visible < timedelta(minutes=5).total_seconds()
    reference = file_report(scene.reporter, scene.register)
    eventually(lambda: report_counted(scene, reference), "the next report")
    page = scene.coordinator.insist(lambda: scene.coordinator.browser.get(f"/granska/{poison}")).text
    assert "kunde inte läsa" in page
    judge(stage, scene.register, "poison report given up and shown", seed, visible)
    _try_again(scene, poison)


def _try_again(scene: Scene, poison: str) -> None:
    """What stopped can be asked for again, and then it is done."""
    with scene.stage.database.write() as session:
        report_id = session.scalars(select(Report.id).where(Report.reference == poison)).one()
        try_again(session, Task.CLASSIFY_REPORT, report_id, utc_now())
    eventually(lambda: report_counted(scene, poison), "the report that was poison")
