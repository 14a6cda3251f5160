"""The same form many times at once: one report, one number, and equal receipts for everybody."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select

from models.report import Report
from tests.faults.people import Person, prepared
from tests.faults.points import Scene
from tests.faults.verdict import judge

AT_ONCE = 50


def submit_at_once(scene: Scene, form: dict[str, object]) -> list[str]:
    """Fifty browsers of one person, one form. Returns: where each was led."""
    barrier = Barrier(AT_ONCE)
    body = urlencode(form, doseq=True)

    def send(_: int) -> str:
        barrier.wait()
        answer = scene.reporter.insist(lambda: scene.reporter.browser._ask("POST", "/rapportera", body))
        assert answer.status == 303, answer.text[:500]
        return answer.headers["Location"].rsplit("/", 1)[1]

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(send, range(AT_ONCE)))


@pytest.mark.faults
def test_fifty_at_once_get_one_report_and_equal_receipts(scene: Scene, seed: int) -> None:
    form = prepared(scene.reporter)
    began = time.time()
    references = submit_at_once(scene, form)
    assert len(set(references)) == 1
    for reference in references:
        scene.register.note(str(form["form_key"]), reference)
    judge(scene.stage, scene.register, "50 parallel submits of one form", seed, time.time() - began)


@pytest.mark.faults
def test_the_same_form_with_another_text_is_asked_about_and_keeps_both(scene: Scene, seed: int) -> None:
    form = prepared(scene.reporter)
    began = time.time()
    first = scene.reporter.send("/rapportera", form)
    other = scene.reporter.send(
        "/rapportera", form | {"description": f"En helt annan händelse, nummer {seed}, skedde."}
    )
    assert (first.status, other.status) == (303, 409)
    assert "En helt annan händelse" in other.text
    reference = first.headers["Location"].rsplit("/", 1)[1]
    scene.register.note(str(form["form_key"]), reference)
    with scene.stage.database.read() as session:
        same = select(func.count()).select_from(Report).where(Report.reference == reference)
        assert session.scalar(same) == 1
    assert Person(scene.stage, "reporter").browser.get(f"/rapportera/kvitto/{reference}").status == 200
    judge(scene.stage, scene.register, "one form, two texts", seed, time.time() - began)
