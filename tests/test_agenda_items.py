"""Items come onto an agenda, change places and leave it again, and each person sees what is theirs to see."""

from __future__ import annotations

from models import AgendaItem, Decision
from models.agenda_queries import agenda_of
from tests.agendas import DECIDED, WORDS, page_of
from tests.forums import Room, hidden, room, send
from tests.site import TEXT

__all__ = ["room"]  # a fixture


def test_reports_that_wait_are_put_on_the_agenda(room: Room) -> None:
    meeting_id = room.meeting()
    one, two, three = room.report(paraphrase="Remissen kom tillbaka."), room.report(), room.report()
    client, page = room.site.sign_in("coordinator"), f"{page_of(meeting_id)}/arenden/ny"
    form = client.get(page).text
    assert form.count('name="item_reports"') == 3
    assert send(client, page, page, item_reports=[one, two], **WORDS).status_code == 303
    shown = client.get(page_of(meeting_id)).text
    for words in (
        "1. Kontaktväg",
        "Vem öppnar en kontaktväg?",
        "20 minuter i allt",
        "Remissen kom tillbaka.",
        one,
        two,
    ):
        assert words in shown
    assert shown.count("omskrivning saknas") == 1
    assert TEXT not in shown
    assert "1 rapport väntar" in shown
    left = client.get(page).text
    assert three in left
    assert one not in left


BAD_ITEMS: tuple[tuple[str, str | list[str], str], ...] = (
    ("item_title", "", "Skriv en rubrik"),
    ("item_title", "Möte om 19811218-9876", "personnummer"),
    ("item_question", "", "Skriv frågan som gruppen ska svara på"),
    ("item_question", "Vad sa Anna Andersson?", "bekräfta att det inte är ett namn"),
    ("item_minutes", "0", "Skriv ett antal minuter"),
    ("item_minutes", "många", "Skriv ett antal minuter"),
    ("item_reports", [], "Välj minst en rapport"),
    ("item_reports", ["LH-1999-0001"], "väntar inte längre på det här forumet"),
)


def test_a_bad_item_is_refused(room: Room) -> None:
    meeting_id, reference = room.meeting(), room.report()
    client, page = room.site.sign_in("coordinator"), f"{page_of(meeting_id)}/arenden/ny"
    for field, value, message in BAD_ITEMS:
        refused = send(client, page, page, **{**WORDS, "item_reports": [reference], field: value})
        assert refused.status_code == 422, (field, value)
        assert message in refused.text, (field, value)
    assert room.site.count(AgendaItem) == 0


def test_a_likely_name_may_be_confirmed(room: Room) -> None:
    meeting_id, reference = room.meeting(), room.report()
    client, page = room.site.sign_in("coordinator"), f"{page_of(meeting_id)}/arenden/ny"
    words = WORDS | {"item_question": "Vad sa Anna Andersson?", "pii_confirmed": "1"}
    assert send(client, page, page, item_reports=[reference], **words).status_code == 303


def test_a_report_stands_on_one_open_agenda_at_a_time(room: Room) -> None:
    first, second, reference = room.meeting(days=20), room.meeting(days=40), room.report()
    client = room.site.sign_in("coordinator")
    forms = [f"{page_of(meeting_id)}/arenden/ny" for meeting_id in (first, second)]
    tokens = [hidden(client.get(form).text, "csrf_token") for form in forms]  # Both stand open in two windows.
    answers = [
        client.post(form, data={"csrf_token": token, "item_reports": reference, **WORDS})
        for form, token in zip(forms, tokens, strict=True)
    ]
    assert [answer.status_code for answer in answers] == [303, 422]
    assert room.site.count(AgendaItem) == 1


