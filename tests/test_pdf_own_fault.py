"""A renderer that crashes or hangs costs only its own report, and that one is made when it is tried again."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from models import Forum, Summary
from models.summary import SummaryKind, SummaryState, order_summary
from tests.site import Site
from tests.workshop import Workshop
from worker import pdf, tasks

pytestmark = pytest.mark.skipif(pdf.available() is not None, reason=f"no PDF can be made here: {pdf.available()}")
BUILT, FAILED = SummaryState.BUILT, SummaryState.FAILED


def order_three(site: Site) -> list[int]:
    """A monthly report for three forums. Returns: the ids of the summaries."""
    site.add_reports(30)
    with site.database.write() as session:
        forums = session.scalars(select(Forum.id).order_by(Forum.id).limit(3)).all()
        order = partial(order_summary, session, kind=SummaryKind.MONTHLY, period=date(2026, 10, 1), version=1)
        made = [order(forum_id=forum_id, now=site.moment) for forum_id in forums]
    return [summary_id for summary_id in made if summary_id is not None]


def stands(site: Site, ids: list[int]) -> list[tuple[SummaryState, str]]:
    with site.database.read() as session:
        rows = {row.id: row for row in session.scalars(select(Summary).where(Summary.id.in_(ids)))}
        return [(rows[summary_id].state, rows[summary_id].fault) for summary_id in ids]


@pytest.mark.parametrize(("happens", "reason"), [("kill", "kraschade"), ("sleep 60", "för lång tid")])
def test_a_crash_or_a_hang_costs_only_its_own_report(
    happens: str, reason: str, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEXHELLER_FAULTS", str(tmp_path))  # The renderer's process inherits it; this one does not.
    monkeypatch.setattr(pdf, "render", partial(pdf.render, timeout=20 if happens == "kill" else 8))
    Workshop(site, monkeypatch)
    ids = order_three(site)
    for summary_id in ids:
        if summary_id == ids[1]:
            (tmp_path / "pdf.before_printing").write_text(happens, encoding="utf-8")
        tasks.build_summary.apply(args=(summary_id,))
    states, faults = zip(*stands(site, ids), strict=True)
    assert states == (BUILT, FAILED, BUILT)
    assert reason in faults[1]
    tasks.build_summary(ids[1])
    assert [state for state, _ in stands(site, ids)] == [BUILT, BUILT, BUILT]
