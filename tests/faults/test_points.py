"""Every named point of the code, reached for real: whoever gets there dies, fails or waits, and nothing is lost."""

from __future__ import annotations

import pytest

from tests.faults.points import TRIGGERS, Scene, points_in_code
from tests.faults.processes import to_processes
from tests.faults.strikes import REACHED_BY, at_points, side_by_side
from tests.faults.verdict import judge


def test_every_point_of_the_code_is_exercised_here() -> None:
    assert points_in_code() == set(TRIGGERS)
    assert {point.partition(".")[0] for point in TRIGGERS} == set(REACHED_BY)
    assert len(TRIGGERS) >= 25


@pytest.mark.faults
@pytest.mark.timeout(1800)
def test_points_and_processes_are_struck_side_by_side_and_nothing_is_lost(
    scene: Scene, seed: int, pytestconfig: pytest.Config
) -> None:
    strikes = [*at_points(scene.stage, seed), *to_processes(seed)]
    side_by_side(scene, strikes, seed, pytestconfig.getoption("at_once"))
    judge(scene.stage, scene.register, "after each round of them, at rest", seed)
