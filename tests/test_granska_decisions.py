"""What a decision at the review does, and what comes after it."""

from __future__ import annotations

from sqlalchemy import select

from models import Classification, InfoRequest, Report, Review, Slice, Track
from models.report import Level, Recurrence, ReportState
from tests.desk import TITLE, decide, forum_of, moves, report_of, suggest
from tests.site import Site


def test_a_decision_is_kept_beside_the_suggestion(site: Site) -> None:
    reference = site.sign_in("reporter").file_report(may_paraphrase="1", other_actors=["primarvard"])
    suggest(site, reference, "handover")
    answers = {
        "category": "contact_route",
        "also": ["rules", "handover"],
        "counterpart": "rehabkoordinator",
        "level": "structural",
        "recurrence": "often",
        "paraphrase": "Vården hade ingen tydlig mottagare för remisser.",
    }
    answer = decide(site.sign_in("coordinator"), site, reference, **answers)
    assert answer.status_code == 303
    with site.database.read() as session:
        review = session.scalars(select(Review)).one()
        kept = session.scalars(select(Classification)).one()
        report = session.scalars(select(Report)).one()
        units = {track.unit_id: track.state for track in session.scalars(select(Track))}
        assert report.about_unit.code == "rehabkoordinator"
    assert (review.suggested, review.category, kept.category) == ("handover", "contact_route", "handover")
    assert review.function == "Samverkanskoordinator coordinator"
    assert (report.category, report.also_categories) == ("contact_route", ["rules", "handover"])
    assert (report.level, review.recurrence) == (Level.STRUCTURAL, Recurrence.OFTEN)
    assert report.paraphrase == answers["paraphrase"]
    assert (report.state, report.version, report.reviewed_at) == (ReportState.WITH_PARTY, 2, site.moment)
    assert units == dict.fromkeys((report.about_unit_id, *report.other_units), ReportState.WITH_PARTY)
    assert [state for state, _, _ in moves(site, reference)] == ["in_review", "with_party"]


def test_the_reporters_own_answer_stands_beside_the_judgement(site: Site) -> None:
    reporter, coordinator = site.sign_in("reporter"), site.sign_in("coordinator")
    answered, silent = reporter.file_report(recurrence="first"), reporter.file_report(recurrence="")
    for reference in (answered, silent):
        assert decide(coordinator, site, reference, recurrence="often").status_code == 303
        assert '<option value="often" selected' in coordinator.get(f"/granska/{reference}").text
    first, other = (reporter.get(f"/mina-rapporter/{reference}").text for reference in (answered, silent))
    assert Recurrence.FIRST.label in first
    assert "Hur ofta" not in other
    assert Recurrence.OFTEN.label not in first + other


def test_what_worked_gets_no_category(site: Site) -> None:
    reporter = site.sign_in("reporter")
    failed, worked = reporter.file_report(), reporter.file_report(kind="good")
    coordinator = site.sign_in("coordinator")
    usual, page = (coordinator.get(f"/granska/{reference}").text for reference in (failed, worked))
    for words in ('name="category"', 'name="also"', "Det finns inget förslag till kategori än", 'href="#category"'):
        assert words in usual
        assert words not in page
    assert 'id="counterpart"' in page
    assert decide(coordinator, site, worked, category="rules", also=["handover"]).status_code == 303
    report = report_of(site, worked)
    assert (report.state, report.category, report.also_categories) == (ReportState.WITH_PARTY, "unassessed", [])


def test_a_decision_is_counted_again(site: Site) -> None:
    reference = site.sign_in("reporter").file_report()
    site.recount()
    decide(site.sign_in("coordinator"), site, reference, category="rules")
    with site.database.read() as session:
        assert session.scalars(select(Slice.marked - Slice.counted)).one() == 1


def test_a_report_goes_to_the_queue_of_a_forum_and_may_go_to_another(site: Site) -> None:
    reference = site.sign_in("reporter").file_report()
    coordinator = site.sign_in("coordinator")
    first, second = forum_of(site, "lsg-savsjo"), forum_of(site, "styrgrupp-samverk-savsjo")
    for forum in (first, second):
        assert decide(coordinator, site, reference, destination=f"forum-{forum.id}").status_code == 303
        report = report_of(site, reference)
        assert (report.state, report.forum_id) == (ReportState.ROUTED, forum.id)
    assert [why for _, _, why in moves(site, reference)][1:] == [f"Till {first.name}", f"Till {second.name}"]
    decide(coordinator, site, reference, destination="party")
    assert report_of(site, reference).forum_id is None


