"""/drift: what has stopped is seen with its reason, and can be tried again once, by whoever presses and how often."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from models import Delivery, Forum, Outbox, Report
from models.delivery import DeliveryState
from models.heartbeat import BACKUP, SLOW, SWEEP, beat
from models.outbox import MAX_ATTEMPTS, overdue
from models.report import ReportState
from models.summary import SummaryKind, order_summary
from schemas.months import local_date
from tests.desk import give_post, send
from tests.site import TEXT, Site
from tests.test_utskick import order
from tests.workshop import at_once

FAULT = "Kräver granskning: gick inte på 3 försök (ValueError)"


@pytest.fixture
def stopped(site: Site) -> int:
    """A report whose classification has been given up. Its job's id."""
    site.sign_in("reporter").file_report()
    give_up(site)
    with site.database.read() as session:
        return session.scalars(select(Outbox.id)).one()


def give_up(site: Site) -> None:
    with site.database.write() as session:
        session.execute(update(Outbox).values(attempts=MAX_ATTEMPTS, attempted_at=site.moment, fault=FAULT))


def all_alive(site: Site) -> None:
    with site.database.write() as session:
        for name in (SWEEP, SLOW, BACKUP):
            beat(session, name, site.moment)


def test_when_all_is_well_the_page_says_so(site: Site) -> None:
    all_alive(site)
    page = site.sign_in("administrator").get("/drift").text
    assert "Allt fungerar. Inget väntar på dig." in page
    assert "Kräver granskning" not in page
    assert "Lex Heller version " in page


def test_what_has_stopped_stands_there_with_reason_and_meaning_and_without_a_word_of_the_report(
    site: Site, stopped: int
) -> None:
    all_alive(site)
    site.advance(minutes=7)
    page = site.sign_in("administrator").get("/drift").text
    for words in ("Något behöver ses över.", "Föreslå kategori", "LH-2026-0001", "(ValueError)", "7 minuter"):
        assert words in page
    assert "Rapporten är sparad och kan granskas" in page
    assert f'action="/drift/{stopped}/igen"' in page
    assert TEXT not in page


def test_pressing_again_and_again_queues_once(site: Site, stopped: int) -> None:
    administrator = site.sign_in("administrator")
    assert send(administrator, "/drift", f"/drift/{stopped}/igen").status_code == 303
    assert "Arbetet är köat igen." in administrator.get("/drift").text
    token = administrator.tokens("/om")
    for address in (f"/drift/{stopped}/igen", "/drift/igen", "/drift/4711/igen"):
        assert administrator.post(address, data=token).status_code == 303
        assert "redan köat eller klart" in administrator.get("/drift").text
    with site.database.write() as session:
        job = session.scalars(select(Outbox)).one()
        assert (job.id, job.attempts, job.fault) == (stopped, 0, "")
        assert session.scalars(overdue(site.moment + timedelta(minutes=1))).one().id == stopped


def test_two_who_press_at_once_queue_it_once(site: Site, stopped: int) -> None:
    people = [site.sign_in("administrator") for _ in range(4)]
    told = [person.tokens("/drift") for person in people]
    pressing = iter(zip(people, told, strict=True))

    def press() -> None:
        person, token = next(pressing)
        assert person.post(f"/drift/{stopped}/igen", data=token).status_code == 303

    at_once(4, press)
    pages = [person.get("/drift").text for person in people]
    assert sorted("Arbetet är köat igen." in page for page in pages) == [False, False, False, True]
    assert site.count(Outbox) == 1


def test_one_button_takes_all_that_has_stopped(site: Site) -> None:
    with site.database.write() as session:
        forum = session.scalars(select(Forum).where(Forum.federation_id == 1)).first()
        assert forum
        order_summary(session, forum.id, SummaryKind.MONTHLY, local_date(site.moment).replace(day=1), 1, site.moment)
    site.sign_in("reporter").file_report()
    give_up(site)
    administrator = site.sign_in("administrator")
    page = administrator.get("/drift").text
    assert "Månadsrapport november 2026" in page
    assert send(administrator, "/drift", "/drift/igen").status_code == 303
    assert "2 arbeten är köade igen." in administrator.get("/drift").text
    with site.database.read() as session:
        assert {job.attempts for job in session.scalars(select(Outbox))} == {0}


