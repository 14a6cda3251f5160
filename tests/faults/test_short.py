"""The short part of the fault suite, which always runs: a few deaths of real processes, each with the whole verdict."""

from __future__ import annotations

import pytest

from tests.faults.people import prepared
from tests.faults.points import Scene
from tests.faults.strikes import at_point
from tests.faults.test_submit import submit_at_once
from tests.faults.verdict import judge

A_FEW = [
    ("receive.before_commit", "kill"),
    ("receive.after_commit", "kill"),
    ("classify.before_commit", "kill"),
    ("recount.half_way", "raise"),
    ("beat.after_tick", "kill"),
]


@pytest.mark.parametrize(("point", "action"), A_FEW)
def test_a_death_loses_nothing_and_doubles_nothing(embedded_scene: Scene, point: str, action: str) -> None:
    embedded_scene.stage.disarm()
    recovery = at_point(embedded_scene, point, action)
    judge(embedded_scene.stage, embedded_scene.register, f"{point}: {action}", 0, recovery)


def test_fifty_who_send_one_form_at_once_get_one_receipt(embedded_scene: Scene) -> None:
    form = prepared(embedded_scene.reporter)
    references = submit_at_once(embedded_scene, form)
    assert len(set(references)) == 1
    embedded_scene.register.note(str(form["form_key"]), references[0])
    judge(embedded_scene.stage, embedded_scene.register, "50 parallel submits of one form", 0)
