"""What a coordinator writes instead of our sentences: screened, marked in the document, the original kept beside it."""

from __future__ import annotations

import pytest

from models import Summary
from models.summary import SummaryState
from tests.releases import Office, open_office, review
from tests.site import Site


@pytest.fixture
def office(site: Site, monkeypatch: pytest.MonkeyPatch) -> Office:
    return open_office(site, monkeypatch)


def test_an_edited_sentence_is_marked_and_its_original_kept(office: Office) -> None:
    coordinator, texts = office.site.sign_in("coordinator"), office.texts()
    words = texts | {"sentences_0_claim": "Kontaktvägarna behöver styrgruppens hjälp."}
    assert office.press(coordinator, "granska", words).status_code == 303
    assert office.stored().state is SummaryState.QUEUED
    snapshot = office.stored().snapshot
    office.build()
    summary = office.stored()
    assert summary.content is not None
    assert summary.edits is not None
    first = summary.content["sentences"][0]
    assert (first["claim"], first["edited"]) == (words["sentences_0_claim"], True)
    assert summary.edits[0]["original"]["claim"] == texts["sentences_0_claim"]
    assert (summary.snapshot, summary.version, summary.state) == (snapshot, 1, SummaryState.BUILT)
    assert f"Så stod det: {texts['sentences_0_claim']}" in review(office).replace("&#39;", "'")
    office.approve()
    released = office.stored().content
    assert released is not None
    assert released["sentences"][0] == first


def test_an_approval_saves_what_was_not_saved_and_waits_until_it_is_read(office: Office) -> None:
    coordinator, texts = office.site.sign_in("coordinator"), office.texts()
    words = texts | {"sentences_0_claim": "Kontaktvägarna behöver styrgruppens hjälp."}
    told = coordinator.get(office.press(coordinator, "godkann", words).location).text
    assert "Dina ändringar är sparade, men inget är godkänt eller skickat än." in told
    office.build()
    assert (office.stored().state, office.stored().approved_at) == (SummaryState.BUILT, None)
    assert office.texts() == words
    assert office.press(coordinator, "godkann", office.texts()).status_code == 303
    office.build()
    released = office.stored()
    assert released.content is not None
    assert released.state is SummaryState.APPROVED
    assert released.content["sentences"][0]["claim"] == words["sentences_0_claim"]


def test_a_text_that_is_refused_stops_the_approval_and_leaves_no_button_for_it(office: Office) -> None:
    coordinator, texts = office.site.sign_in("coordinator"), office.texts()
    assert "Godkänn och skicka" in review(office)
    for end in ("godkann", "granska"):
        answer = office.press(coordinator, end, texts | {"sentences_0_claim": ""})
        assert (answer.status_code, office.stored().state) == (422, SummaryState.BUILT)
        assert "Inget är gjort" in answer.text
        assert "Godkänn och skicka" not in answer.text


def test_taking_an_edit_back_leaves_no_mark(office: Office) -> None:
    coordinator, texts = office.site.sign_in("coordinator"), office.texts()
    for words in (texts | {"sentences_1_text": "Något annat."}, texts):
        office.press(coordinator, "granska", words)
        office.build()
    summary = office.stored()
    assert summary.content is not None
    assert (summary.edits, summary.content["sentences"][1]["edited"]) == ([], False)


def test_a_heading_and_the_question_below_it_are_read_apart(office: Office) -> None:
    coordinator, texts = office.site.sign_in("coordinator"), office.texts()
    office.press(coordinator, "granska", texts | {"sentences_0_claim": "Utan punkt", "sentences_0_text": "Sedan mer."})
    office.build()
    assert "Utan punkt. Sedan mer." in review(office)


def test_saving_without_a_change_prints_nothing(office: Office) -> None:
    assert office.press(office.site.sign_in("coordinator"), "granska", office.texts()).status_code == 303
    assert (office.stored().state, len(office.printed)) == (SummaryState.BUILT, 1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Skriv något här"),
        ("Personen 19811218-9876 fick vänta.", "personnummer"),
        ("Tre rapporter gäller samma sak.", "Skriv ”några rapporter” i stället för ”Tre rapporter”"),
        ("Hela 47 rapporter gäller samma sak.", "Antalet 47 står inte i sammanställningen"),
        ("a" * 501, "Skriv högst 500 tecken"),
    ],
)
def test_an_edit_that_may_not_leave_is_stopped_and_stays_in_the_form(office: Office, text: str, said: str) -> None:
    words = office.texts() | {"sentences_2_text": text}
    answer = office.press(office.site.sign_in("coordinator"), "granska", words)
    assert answer.status_code == 422
    assert said in answer.text
    assert text in answer.text
    assert (office.stored().edits, office.stored().state) == (None, SummaryState.BUILT)


def test_what_may_be_a_name_must_be_confirmed(office: Office) -> None:
    words = office.texts() | {"sentences_2_text": "Enligt Anna Svensson går det bättre."}
    coordinator = office.site.sign_in("coordinator")
    answer = office.press(coordinator, "granska", words)
    assert (answer.status_code, "pii_confirmed" in answer.text) == (422, True)
    assert office.press(coordinator, "granska", words | {"pii_confirmed": "1"}).status_code == 303


def test_an_edit_of_a_sentence_that_reads_otherwise_by_now_is_left_out_and_shown(office: Office) -> None:
    coordinator = office.site.sign_in("coordinator")
    words = office.texts() | {"sentences_0_claim": "Det här skrev jag om de gamla talen."}
    office.press(coordinator, "granska", words)
    office.build()
    with office.site.database.write() as session:
        row = session.get_one(Summary, office.summary_id)
        row.edits = [dict(edit, original=dict.fromkeys(edit["original"], "Gammalt.")) for edit in row.edits or []]
    office.press(coordinator, "bygg-om")
    office.build()
    content = office.stored().content
    assert content is not None
    assert [sentence["edited"] for sentence in content["sentences"]] == [False] * 3
    assert "Det här skrev jag om de gamla talen." in review(office)