def test_another_federations_work_is_counted_but_not_shown_or_touched(site: Site, stopped: int) -> None:
    far = site.sign_in("far-administrator")
    page = far.get("/drift").text
    assert "LH-2026-0001" not in page
    assert "/igen" not in page
    assert '<td data-label="Har stannat">1</td>' in page
    for address in (f"/drift/{stopped}/igen", "/drift/igen"):
        far.post(address, data=far.tokens("/om"))
    with site.database.read() as session:
        assert session.scalars(select(Outbox.attempts)).one() == MAX_ATTEMPTS


def test_it_is_for_administrators(site: Site, stopped: int) -> None:
    give_post(site, "coordinator", None)
    for name in ("reporter", "coordinator", "member"):
        visitor = site.sign_in(name)
        assert visitor.get("/drift").status_code == 404
        assert visitor.post(f"/drift/{stopped}/igen", data=visitor.tokens("/om")).status_code == 404


def test_nothing_stays_red_that_a_person_has_dealt_with(site: Site, stopped: int) -> None:
    """A report that somebody has judged needs no suggestion; a mail that is written off needs nobody."""
    all_alive(site)
    assert "något kräver granskning" in site.visitor().get("/halsa").text
    with site.database.write() as session:
        session.execute(update(Report).values(state=ReportState.IN_REVIEW))
    delivery_id = order(site, state=DeliveryState.FAILED, fault="Mejlservern säger nej (550)")
    with site.database.write() as session:
        session.execute(update(Outbox).values(attempts=MAX_ATTEMPTS))
    administrator = site.sign_in("administrator")
    assert "1 mejl i ert förbund" in administrator.get("/drift").text
    assert send(administrator, "/utskick", f"/utskick/{delivery_id}/avskriv").status_code == 303
    assert "Mejlet är avskrivet." in administrator.get("/utskick").text
    assert "Allt fungerar. Inget väntar på dig." in administrator.get("/drift").text
    assert "Allt fungerar." in site.visitor().get("/halsa").text


@pytest.mark.parametrize("state", [DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.SENT])
def test_only_a_mail_in_trouble_can_be_written_off(site: Site, state: DeliveryState) -> None:
    delivery_id = order(site, state=state)
    administrator = site.sign_in("administrator")
    administrator.post(f"/utskick/{delivery_id}/avskriv", data=administrator.tokens("/om"))
    assert "redan köat, skickat eller avskrivet" in administrator.get("/utskick").text
    with site.database.read() as session:
        assert session.get_one(Delivery, delivery_id).state is state


def test_what_waits_too_long_is_seen_within_five_minutes(site: Site) -> None:
    site.sign_in("reporter").file_report()
    site.advance(minutes=4, seconds=59)
    all_alive(site)
    assert "har väntat mer än fem minuter" not in site.visitor().get("/halsa").text
    site.advance(seconds=2)
    assert "har väntat mer än fem minuter" in site.visitor().get("/halsa").text
    assert "5 minuter" in site.sign_in("administrator").get("/drift").text


def test_a_backup_that_fails_to_come_is_seen(site: Site) -> None:
    administrator = site.sign_in("administrator")
    assert "ingen har gjorts än" in administrator.get("/drift").text
    all_alive(site)
    assert "tas varje natt" in site.visitor().get("/halsa").text
    site.advance(hours=27)
    assert "har inte tagits på mer än ett dygn" in site.visitor().get("/halsa").text
    assert "för 1 dag sedan" in site.sign_in("administrator").get("/drift").text


def test_a_disk_that_fills_is_seen(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webapp.disk.LEAST", 10**18)
    monkeypatch.setattr("webapp.vitals.LEAST", 10**18)
    all_alive(site)
    assert "är nästan full" in site.visitor().get("/halsa").text
    page = site.sign_in("administrator").get("/drift").text
    assert "GB ledigt" in page
    assert "Något behöver ses över." in page
