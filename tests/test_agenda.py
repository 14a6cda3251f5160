"""An agenda and what a forum decides: items, their order, who sees what, and where reports go."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from models import AgendaItem, Decision, Delivery, Forum, Report, StateChange
from models.agenda import Outcome
from models.agenda_queries import agenda_of
from models.forum_queries import forum_above
from models.report import ReportState
from tests.forums import BOARD, LSG, PREPARATORY, STEERING, WORKING, Room, hidden, send
from tests.site import TEXT, Site

WORDS = {"item_title": "Kontaktväg", "item_question": "Vem öppnar en kontaktväg?", "item_minutes": "20"}
DECIDED = {"decision_text": "En gemensam brevlåda öppnas.", "decision_plain": "Det finns nu en väg in."}


@pytest.fixture
def room(site: Site) -> Room:
    return Room(site)


def page_of(meeting_id: int, code: str = LSG) -> str:
    return f"/forum/{code}/moten/{meeting_id}"


def decide(room: Room, meeting_id: int, item_id: int, outcome: str, code: str = LSG, name: str = "coordinator") -> int:
    client, page = room.site.sign_in(name), f"{page_of(meeting_id, code)}/arenden/{item_id}/beslut"
    return send(client, page, page, outcome=outcome, **DECIDED).status_code


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


def test_a_decision_that_stays_leaves_the_reports(room: Room) -> None:
    meeting_id, reference = room.meeting(days=-0.1), room.report()
    assert decide(room, meeting_id, room.item(meeting_id, reference), "stays") == 303
    assert room.find_report(reference).state is ReportState.ROUTED
    page = room.site.sign_in("coordinator").get(page_of(meeting_id)).text
    assert "En gemensam brevlåda öppnas." in page
    assert "Det finns nu en väg in." in page
    assert "1 rapport väntar" in page  # It may come up again.
    with room.site.database.read() as session:
        decision = session.scalars(select(Decision)).one()
    assert (decision.decided_on, decision.outcome) == (date(2026, 11, 16), Outcome.STAYS)
    assert decision.function == "Samverkanskoordinator coordinator"


def test_what_was_taken_from_the_forum_is_not_the_forums_to_move(room: Room) -> None:
    meeting_id, reference = room.meeting(days=0), room.report()
    item_id = room.item(meeting_id, reference)
    with room.site.database.write() as session:
        report = session.scalars(select(Report).where(Report.reference == reference)).one()
        report.forum_id = room.forum(STEERING).id
    client = room.site.sign_in("coordinator")
    assert "1 väntar på en dagordning" in client.get(f"/forum/{STEERING}").text
    assert decide(room, meeting_id, item_id, "closed") == 303
    assert room.find_report(reference).state is ReportState.ROUTED


def test_a_held_meeting_tells_what_was_left_without_a_decision(room: Room) -> None:
    meeting_id = room.meeting(days=-1)
    first, _ = room.item(meeting_id, room.report()), room.item(meeting_id, room.report())
    client = room.site.sign_in("coordinator")
    assert "2 ärenden utan beslut" in client.get(f"/forum/{LSG}").text
    assert decide(room, meeting_id, first, "stays") == 303
    assert "1 ärende utan beslut" in client.get(f"/forum/{LSG}").text


def test_a_decision_that_closes_closes_the_reports_with_a_reason(room: Room) -> None:
    meeting_id, one, two = room.meeting(days=0), room.report(), room.report(state=ReportState.IN_REVIEW)
    version = room.find_report(one).version
    assert decide(room, meeting_id, room.item(meeting_id, one, two), "closed") == 303
    closed = room.find_report(one)
    assert (closed.state, closed.close_reason) == (ReportState.CLOSED, "Beslut i forumet")
    assert closed.version > version
    assert room.find_report(two).state is ReportState.IN_REVIEW  # Somebody has taken it back to judge it again.
    with room.site.database.read() as session:
        change = session.scalars(select(StateChange).where(StateChange.report_id == closed.id)).one()
    assert (change.to_state, change.function) == (ReportState.CLOSED, "Samverkanskoordinator coordinator")


def test_what_is_handed_up_stands_on_the_next_agenda_of_the_forum_above(room: Room) -> None:
    meeting_id, reference = room.meeting(days=0), room.report()
    room.meeting(STEERING, days=90)
    above = room.meeting(STEERING, days=20)
    item_id = room.item(meeting_id, reference)
    assert decide(room, meeting_id, item_id, "handed_up") == 303
    with room.site.database.read() as session:
        item = agenda_of(session, above)[0]
        assert (item.title, item.from_item_id) == ("Kontaktväg till psykiatrin", item_id)
        assert [report.reference for report in item.reports] == [reference]
    moved = room.find_report(reference)
    assert (moved.forum_id, moved.state) == (room.forum(STEERING).id, ReportState.ROUTED)
    client = room.site.sign_in("coordinator")
    assert "kommer från LSG Sävsjö 16 november 2026" in client.get(page_of(above, STEERING)).text
    assert "Styrgrupp Samverk Sävsjö 6 december 2026" in client.get(page_of(meeting_id)).text


def test_where_the_forum_above_has_no_meeting_the_reports_wait_there(room: Room) -> None:
    meeting_id, reference = room.meeting(days=0), room.report()
    assert decide(room, meeting_id, room.item(meeting_id, reference), "handed_up") == 303
    assert room.find_report(reference).forum_id == room.forum(STEERING).id
    page = room.site.sign_in("coordinator").get(f"/forum/{STEERING}").text
    assert "1 väntar på en dagordning" in page


LADDER = (
    (WORKING, LSG),
    (LSG, STEERING),
    (STEERING, PREPARATORY),
    (PREPARATORY, BOARD),
    (BOARD, None),
    ("lsg-aneby", PREPARATORY),
    ("arbetsgrupp-samverk-nassjo", "styrgrupp-samverk-nassjo"),
    ("arena-habo", "sodra-vatterbygden-beredningsgruppen"),
)


def test_the_ladder_of_forums(room: Room) -> None:
    for code, above in LADDER:
        with room.site.database.read() as session:
            forum = session.scalars(select(Forum).where(Forum.code == code)).one()
            found = forum_above(session, forum)
        assert (found.code if found else None) == above


def test_nothing_is_handed_up_from_the_board(room: Room) -> None:
    room.serve_federation("coordinator")
    meeting_id, reference = room.meeting(BOARD, days=0), room.report(BOARD)
    item_id = room.item(meeting_id, reference)
    assert decide(room, meeting_id, item_id, "handed_up", BOARD) == 422
    assert decide(room, meeting_id, item_id, "closed", BOARD) == 303


@pytest.mark.parametrize(("days", "words"), [(20, "Mötet"), (0, "En gemensam brevlåda öppnas.")])
def test_what_stands_in_the_way_of_a_decision_is_a_notice_until_one_is_sent(room: Room, days: int, words: str) -> None:
    meeting_id, reference = room.meeting(days=days), room.report()
    item_id = room.item(meeting_id, reference)
    page = f"{page_of(meeting_id)}/arenden/{item_id}/beslut"
    client = room.site.sign_in("coordinator")
    assert "lh-notice" not in client.get(page).text or days == 20
    if days == 0:
        assert decide(room, meeting_id, item_id, "stays") == 303
    shown = client.get(page).text
    assert words in shown.split("lh-notice")[1]
    for mark in ("<title>Fel: ", "lh-error-summary", "Beslutet är inte sparat"):
        assert mark not in shown
        assert mark in send(client, page, page, outcome="stays", **DECIDED).text


def test_a_decision_is_written_down_once(room: Room) -> None:
    meeting_id, reference = room.meeting(days=0), room.report()
    item_id = room.item(meeting_id, reference)
    client, page = room.site.sign_in("coordinator"), f"{page_of(meeting_id)}/arenden/{item_id}/beslut"
    token = hidden(client.get(page).text, "csrf_token")
    assert decide(room, meeting_id, item_id, "stays", name="administrator") == 303
    words = {"csrf_token": token, "decision_text": "Något helt annat.", "outcome": "closed"}
    late = client.post(page, data=words)
    assert late.status_code == 409
    assert "En gemensam brevlåda öppnas." in late.text  # what stands
    assert "Något helt annat." in late.text  # what was typed
    assert room.site.count(Decision) == 1
    assert room.find_report(reference).state is ReportState.ROUTED


def test_what_is_decided_is_not_changed_or_taken_off(room: Room) -> None:
    meeting_id, reference = room.meeting(days=0), room.report()
    item_id = room.item(meeting_id, reference)
    assert decide(room, meeting_id, item_id, "stays") == 303
    client, page = room.site.sign_in("coordinator"), f"{page_of(meeting_id)}/arenden/{item_id}"
    assert send(client, page, page, item_reports=[reference], **WORDS).status_code == 422
    assert send(client, f"{page}/bort", page_of(meeting_id)).status_code == 303
    assert (room.site.count(AgendaItem), room.site.count(Decision)) == (1, 1)


BAD_DECISIONS = (
    ({"decision_text": ""}, "Skriv vad forumet beslutade"),
    ({"outcome": ""}, "Välj vad som händer med ärendet"),
    ({"outcome": "ignored"}, "Välj vad som händer med ärendet"),
    ({"decision_plain": "Ring 070-123 45 67"}, "telefonnummer"),
    ({"decision_text": "Anna Andersson ansvarar."}, "bekräfta att det inte är ett namn"),
    ({"decision_text": "x" * 501}, "högst 500 tecken"),
)


def test_a_bad_decision_is_refused(room: Room) -> None:
    meeting_id = room.meeting(days=0)
    item_id = room.item(meeting_id, room.report())
    client, page = room.site.sign_in("coordinator"), f"{page_of(meeting_id)}/arenden/{item_id}/beslut"
    for answers, message in BAD_DECISIONS:
        refused = send(client, page, page, **DECIDED | {"outcome": "stays"} | answers)
        assert refused.status_code == 422, answers
        assert message in refused.text, answers
    assert room.site.count(Decision) == 0


def test_no_decision_before_the_meeting_day_at_a_cancelled_meeting_or_without_members(room: Room) -> None:
    tomorrow, cancelled, today = (
        room.meeting(days=1),
        room.meeting(days=-2, cancelled_at=room.site.moment),
        room.meeting(days=0),
    )
    items = [room.item(meeting_id, room.report()) for meeting_id in (tomorrow, cancelled, today)]
    assert decide(room, tomorrow, items[0], "stays") == 422
    assert decide(room, cancelled, items[1], "stays") == 422
    room.empty(LSG)
    page = f"{page_of(today)}/arenden/{items[2]}/beslut"
    client = room.site.sign_in("coordinator")
    assert "Forumet saknar ledamöter" in client.get(page).text
    assert decide(room, today, items[2], "stays") == 422
    assert room.site.count(Decision) == 0


@pytest.mark.parametrize(
    ("state", "word"), [(ReportState.WITHDRAWN, "återtagen"), (ReportState.MERGED, "sammanslagen")]
)
def test_a_decision_on_a_report_that_is_gone_stores_nothing(room: Room, state: ReportState, word: str) -> None:
    meeting_id, here, gone = room.meeting(days=0), room.report(), room.report(state=state)
    item_id = room.item(meeting_id, here, gone)
    client, page = room.site.sign_in("coordinator"), f"{page_of(meeting_id)}/arenden/{item_id}/beslut"
    for outcome in Outcome:
        refused = send(client, page, page, outcome=outcome.value, **DECIDED)
        assert refused.status_code == 422, outcome
        assert f"{gone} är {word}" in refused.text, outcome
    assert room.site.count(Decision) == room.site.count(StateChange) == 0
    assert room.find_report(here).state is ReportState.ROUTED


def test_reporters_are_told_when_there_is_a_plain_line(room: Room) -> None:
    meeting_id = room.meeting(days=0)
    told, quiet = room.report(feedback_email="reporter@example.org"), room.report(feedback_email="reporter@example.org")
    first, second = room.item(meeting_id, told), room.item(meeting_id, quiet)
    assert decide(room, meeting_id, first, "stays") == 303
    client, page = room.site.sign_in("coordinator"), f"{page_of(meeting_id)}/arenden/{second}/beslut"
    assert send(client, page, page, decision_text="Bordlagt.", outcome="stays").status_code == 303
    with room.site.database.read() as session:
        assert [row.reference for row in session.scalars(select(Delivery))] == [told]
