"""The review page, and what a decision does."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select, update

from models import Classification, InfoRequest, Report, Review, Slice, Track
from models.report import Level, Recurrence, ReportState
from tests.desk import TITLE, decide, forum_of, moves, report_of, send, suggest
from tests.site import TEXT, Site


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
    assert (report.level, report.recurrence) == (Level.STRUCTURAL, Recurrence.OFTEN)
    assert report.paraphrase == answers["paraphrase"]
    assert (report.state, report.version, report.reviewed_at) == (ReportState.WITH_PARTY, 2, site.moment)
    assert units == dict.fromkeys((report.about_unit_id, *report.other_units), ReportState.WITH_PARTY)
    assert [state for state, _, _ in moves(site, reference)] == ["in_review", "with_party"]


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


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"category": ""}, "Välj kategori"),
        ({"category": "hittepå"}, "Välj kategori"),
        ({"counterpart": "hittepå"}, "Välj motpart"),
        ({"counterpart": "annan"}, "Skriv vilken annan verksamhet det gäller"),
        ({"destination": None}, "Välj vart rapporten ska"),
        ({"destination": "forum-999"}, "Välj vart rapporten ska"),
        ({"destination": "ask"}, "Skriv vad du vill fråga rapportören"),
        ({"destination": "ask", "question": "Ring 0381-123 45 i dag?"}, "något som liknar ett telefonnummer"),
        ({"destination": "ask", "question": "Var det Anna Svensson?"}, "bekräfta att det inte är ett namn"),
        ({"destination": "merge"}, "Skriv numret på den rapport som den här ska ingå i"),
        ({"also": ["rules", "handover", "resources"]}, "Välj högst två kategorier till"),
        ({"also": ["contact_route"]}, "Välj andra kategorier än huvudkategorin"),
        ({"level": "hittepå"}, "Välj ett av alternativen"),
        ({"paraphrase": "x" * 201}, "Skriv högst 200 tecken"),
        ({"paraphrase": TEXT}, "Skriv om händelsen med egna ord"),
    ],
)
def test_bad_input_is_told_at_its_field_and_nothing_is_stored(
    site: Site, answers: dict[str, object], message: str
) -> None:
    reference = site.sign_in("reporter").file_report(may_paraphrase="1")
    answer = decide(site.sign_in("coordinator"), site, reference, **answers)
    assert answer.status_code == 422
    assert re.search(f'<li><a href="#[a-z_]+">[^<]*{message}', answer.text)
    assert re.search(f'id="[a-z_]+-error"><span class="lh-vh">Fel: </span>[^<]*{message}', answer.text)
    assert "<title>Fel: " in answer.text
    report = report_of(site, reference)
    assert (report.state, report.version, site.count(Review)) == (ReportState.RECEIVED, 1, 0)


def test_a_likely_name_is_let_through_when_it_is_confirmed(site: Site) -> None:
    reference = site.sign_in("reporter").file_report()
    answers = {"destination": "ask", "question": "Menar du Anna Svensson eller mottagningen?"}
    coordinator = site.sign_in("coordinator")
    assert "Anna Svensson" in decide(coordinator, site, reference, **answers).text
    assert decide(coordinator, site, reference, **answers, pii_confirmed="1").status_code == 303


def test_without_the_reporters_leave_nothing_is_paraphrased(site: Site) -> None:
    reference = site.sign_in("reporter").file_report()
    coordinator = site.sign_in("coordinator")
    assert 'name="paraphrase"' not in coordinator.get(f"/granska/{reference}").text
    answer = decide(coordinator, site, reference, paraphrase="Vården hade ingen tydlig mottagare.")
    assert answer.status_code == 422
    assert report_of(site, reference).paraphrase == ""


def test_a_paraphrase_that_changes_must_be_released_anew(site: Site) -> None:
    reference = site.sign_in("reporter").file_report(may_paraphrase="1")
    coordinator = site.sign_in("coordinator")
    decide(coordinator, site, reference, paraphrase="Vården hade ingen tydlig mottagare.")
    with site.database.write() as session:
        session.execute(update(Report).values(paraphrase_released_at=site.moment))
    decide(coordinator, site, reference, destination="stay", paraphrase="Vården hade ingen tydlig mottagare.")
    assert report_of(site, reference).paraphrase_released_at == site.moment
    decide(coordinator, site, reference, destination="stay", paraphrase="Vården saknade en mottagare.")
    assert report_of(site, reference).paraphrase_released_at is None


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


def test_whoever_comes_second_sees_what_the_first_decided_and_keeps_the_typed(site: Site) -> None:
    reference = site.sign_in("reporter").file_report(may_paraphrase="1")
    coordinator = site.sign_in("coordinator")
    seen = report_of(site, reference).version
    decide(site.sign_in("coordinator"), site, reference, category="rules", destination="no_forum", reason="Löst redan")
    mine = {"category": "handover", "paraphrase": "Vården hade ingen tydlig mottagare.", "destination": "party"}
    answer = decide(coordinator, site, reference, version=seen, **mine)
    assert answer.status_code == 409
    for words in (
        "Rapporten har ändrats sedan sidan visades",
        "Regelverk krockar",
        "Avslutad",
        "Löst redan",
        mine["paraphrase"],
    ):
        assert words in answer.text
    assert '<option value="handover" selected>' in answer.text
    assert re.search(r'value="party" id="[^"]*" checked', answer.text)
    report = report_of(site, reference)
    assert (report.category, report.state, site.count(Review)) == ("rules", ReportState.CLOSED, 1)
    assert decide(coordinator, site, reference, **mine).status_code == 303
    assert report_of(site, reference).category == "handover"


def test_a_decision_on_a_report_that_was_taken_back_is_refused_with_the_reason(site: Site) -> None:
    reporter = site.sign_in("reporter")
    reference = reporter.file_report(may_paraphrase="1")
    page = f"/mina-rapporter/{reference}"
    send(reporter, page, f"{page}/ta-tillbaka", withdrawal="Jag skrev om fel verksamhet")
    for version in (1, 2):
        coordinator = site.sign_in("coordinator")
        answer = decide(coordinator, site, reference, version=version, paraphrase="Ord som inte får försvinna.")
        assert answer.status_code == 409
        assert "Rapportören har tagit tillbaka rapporten" in answer.text
        assert "Ord som inte får försvinna." in answer.text
    assert (report_of(site, reference).state, site.count(Review)) == (ReportState.WITHDRAWN, 0)


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


def test_one_units_track_moves_by_itself(site: Site) -> None:
    reporter = site.sign_in("reporter")
    reference = reporter.file_report(other_actors=["primarvard"])
    coordinator = site.sign_in("coordinator")
    decide(coordinator, site, reference)
    report = report_of(site, reference)
    page, address = f"/granska/{reference}", f"/granska/{reference}/verksamhet/{report.other_units[0]}"
    assert send(coordinator, page, address, state="answered", why="").status_code == 303
    assert "Skriv vad som har hänt" in coordinator.get(page).text
    assert send(coordinator, page, address, state="answered", why="Vårdcentralen svarade").status_code == 303
    with site.database.read() as session:
        states = {track.unit_id: track.state for track in session.scalars(select(Track))}
    assert states == {report.about_unit_id: ReportState.WITH_PARTY, report.other_units[0]: ReportState.ANSWERED}
    assert report_of(site, reference).state is ReportState.WITH_PARTY
    assert send(coordinator, page, address, state="merged", why="x").status_code == 404
    assert send(coordinator, page, f"/granska/{reference}/verksamhet/999", state="answered", why="x").status_code == 404


def test_when_the_counterpart_turns_out_to_be_another_its_track_goes_along(site: Site) -> None:
    reference = site.sign_in("reporter").file_report(other_actors=["primarvard"])
    coordinator = site.sign_in("coordinator")
    decide(coordinator, site, reference)
    decide(coordinator, site, reference, counterpart="rehabkoordinator", destination="stay")
    report = report_of(site, reference)
    with site.database.read() as session:
        there = set(session.scalars(select(Track.unit_id)))
    assert there == {report.about_unit_id, *report.other_units}
