"""Every named point of the code, reached for real: whoever gets there dies, fails or waits, and nothing is lost."""

from __future__ import annotations

import random
import time

import pytest

from tests.faults.points import ONLY, TRIGGERS, Scene, points_in_code
from tests.faults.stage import eventually
from tests.faults.verdict import judge

ACTIONS = ("kill", "kill", "raise", "sleep 2")


def test_every_point_of_the_code_is_exercised_here() -> None:
    assert points_in_code() == set(TRIGGERS)
    assert len(TRIGGERS) >= 25


@pytest.mark.faults
@pytest.mark.parametrize("point", TRIGGERS)
def test_whatever_happens_at_a_point_nothing_is_lost_or_doubled(scene: Scene, point: str, seed: int) -> None:
    if ONLY.get(point, scene.stage.kind) != scene.stage.kind:
        pytest.skip("mail goes another way here")
    strike(scene, point, random.Random(f"{point}{seed}").choice(ACTIONS), seed)


def strike(scene: Scene, point: str, action: str, seed: int) -> None:
    """Arm a point, walk there, wait until what was wished for has come true after all, and judge."""
    scene.stage.arm(point, action)
    wish = TRIGGERS[point](scene)
    hit = scene.stage.wait_hit(point)
    eventually(wish, f"what was asked for in spite of {action} at {point}")
    judge(scene.stage, scene.register, f"{point}: {action.split()[0]}", seed, time.time() - hit)
