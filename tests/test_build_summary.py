"""Building a summary: frozen once, printed once, and a fault is told and tried again, but not for ever."""

from __future__ import annotations

import hashlib
import threading
from contextlib import suppress
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import undefer

from models import Forum, Outbox, Summary
from models.outbox import MAX_ATTEMPTS, stuck
from models.release import lock_summary, order_build
from models.snapshot import take_snapshot
from models.summary import SummaryKind, SummaryState, order_summary
from tests.site import Site
from tests.workshop import Workshop, at_once
from worker import pdf, tasks
from worker.due import due_months


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Instead of a printer: writes down what it is given, and gives a PDF that tells the order."""
    pages: list[Any] = []

    def print_it(content: Any) -> bytes:
        pages.append(content)
        return b"%PDF-1.7 number " + str(len(pages)).encode()

    monkeypatch.setattr(pdf, "render_summary", print_it)
    return pages


@pytest.fixture
def ordered(site: Site, monkeypatch: pytest.MonkeyPatch) -> tuple[Workshop, int]:
    """Some reports, and one summary that waits to be built. Gives its id too."""
    site.add_reports(30)
    [month] = due_months(site.moment.date().replace(month=10, day=1), site.moment.date())
    with site.database.write() as session:
        forum_id = session.scalars(select(Forum.id).where(Forum.code == "lsg-savsjo")).one()
        summary_id = order_summary(session, forum_id, SummaryKind.MONTHLY, month, 1, site.moment)
    assert summary_id
    return Workshop(site, monkeypatch), summary_id


def stored(site: Site, summary_id: int) -> Summary:
    with site.database.read() as session:
        whole = [undefer(Summary.snapshot), undefer(Summary.content), undefer(Summary.pdf)]
        return session.get_one(Summary, summary_id, options=whole)


def test_a_summary_is_frozen_written_and_printed_with_its_checksum(
    ordered: tuple[Workshop, int], printed: list[Any]
) -> None:
    shop, summary_id = ordered
    tasks.build_summary(summary_id)
    summary = stored(shop.site, summary_id)
    assert (summary.state, summary.pdf, summary.pdf_bytes) == (SummaryState.BUILT, b"%PDF-1.7 number 1", 17)
    assert summary.pdf_sha256 == hashlib.sha256(b"%PDF-1.7 number 1").hexdigest()
    assert printed == [summary.content]
    assert summary.snapshot


def test_building_twice_and_at_once_gives_one_pdf_that_never_changes(
    ordered: tuple[Workshop, int], printed: list[Any]
) -> None:
    shop, summary_id = ordered
    at_once(3, tasks.build_summary, summary_id)
    first = stored(shop.site, summary_id)
    tasks.build_summary(summary_id)
    again = stored(shop.site, summary_id)
    assert first.pdf
    assert (again.pdf, again.pdf_sha256, again.built_at) == (first.pdf, first.pdf_sha256, first.built_at)
    assert hashlib.sha256(first.pdf).hexdigest() == first.pdf_sha256


def test_of_two_who_build_at_once_the_second_prints_what_the_first_froze(
    ordered: tuple[Workshop, int], printed: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, summary_id = ordered
    original, turn, both = take_snapshot, count(), threading.Barrier(2)

    def look_at_a_moving_world(*arguments: Any) -> Any:
        with suppress(threading.BrokenBarrierError):
            both.wait(0.5)  # Where the row is locked, only one comes here.
        return original(*arguments) | {"ordered_on": f"2026-11-{next(turn) + 10}"}

    monkeypatch.setattr(tasks, "take_snapshot", look_at_a_moving_world)
    at_once(2, tasks.build_summary, summary_id)
    summary = stored(shop.site, summary_id)
    assert [page == summary.content for page in printed] == [True] * len(printed)


def test_a_printer_that_fails_leaves_the_page_a_reason_and_three_attempts(
    ordered: tuple[Workshop, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, summary_id = ordered

    def fail(_content: Any) -> bytes:
        raise pdf.RenderError("Pango saknas")

    monkeypatch.setattr(pdf, "render_summary", fail)
    for _ in range(MAX_ATTEMPTS + 1):
        tasks.build_summary.apply(args=(summary_id,))
    summary = stored(shop.site, summary_id)
    assert (summary.state, summary.fault, summary.pdf) == (SummaryState.FAILED, "Pango saknas", None)
    with shop.site.database.read() as session:
        assert [row.attempts for row in session.scalars(stuck())] == [MAX_ATTEMPTS]
    coordinator = shop.site.sign_in("coordinator")
    assert "Pango saknas" in coordinator.get("/rapporter").text
    assert coordinator.get(f"/rapporter/{summary_id}").status_code == 200
    assert coordinator.get(f"/rapporter/{summary_id}.pdf").status_code == 404


def test_a_printer_that_works_again_mends_a_failed_summary(
    ordered: tuple[Workshop, int], printed: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, summary_id = ordered
    with monkeypatch.context() as broken:
        broken.setattr(pdf, "render_summary", lambda _content: (_ for _ in ()).throw(pdf.RenderError("Pango saknas")))
        tasks.build_summary.apply(args=(summary_id,))
    tasks.build_summary(summary_id)
    summary = stored(shop.site, summary_id)
    assert (summary.state, summary.fault) == (SummaryState.BUILT, "")


def test_what_is_downloaded_is_what_was_stored(ordered: tuple[Workshop, int], printed: list[Any]) -> None:
    shop, summary_id = ordered
    tasks.build_summary(summary_id)
    answer = shop.site.sign_in("coordinator").get(f"/rapporter/{summary_id}.pdf")
    assert hashlib.sha256(answer.data).hexdigest() == stored(shop.site, summary_id).pdf_sha256
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="lsg-savsjo-2026-10-v1.pdf"'


def test_a_stored_pdf_that_was_damaged_is_not_handed_out(ordered: tuple[Workshop, int], printed: list[Any]) -> None:
    shop, summary_id = ordered
    tasks.build_summary(summary_id)
    with shop.site.database.write() as session:
        session.execute(update(Summary).values(pdf=b"%PDF-1.7 nvmber 1"))
    answer = shop.site.sign_in("coordinator").get(f"/rapporter/{summary_id}.pdf")
    assert answer.status_code == 500
    assert "Något gick fel" in answer.text


def test_the_button_builds_a_draft_anew_and_corrects_what_is_released(
    ordered: tuple[Workshop, int], printed: list[Any]
) -> None:
    shop, summary_id = ordered
    tasks.build_summary(summary_id)
    coordinator = shop.site.sign_in("coordinator")
    words = {"forum": "lsg-savsjo", "kind_period": "monthly/2026-10-01", **coordinator.tokens("/om")}
    assert coordinator.post("/rapporter", data=words).status_code == 303
    assert versions(shop.site) == [(1, SummaryState.QUEUED)]
    tasks.build_summary(summary_id)
    with shop.site.database.write() as session:
        released = {"state": SummaryState.APPROVED, "approved_at": shop.site.moment, "released_at": shop.site.moment}
        session.execute(update(Summary).values(released))
    for _ in range(2):
        assert coordinator.post("/rapporter", data=words).status_code == 303
        assert versions(shop.site) == [(1, SummaryState.APPROVED), (2, SummaryState.QUEUED)]


def versions(site: Site) -> list[tuple[int, SummaryState]]:
    with site.database.read() as session:
        rows = session.execute(select(Summary.version, Summary.state).order_by(Summary.version))
        return [(row.version, row.state) for row in rows]


def test_what_was_printed_for_an_earlier_order_is_thrown_away(
    ordered: tuple[Workshop, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody builds the draft anew while it is being printed."""
    shop, summary_id = ordered

    def order_meanwhile(_content: Any) -> bytes:
        with shop.site.database.write() as session:
            order_build(session, lock_summary(session, summary_id), shop.site.moment)
        return b"%PDF-1.7 too late"

    monkeypatch.setattr(pdf, "render_summary", order_meanwhile)
    tasks.build_summary(summary_id)
    assert (stored(shop.site, summary_id).pdf, shop.site.count(Outbox)) == (None, 1)
    monkeypatch.setattr(pdf, "render_summary", lambda _content: b"%PDF-1.7 in time")
    tasks.build_summary(summary_id)
    assert (stored(shop.site, summary_id).pdf, shop.site.count(Outbox)) == (b"%PDF-1.7 in time", 0)
