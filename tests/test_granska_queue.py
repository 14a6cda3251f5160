"""The queue of the review desk, and the page of one report in it."""

from __future__ import annotations

import logging
import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from models import Area, Forum, Meeting, Report, User
from models.report import ReportState
from schemas.months import local_date
from tests.desk import TITLE, decide, forum_of, give_post, post_of, report_of, send, suggest
from tests.site import Site


def test_the_queue_holds_ones_own_areas_and_post_oldest_first(site: Site) -> None:
    give_post(site, "coordinator", None)
    reporter = site.sign_in("reporter")
    filed = []
    for area in ("savsjo", "aneby", "savsjo"):
        filed.append(reporter.file_report(area=area))
        site.advance(minutes=5)
    page = site.sign_in("coordinator").get("/granska").text
    assert TITLE.findall(page) == filed
    assert "3 rapporter i kön (3 nya)" in page
    assert "Aneby (1)" in page
    assert "Sävsjö (2)" in page
    assert 'Att granska <span class="lh-count">3</span>' in page


def test_a_middling_confidence_is_a_word_of_its_own(site: Site) -> None:
    reference = site.sign_in("reporter").file_report()
    suggest(site, reference, "handover", confidence=0.7)
    page = site.sign_in("coordinator").get("/granska").text
    assert "(medelhög säkerhet)" in page


def test_the_heading_tells_new_reports_from_those_begun(site: Site) -> None:
    reporter = site.sign_in("reporter")
    begun, _, _ = reporter.file_report(), reporter.file_report(), reporter.file_report(area="aneby")
    coordinator = site.sign_in("coordinator")
    decide(coordinator, site, begun, destination="stay")
    assert "3 rapporter i kön (2 nya)" in coordinator.get("/granska").text
    assert "1 rapport i kön (1 ny)" in coordinator.get("/granska?omrade=aneby").text


@pytest.mark.parametrize(("waiting", "shown"), [(99, "99"), (100, "99+"), (130, "99+")])
def test_the_navigation_counts_to_ninety_nine(site: Site, waiting: int, shown: str) -> None:
    site.add_reports(waiting)
    with site.database.write() as session:
        savsjo = session.scalars(select(Area.id).where(Area.code == "savsjo")).one()
        session.execute(update(Report).values(state=ReportState.RECEIVED, area_id=savsjo))
    page = site.sign_in("coordinator").get("/granska").text
    assert f'Att granska <span class="lh-count">{shown}</span>' in page
    assert f"{waiting} rapporter i kön ({waiting} nya)" in page


def test_the_queue_of_one_area(site: Site) -> None:
    reporter = site.sign_in("reporter")
    reporter.file_report(area="savsjo")
    other = reporter.file_report(area="aneby")
    coordinator = site.sign_in("coordinator")
    assert TITLE.findall(coordinator.get("/granska?omrade=aneby").text) == [other]
    assert coordinator.get("/granska?omrade=finns-inte").status_code == 404


def test_only_what_waits_for_a_judgement_lies_in_the_queue(site: Site) -> None:
    site.add_reports(60)
    with site.database.read() as session:
        waiting = select(Report.reference).where(Report.state.in_(["received", "in_review"]))
        wanted = set(session.scalars(waiting))
    coordinator = site.sign_in("coordinator")
    assert set(TITLE.findall(coordinator.get("/granska").text)) == wanted


def test_the_queue_is_shown_in_pages_of_twenty_five(site: Site) -> None:
    site.add_reports(60)
    with site.database.write() as session:
        session.execute(update(Report).values(state=ReportState.RECEIVED))
    coordinator = site.sign_in("coordinator")
    pages = [TITLE.findall(coordinator.get(f"/granska?sida={number}").text) for number in (1, 2, 3, 99)]
    assert [len(page) for page in pages] == [25, 25, 10, 10]
    with site.database.read() as session:
        in_order = list(session.scalars(select(Report.reference).order_by(Report.received_at, Report.id)))
    assert [*pages[0], *pages[1], *pages[2]] == in_order


def test_a_report_is_late_after_its_day_and_its_working_days_are_counted(site: Site) -> None:
    site.sign_in("reporter").file_report()  # on a Monday, so promised until the next one
    seen: dict[int, str] = {}
    for days in (1, 5, 7, 8):
        site.advance(days=days - max(seen, default=0))
        seen[days] = site.sign_in("coordinator").get("/granska").text
    assert "1 arbetsdag<" in seen[1]
    assert "4 arbetsdagar<" in seen[5]
    assert "Försenad" not in seen[7]
    assert "Försenad, 6 arbetsdagar" in seen[8]


def test_an_absent_holders_queue_lies_on_the_substitutes_desk_meanwhile(site: Site) -> None:
    own, other = give_post(site, "coordinator", "savsjo"), give_post(site, "neighbour", "nassjo")
    reference = site.sign_in("reporter").file_report()
    neighbour = site.sign_in("neighbour")
    assert TITLE.findall(neighbour.get("/granska").text) == []
    assert neighbour.get(f"/granska/{reference}").status_code == 404
    today = local_date(site.moment)
    with site.database.write() as session:
        post = session.merge(own)
        post.absent_from, post.absent_until, post.substitute_id = today, today, other.id
    assert TITLE.findall(neighbour.get("/granska").text) == [reference]
    assert decide(neighbour, site, reference).status_code == 303
    assert report_of(site, reference).state is ReportState.WITH_PARTY
    site.advance(days=1)
    assert site.sign_in("neighbour").get(f"/granska/{reference}").status_code == 404


