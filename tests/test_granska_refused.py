"""What the review refuses: bad input, words that may not be told, and decisions on what has changed meanwhile."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import update

from models import Report, Review
from models.report import ReportState
from tests.desk import decide, report_of, send
from tests.site import TEXT, Site


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
