"""What was published stays as it was weighed, and goes off the page when its report or its words change."""

from __future__ import annotations

from sqlalchemy import update

from models import Publication, Report
from models.report import ReportState
from tests.answered import PARAPHRASE, answer, publish, ready
from tests.desk import decide, moves
from tests.site import Site

__all__ = ["ready"]  # a fixture


def test_it_can_be_taken_back_and_published_again(site: Site, ready: str) -> None:
    coordinator = site.sign_in("coordinator")
    publish(coordinator, site, ready)
    publish(coordinator, site, ready, "ta-bort")
    assert PARAPHRASE not in site.visitor().get("/besvarade").text
    assert publish(coordinator, site, ready, "ta-bort").status_code == 422
    publish(coordinator, site, ready)
    assert site.visitor().get("/besvarade").text.count(PARAPHRASE) == 1
    assert site.count(Publication) == 1
    assert [why for _, _, why in moves(site, ready) if "sidan" in why or "publicerades" in why] == [
        "Omskrivningen och svaret publicerades",
        "Omskrivningen och svaret togs bort från den öppna sidan",
        "Omskrivningen och svaret publicerades",
    ]


def test_a_new_paraphrase_takes_the_old_one_off_the_page(site: Site, ready: str) -> None:
    coordinator = site.sign_in("coordinator")
    publish(coordinator, site, ready)
    changed = decide(
        coordinator, site, ready, destination="stay", category="handover", paraphrase="Handläggningen drog ut på tiden."
    )
    assert changed.status_code == 303, changed.text
    assert PARAPHRASE not in site.visitor().get("/besvarade").text
    assert "Publicera omskrivningen" in coordinator.get(f"/granska/{ready}/svar").text


def test_a_new_category_does_not_change_what_was_weighed(site: Site, ready: str) -> None:
    coordinator = site.sign_in("coordinator")
    publish(coordinator, site, ready)
    before = site.visitor().get("/besvarade.json").data
    with site.database.write() as session:
        session.execute(update(Report).where(Report.reference == ready).values(category="rules"))
    assert site.visitor().get("/besvarade.json").data == before


def test_a_report_that_no_longer_stands_is_off_the_page(site: Site, ready: str) -> None:
    publish(site.sign_in("coordinator"), site, ready)
    for gone in ({"state": ReportState.WITHDRAWN}, {"state": ReportState.ANSWERED, "may_paraphrase": False}):
        with site.database.write() as session:
            session.execute(update(Report).where(Report.reference == ready).values(**gone))
        assert PARAPHRASE not in site.visitor().get("/besvarade").text


def test_a_completed_answer_takes_the_place_of_the_first(site: Site, ready: str) -> None:
    coordinator = site.sign_in("coordinator")
    publish(coordinator, site, ready)
    answer(coordinator, site, ready, action="Brevlådan bevakas nu varje dag.")
    publish(coordinator, site, ready)
    page = site.visitor().get("/besvarade").text
    assert "Brevlådan bevakas nu varje dag." in page
    assert page.count(PARAPHRASE) == 1
