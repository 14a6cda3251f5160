"""Strikes at whole processes: every part is killed or asked to stop, and an item kills whoever reads it."""

from __future__ import annotations

import random
import signal
import time
from functools import partial

from sqlalchemy import select

from models.base import utc_now
from models.outbox import MAX_ATTEMPTS, Outbox, Task, try_again
from models.report import Report
from tests.faults.people import file_report
from tests.faults.points import Scene, file, order, report_counted
from tests.faults.stage import eventually
from tests.faults.strikes import BEAT, FAST, SLOW, WEB, Strike

PARTS = {WEB: "waitress", FAST: "-Q fast", SLOW: "-Q slow", BEAT: "worker.app beat"}  # a word of each command line
NOT_HEARD = "doorbell.before_send"  # a bell that fails here is rung again after a second


def to_processes(seed: int) -> list[Strike]:
    """A strike at every part, two polite ones, and one that comes back to whoever reads a report."""
    dice = random.Random(f"processes{seed}")
    kills = [
        Strike(f"{part} killed: work goes on", frozenset({part, _work(part)}), partial(kill, part=part, pause=pause))
        for part, pause in zip(PARTS, (dice.random() * 3 for _ in PARTS), strict=True)
    ]
    stops = [
        Strike(f"fast worker asked to stop ({number.name})", frozenset({FAST}), partial(stop, number=number))
        for number in (signal.SIGTERM, signal.SIGINT)
    ]
    return [*kills, *stops, Strike("poison report given up and shown", frozenset({NOT_HEARD}), poison, long=True)]


def _work(part: str) -> str:
    return order.__name__ if part == SLOW else part


def kill(scene: Scene, part: str, pause: float) -> float:
    """Kill a part under work, and wait until what it does is done again."""
    before = order(scene) if part == SLOW else file(scene)
    time.sleep(pause)
    killed = scene.stage.kill_part(PARTS[part])
    eventually(before, f"what was asked for before the death of the {part}")
    after = order(scene) if part == SLOW else file(scene)
    eventually(after, f"work after the death of the {part}")
    return time.time() - killed


def stop(scene: Scene, number: signal.Signals) -> float:
    """A worker that is asked to stop finishes what it has, and another one goes on."""
    wishes = [file(scene) for _ in range(3)]
    eventually(lambda: scene.stage.part(PARTS[FAST]), "the worker").send_signal(number)
    stopped = time.time()
    for wish in [*wishes, file(scene)]:
        eventually(wish, "the reports of before and after")
    return time.time() - stopped


def poison(scene: Scene) -> float:
    """A report that kills whoever reads it stops after three, is shown, and takes nobody along, not even those that are
    rung for in the same moment. Then it is tried again."""
    stage = scene.stage
    stage.arm(NOT_HEARD, "always raise")
    poison = file_report(scene.reporter, scene.register)
    beside = [file(scene) for _ in range(3)]
    began = time.time()
    with stage.database.read() as session:
        report_id = session.scalars(select(Report.id).where(Report.reference == poison)).one()
    stage.arm(f"classify.taken.{report_id}", "always kill")
    stage.disarm(NOT_HEARD)
    for wish in beside:
        eventually(wish, "a report beside the poison")
    eventually(lambda: _given_up(scene, report_id), "the poison to be given up")
    visible = time.time() - began
    stage.disarm(f"classify.taken.{report_id}")
    page = scene.coordinator.insist(lambda: scene.coordinator.browser.get(f"/granska/{poison}")).text
    assert "kunde inte läsa" in page
    with stage.database.write() as session:
        try_again(session, Task.CLASSIFY_REPORT, report_id, utc_now())
    eventually(lambda: report_counted(scene, poison), "the report that was poison")
    return visible


def _given_up(scene: Scene, report_id: int) -> bool:
    """Whether it has been, and says so."""
    with scene.stage.database.read() as session:
        here = (Outbox.task == Task.CLASSIFY_REPORT, Outbox.subject_id == report_id)
        job = session.scalars(select(Outbox).where(*here)).one()
    return job.attempts >= MAX_ATTEMPTS and job.fault.startswith("Kräver granskning")