def test_statistics_alone_and_referral_ask_for_reasons_and_tell_them(site: Site) -> None:
    reporter = site.sign_in("reporter")
    closed, referred = reporter.file_report(), reporter.file_report()
    coordinator = site.sign_in("coordinator")
    assert (
        "Skriv varför rapporten avslutas utan forum" in decide(coordinator, site, closed, destination="no_forum").text
    )
    half = decide(coordinator, site, referred, destination="refer", referred_to="Regionens egen rutin")
    assert "Skriv varför rapporten hänvisas" in half.text
    assert 'value="Regionens egen rutin"' in half.text
    decide(coordinator, site, closed, destination="no_forum", reason="Löst på telefon samma dag")
    reasons = {"referred_to": "Regionens egen rutin", "refer_reason": "Gäller bara kommun och region"}
    decide(coordinator, site, referred, destination="refer", **reasons)
    one, other = report_of(site, closed), report_of(site, referred)
    assert (one.state, one.close_reason, one.closed_at) == (
        ReportState.CLOSED,
        "Löst på telefon samma dag",
        site.moment,
    )
    assert (other.state, other.referred_to) == (ReportState.REFERRED, "Regionens egen rutin")
    assert "Löst på telefon samma dag" in reporter.get(f"/mina-rapporter/{closed}").text
    assert "Gäller bara kommun och region" in reporter.get(f"/mina-rapporter/{referred}").text


def test_a_reason_that_belongs_to_another_choice_is_not_stored(site: Site) -> None:
    reference = site.sign_in("reporter").file_report()
    decide(site.sign_in("coordinator"), site, reference, destination="party", reason="Ska inte sparas", question="Nej")
    assert report_of(site, reference).close_reason == ""
    assert site.count(InfoRequest) == 0


def test_deciding_later_leaves_the_report_in_the_queue(site: Site) -> None:
    reference = site.sign_in("reporter").file_report()
    coordinator = site.sign_in("coordinator")
    decide(coordinator, site, reference, destination="stay")
    assert report_of(site, reference).state is ReportState.IN_REVIEW
    assert TITLE.findall(coordinator.get("/granska").text) == [reference]


def test_a_category_is_mended_without_moving_the_report(site: Site) -> None:
    reference = site.sign_in("reporter").file_report()
    coordinator = site.sign_in("coordinator")
    decide(coordinator, site, reference, destination="no_forum", reason="Löst på telefon")
    decide(coordinator, site, reference, destination="stay", category="rules")
    report = report_of(site, reference)
    assert (report.state, report.category, report.close_reason) == (ReportState.CLOSED, "rules", "Löst på telefon")


def test_save_and_open_next_goes_through_the_whole_queue_and_ends_at_its_list(site: Site) -> None:
    reporter = site.sign_in("reporter")
    filed = [reporter.file_report() for _ in range(3)]
    coordinator = site.sign_in("coordinator")
    first = decide(coordinator, site, filed[1], do="next")
    assert first.location == f"/granska/{filed[2]}#rapporten"
    assert decide(coordinator, site, filed[2], do="next").location == f"/granska/{filed[0]}#rapporten"
    assert decide(coordinator, site, filed[0], do="next").location == "/granska"


def test_one_may_be_skipped(site: Site) -> None:
    reporter = site.sign_in("reporter")
    filed = [reporter.file_report() for _ in range(2)]
    coordinator = site.sign_in("coordinator")
    page = coordinator.get(f"/granska/{filed[0]}").text
    assert f'href="/granska/{filed[1]}#rapporten"' in page
    assert "1 av 2 i kön" in page


def test_the_share_of_changed_suggestions_is_told(site: Site) -> None:
    reporter, coordinator = site.sign_in("reporter"), site.sign_in("coordinator")
    assert "Du har ändrat" not in coordinator.get("/granska").text
    for decided in ("contact_route", "rules", "contact_route"):
        reference = reporter.file_report()
        suggest(site, reference, "contact_route")
        decide(coordinator, site, reference, category=decided)
    decide(coordinator, site, reporter.file_report(), category="rules")  # nothing was suggested here
    assert "Du har ändrat 1 av 3 förslag de senaste tolv månaderna." in coordinator.get("/granska").text
    decide(coordinator, site, reference, category="handover", destination="stay")  # the same report, judged anew
    assert "Du har ändrat 2 av 3 förslag" in coordinator.get("/granska").text
    site.advance(days=366)
    assert "Du har ändrat" not in site.sign_in("coordinator").get("/granska").text
