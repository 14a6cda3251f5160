"""A clock that somebody sets wrong while everything runs, by seconds or by days, and sets right again."""

from __future__ import annotations

import random
import time

import pytest

from tests.faults.people import file_report
from tests.faults.points import Scene, mail, report_counted
from tests.faults.processes import PARTS
from tests.faults.stage import eventually
from tests.faults.strikes import FAST
from tests.faults.test_stores import settle
from tests.faults.verdict import look

pytestmark = pytest.mark.faults


def test_a_clock_that_is_moved_under_running_programs(scene: Scene, seed: int) -> None:
    """What began at the one time is finished at the other, also by a worker that fails or dies in between. Beside a
    server whose clock says otherwise none is killed here: its successor would refuse to start, which is as it should.
    """
    stage, dice = scene.stage, random.Random(f"clock{seed}")
    if stage.clock is None:
        pytest.skip("no C compiler to make a clock with")
    seconds = round(10 ** dice.uniform(1, 5)) * dice.choice((-1, 1))  # ten seconds to a day
    way = "behind" if seconds < 0 else "ahead"
    stage.arm("classify.taken", dice.choice(("raise", "sleep 2", "kill" if stage.postgres is None else "raise")))
    references, wish = [file_report(scene.reporter, scene.register)], mail(scene)
    stage.clock.move(seconds)
    try:
        moved = time.time()
        _sign_in(scene)
        references.append(file_report(scene.reporter, scene.register))
        if stage.postgres is None:
            stage.kill_part(PARTS[FAST])
        eventually(lambda: report_counted(scene, references[-1]), "work at the wrong time")
        look(stage, scene.register, f"clock {way}: work goes on", seed, time.time() - moved)
    finally:
        stage.clock.move(0)
    back = time.time()
    _sign_in(scene)
    references.append(file_report(scene.reporter, scene.register))
    eventually(wish, "the mail")
    settle(scene, references, back, f"clock {way}, then right: all counted", seed)


def _sign_in(scene: Scene) -> None:
    """Whoever was signed in has been so for too long, or will only be so tomorrow."""
    for person in (scene.reporter, scene.coordinator, scene.administrator):
        person.sign_in()
