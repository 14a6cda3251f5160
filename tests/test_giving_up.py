"""Jobs that stop: the report, the summary and the mail each say so where people look, and can be asked for again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from models import Delivery, Forum, Outbox, Report, Summary
from models.delivery import DeliveryKind, DeliveryState, order_delivery, send_again
from models.outbox import MAX_ATTEMPTS, PATIENCE, Task, try_again
from models.summary import SummaryKind, SummaryState, order_summary
from tests.site import Site
from tests.workshop import Workshop


@pytest.fixture
def shop(site: Site, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    """A report, a summary and a mail, all tried in vain too often by workers that died."""
    made = Workshop(site, monkeypatch)
    site.sign_in("reporter").file_report()
    with site.database.write() as session:
        forum_id = session.scalars(select(Forum.id).order_by(Forum.id)).first() or 0
        user_id = session.scalars(select(Report.reporter_id)).one()
        order_summary(session, forum_id, SummaryKind.MONTHLY, date(2026, 9, 1), 1, site.moment)
        order_delivery(session, DeliveryKind.CLOSED, 1, user_id, "LH-2026-0001", site.moment)
        session.execute(update(Outbox).values(attempts=MAX_ATTEMPTS, attempted_at=site.moment))
    return made


def jobs(shop: Workshop) -> dict[Task, str]:
    """The jobs that have stopped, with the reason of each."""
    with shop.site.database.read() as session:
        stopped = session.scalars(select(Outbox).where(Outbox.attempts >= MAX_ATTEMPTS))
        return {row.task: row.fault for row in stopped}


def test_what_is_still_at_its_last_attempt_is_left_alone(shop: Workshop) -> None:
    shop.sweep()
    assert set(jobs(shop).values()) == {""}


def test_each_says_why_it_stopped_where_people_look(shop: Workshop) -> None:
    shop.site.moment += PATIENCE
    for _ in range(2):
        shop.sweep()
    why = "Kräver granskning: gick inte på 3 försök (arbetet avbröts)"
    assert jobs(shop) == {Task.CLASSIFY_REPORT: why, Task.BUILD_SUMMARY: why}
    with shop.site.database.read() as session:
        summary = session.scalars(select(Summary).where(Summary.period == date(2026, 9, 1))).one()
        mail = session.scalars(select(Delivery)).one()
        assert (summary.state, summary.fault) == (SummaryState.FAILED, why)
        assert (mail.state, mail.fault) == (DeliveryState.FAILED, why)
    page = shop.site.sign_in("coordinator").get("/granska/LH-2026-0001").text
    assert "Maskinen kunde inte läsa texten" in page


def test_the_kind_of_error_is_kept_and_no_words_of_it(shop: Workshop) -> None:
    with shop.site.database.write() as session:
        session.execute(update(Outbox).where(Outbox.task == Task.CLASSIFY_REPORT).values(fault="ValueError"))
    shop.site.moment += PATIENCE
    shop.sweep()
    assert jobs(shop)[Task.CLASSIFY_REPORT] == "Kräver granskning: gick inte på 3 försök (ValueError)"


def test_a_mail_that_stopped_is_sent_when_a_person_says_so(shop: Workshop) -> None:
    shop.site.moment += PATIENCE
    shop.sweep()
    with shop.site.database.write() as session:
        delivery_id = session.scalars(select(Delivery.id)).one()
        assert send_again(session, delivery_id, shop.site.moment)
    assert ("deliver", delivery_id) in after(shop)


def test_a_report_that_stopped_is_read_when_a_person_says_so(shop: Workshop) -> None:
    shop.site.moment += PATIENCE
    shop.sweep()
    with shop.site.database.write() as session:
        try_again(session, Task.CLASSIFY_REPORT, shop.report().id, shop.site.moment)
    shop.classify()
    assert shop.report().classified_at is not None


def after(shop: Workshop) -> list[tuple[str, int]]:
    """What the sweep rings for a while later."""
    shop.site.moment += PATIENCE + timedelta(seconds=1)
    return shop.sweep()


def test_stopped_jobs_are_not_called_waiting(shop: Workshop) -> None:
    shop.site.advance(hours=1)
    with shop.site.database.write() as session:
        session.execute(update(Outbox).values(attempts=MAX_ATTEMPTS))
    page = shop.site.visitor().get("/halsa").text
    assert "något har väntat mer än fem minuter" not in page
    assert "något kräver granskning" in page