@pytest.mark.parametrize("name", ["neighbour", "far-coordinator"])
def test_somebody_elses_report_is_not_there_and_the_attempt_is_logged(
    site: Site, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    reference = site.sign_in("reporter").file_report()
    stranger = site.sign_in(name)
    with caplog.at_level(logging.WARNING):
        assert stranger.get(f"/granska/{reference}").status_code == 404
        for address in ("", "/maskera", "/text", "/dela", "/verksamhet/1"):
            answer = send(stranger, "/rapporter", f"/granska/{reference}{address}", version=1, state="closed", why="x")
            assert answer.status_code == 404, address
    assert caplog.text.count("not_theirs") == 6
    assert (report_of(site, reference).state, report_of(site, reference).version) == (ReportState.RECEIVED, 1)


def test_a_report_that_nobody_has_is_not_logged(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    assert site.sign_in("coordinator").get("/granska/LH-2026-9999").status_code == 404
    assert "not_theirs" not in caplog.text


def test_an_empty_queue_tells_what_was_reviewed_last(site: Site) -> None:
    reference = site.sign_in("reporter").file_report()
    coordinator = site.sign_in("coordinator")
    decide(coordinator, site, reference)
    page = coordinator.get("/granska").text
    assert f"Inga nya rapporter att granska. Senast granskad: {reference} 16 november 2026 kl. 10.00." in page


def test_the_form_is_preset_with_the_suggestion_and_says_why(site: Site) -> None:
    reference = site.sign_in("reporter").file_report()
    suggest(site, reference, "handover")
    page = site.sign_in("coordinator").get(f"/granska/{reference}").text
    assert '<option value="handover" selected>' in page
    assert '<option value="psykiatri" selected>' in page
    assert "Förslag: Överlämning brast" in page
    assert "(hög säkerhet)" in page
    assert "remissen" in page


def test_the_forums_of_the_area_stand_with_their_next_meeting(site: Site) -> None:
    reference = site.sign_in("reporter").file_report()
    forum = forum_of(site, "lsg-savsjo")
    with site.database.write() as session:
        for days, cancelled in ((-3, False), (5, True), (12, False), (40, False)):
            moment = site.moment + timedelta(days=days)
            session.add(Meeting(forum_id=forum.id, starts_at=moment, cancelled_at=site.moment if cancelled else None))
    page = site.sign_in("coordinator").get(f"/granska/{reference}").text
    assert f'value="forum-{forum.id}"' in page
    assert "LSG Sävsjö, 28 november" in page
    assert "Styrgrupp Samverk Sävsjö, inget möte inlagt" in page
    assert "Aneby" not in page.split("Vart ska den?")[1].split("</fieldset>")[0]


def test_an_area_without_forums_has_those_of_the_federation(site: Site) -> None:
    with site.database.write() as session:
        reporter = session.scalars(select(User).where(User.email == "reporter@example.org")).one()
        coordinator = session.scalars(select(User).where(User.email == "coordinator@example.org")).one()
        eksjo = session.scalars(select(Area).where(Area.code == "eksjo")).one()
        reporter.areas.append(eksjo)
        coordinator.areas.append(eksjo)
    reference = site.sign_in("reporter").file_report(area="eksjo")
    destinations = site.sign_in("coordinator").get(f"/granska/{reference}").text.split("Vart ska den?")[1]
    with site.database.read() as session:
        names = list(session.scalars(select(Forum.name).where(Forum.federation_id == 1, Forum.area_id.is_(None))))
    assert names
    assert all(name in destinations.replace("\N{SOFT HYPHEN}", "") for name in names)


def test_another_routines_report_is_preset_to_be_referred(site: Site) -> None:
    with site.database.write() as session:
        vaggeryd = session.scalars(select(Area).where(Area.code == "vaggeryd")).one()
        for name in ("far-reporter", "far-coordinator"):
            session.scalars(select(User).where(User.email == f"{name}@example.org")).one().areas = [vaggeryd]
    reference = site.sign_in("far-reporter").file_report(area="vaggeryd")
    page = site.sign_in("far-coordinator").get(f"/granska/{reference}").text
    assert re.search(r'value="refer" id="[^"]*" checked', page)
    assert 'value="Finnvedens samordningsförbund"' in page


def test_similar_reports_are_shown_with_the_words_they_share(site: Site) -> None:
    reporter = site.sign_in("reporter")
    same = "Remissen kom tillbaka tre gånger därför att ingen på mottagningen visste vem som tar emot remisser."
    first = reporter.file_report(description=same)
    reporter.file_report(description="Bostaden saknas och ekonomin räcker inte till hyran under hösten.")
    second = reporter.file_report()
    for reference in (first, second):
        suggest(site, reference, "contact_route")
    page = site.sign_in("coordinator").get(f"/granska/{second}").text
    listed = page.split("Liknande rapporter")[1].split("</section>")[0]
    assert TITLE.findall(listed) == [first]
    assert "Stor likhet" in listed
    assert "samma parter, samma kategori" in listed
    assert "remissen" in listed


def test_a_post_of_no_federation_of_mine_is_not_served(site: Site) -> None:
    """Desks are made of posts and areas; neither crosses a federation."""
    far = post_of(site, None, federation_id=2)
    reference = site.sign_in("reporter").file_report()
    with site.database.write() as session:
        session.execute(update(Report).values(receiver_id=far.id))
    give_post(site, "far-coordinator", None)
    assert site.sign_in("far-coordinator").get(f"/granska/{reference}").status_code == 404


def test_the_age_of_a_report_without_a_promise_is_counted_all_the_same(site: Site) -> None:
    site.sign_in("reporter").file_report()
    with site.database.write() as session:
        session.execute(update(Report).values(review_due_on=None))
    site.advance(days=8)
    assert "Försenad, 6 arbetsdagar" in site.sign_in("coordinator").get("/granska").text
    assert date(2026, 11, 24) == local_date(site.moment)