def test_an_item_on_a_cancelled_meeting_is_refused(room: Room) -> None:
    meeting_id, reference = room.meeting(cancelled_at=room.site.moment), room.report()
    client, page = room.site.sign_in("coordinator"), f"{page_of(meeting_id)}/arenden/ny"
    assert "Lägg till ett ärende" not in client.get(page_of(meeting_id)).text
    refused = send(client, page, page, item_reports=[reference], **WORDS)
    assert refused.status_code == 422
    assert "Mötet är inställt" in refused.text
    assert "Kontaktväg" in refused.text
    assert room.site.count(AgendaItem) == 0


def test_items_change_places(room: Room) -> None:
    meeting_id = room.meeting()
    ids = [room.item(meeting_id, room.report(), title=title, position=1) for title in ("A", "B", "C")]
    client, page = room.site.sign_in("coordinator"), page_of(meeting_id)
    for item_id, way in ((ids[2], "upp"), (ids[0], "ner"), (ids[2], "upp")):
        assert send(client, f"{page}/arenden/{item_id}/flytta", page, at=way).status_code == 303
    with room.site.database.read() as session:
        assert [item.title for item in agenda_of(session, meeting_id)] == ["C", "A", "B"]
    assert send(client, f"{page}/arenden/{ids[0]}/flytta", page, at="bort").status_code == 404
    assert send(client, f"{page}/arenden/999/flytta", page, at="upp").status_code == 404


def test_an_item_is_changed_and_taken_off(room: Room) -> None:
    meeting_id, one, two = room.meeting(), room.report(), room.report()
    item_id = room.item(meeting_id, one)
    client, page = room.site.sign_in("coordinator"), f"{page_of(meeting_id)}/arenden/{item_id}"
    seal = hidden(client.get(page).text, "seal")
    assert send(client, page, page, item_reports=[two], seal=seal, **WORDS).status_code == 303
    stale = send(client, page, page, item_reports=[one], seal=seal, **WORDS | {"item_title": "Min rubrik"})
    assert stale.status_code == 409
    assert "Min rubrik" in stale.text
    assert "Ärendet är nu" in stale.text
    with room.site.database.read() as session:
        assert [report.reference for report in agenda_of(session, meeting_id)[0].reports] == [two]
    assert send(client, f"{page}/bort", page_of(meeting_id)).status_code == 303
    assert room.site.count(AgendaItem) == 0
    assert "2 rapporter väntar" in client.get(page_of(meeting_id)).text


def test_members_see_questions_and_protected_counts_and_no_paraphrase_of_few_reports(room: Room) -> None:
    meeting_id = room.meeting()
    references = [
        room.report(paraphrase="Släppt omskrivning.", paraphrase_released_at=room.site.moment),
        room.report(paraphrase="Hemlig omskrivning."),
    ]
    room.item(meeting_id, *references)
    page = room.site.sign_in("member").get(page_of(meeting_id)).text
    assert "Vem öppnar en kontaktväg?" in page
    assert "&lt;5 rapporter" in page
    hidden = (
        "Släppt omskrivning.",
        "Hemlig omskrivning.",
        TEXT,
        *references,
        "Psykiatri",
        "Skriv in beslut",
        "Flytta upp",
    )
    for hidden_words in hidden:
        assert hidden_words not in page


def test_a_coordinator_of_another_area_finds_no_agenda(room: Room) -> None:
    meeting_id, reference = room.meeting(days=0), room.report()
    item_id = room.item(meeting_id, reference)
    client = room.site.sign_in("neighbour")
    token = client.tokens()
    page = page_of(meeting_id)
    for address in (f"{page}/arenden/ny", f"{page}/arenden/{item_id}", f"{page}/arenden/{item_id}/beslut"):
        assert client.get(address).status_code == 404
        assert client.post(address, data=token | WORDS | DECIDED | {"outcome": "closed"}).status_code == 404
    for place in ("flytta", "bort"):
        assert client.post(f"{page}/arenden/{item_id}/{place}", data=token | {"at": "upp"}).status_code == 404
    assert room.site.count(Decision) == 0
