"""A decision is written down once, by a forum that could make it, or not at all."""

from __future__ import annotations

import pytest

from models import AgendaItem, Decision, StateChange
from models.agenda import Outcome
from models.report import ReportState
from tests.agendas import DECIDED, WORDS, decide, page_of
from tests.forums import LSG, Room, hidden, room, send

__all__ = ["room"]  # a fixture


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
