"""No action is made without an owner, and what one springs from remembers it."""

from __future__ import annotations

from datetime import date

from models import Action, Decision, Signal
from models.action import ActionStatus
from models.agenda import Outcome
from models.report import ReportState
from tests.actions import NEW, WORDS, add_signal, only_action
from tests.forums import LSG, Room, room, send
from tests.site import TEXT, Site

__all__ = ["room"]  # a fixture


def test_an_action_is_made_from_nothing(room: Room) -> None:
    client = room.site.sign_in("coordinator")
    pattern = {"from_unit": "forsorjningsstod", "about_unit": "psykiatri", "category": "contact_route", "forum": LSG}
    done = send(client, NEW, NEW, **WORDS, **pattern, follow_up_on="2027-06-01")
    assert done.status_code == 303
    page = client.get(done.location).text
    for words in (WORDS["what"], WORDS["owner"], "31 januari 2027", "1 juni 2027", "LSG Sävsjö"):
        assert words in page
    assert "kontaktväg saknas eller fungerar inte" in page
    row = only_action(room)
    assert (row.decided_on, row.status, row.done_on) == (date(2026, 11, 16), ActionStatus.PLANNED, None)


BAD_ACTIONS = (
    ("owner", "", "En åtgärd utan ansvarig blir inte gjord"),
    ("owner", "   ", "En åtgärd utan ansvarig blir inte gjord"),
    ("owner_party", "", "Välj vilken part den ansvariga hör till"),
    ("owner_party", "other", "Välj vilken part den ansvariga hör till"),
    ("what", "", "Skriv vad som ska göras"),
    ("what", "Ring 070-123 45 67", "telefonnummer"),
    ("owner", "Anna Andersson", "bekräfta att det inte är ett namn"),
    ("due_on", "", "Skriv när åtgärden ska vara klar"),
    ("due_on", "2026-11-15", "Datumet har redan varit"),
    ("due_on", "9999-01-01", "Kontrollera året"),
    ("due_on", "i vår", "Skriv datumet som"),
    ("follow_up_on", "2027-01-01", "Uppföljningen kommer efter"),
    ("area", "nassjo", "Välj kommunområde"),
    ("area", "", "Välj kommunområde"),
    ("forum", "lsg-tranas", "Välj ett av alternativen"),
    ("from_unit", "fel", "Välj ett av alternativen"),
    ("category", "fel", "Välj ett av alternativen"),
)


def test_a_bad_action_is_refused_and_what_was_typed_stays(room: Room) -> None:
    reference = room.report()
    client = room.site.sign_in("coordinator")
    for field, value, message in BAD_ACTIONS:
        refused = send(client, NEW, NEW, rapport=reference, **WORDS | {field: value})
        assert refused.status_code == 422, (field, value)
        assert refused.text.count(message) >= 2, (field, value)
        assert "<title>Fel: " in refused.text
        assert WORDS["what" if field != "what" else "owner"] in refused.text, (field, value)
    assert room.site.count(Action) == 0
    assert room.find_report(reference).state is ReportState.ROUTED


def test_the_form_is_filled_in_from_the_address(site: Site) -> None:
    client = site.sign_in("coordinator")
    page = client.get(f"{NEW}?omrade=aneby&fran=forsorjningsstod&om=psykiatri&kategori=information").text
    for code in ("aneby", "forsorjningsstod", "psykiatri", "information"):
        assert f'<option value="{code}" selected>' in page


NOT_ONES_OWN = (
    "omrade=nassjo",
    "fran=fel",
    "om=fel",
    "kategori=fel",
    "signal=99",
    "beslut=99",
)


def test_an_address_that_names_what_is_not_ones_own_is_not_there(site: Site) -> None:
    client = site.sign_in("coordinator")
    for wrong in NOT_ONES_OWN:
        assert client.get(f"{NEW}?{wrong}").status_code == 404, wrong


def test_an_action_from_reports_moves_those_that_a_forum_has(room: Room) -> None:
    routed, judged = room.report(), room.report(state=ReportState.IN_REVIEW)
    client, page = room.site.sign_in("coordinator"), f"{NEW}?rapport={routed}"
    assert routed in client.get(page).text
    done = send(client, NEW, page, rapport=[routed, judged], **WORDS)
    assert done.status_code == 303
    assert room.find_report(routed).state is ReportState.ACTION_DECIDED
    assert room.find_report(judged).state is ReportState.IN_REVIEW
    shown = client.get(done.location).text
    assert routed in shown
    assert judged in shown
    assert TEXT not in shown


def test_reports_of_another_desk_are_not_linked(room: Room) -> None:
    reference = room.report()
    client = room.site.sign_in("neighbour")
    token = client.tokens()
    answers = token | WORDS | {"area": "nassjo", "rapport": reference}
    assert client.post(NEW, data=answers).status_code == 404
    assert room.site.count(Action) == 0


def decided(room: Room, *references: str, outcome: Outcome = Outcome.STAYS) -> int:
    """A decision on an item of a meeting that was held. Returns: its id."""
    item_id = room.item(room.meeting(days=-3), *references)
    with room.site.database.write() as session:
        row = Decision(agenda_item_id=item_id, decided_on=date(2026, 11, 13), text="En ingång öppnas.", function="F")
        row.outcome = outcome
        session.add(row)
        session.flush()
        return row.id


def test_an_action_from_a_decision_takes_over_its_forum_its_day_and_its_reports(room: Room) -> None:
    reference = room.report()
    decision_id = decided(room, reference)
    client, page = room.site.sign_in("coordinator"), f"{NEW}?beslut={decision_id}"
    form = client.get(page).text
    assert "En ingång öppnas." in form
    assert f'<option value="{LSG}" selected>' in form
    assert send(client, NEW, page, beslut=decision_id, **WORDS, forum=LSG).status_code == 303
    row = only_action(room)
    assert (row.decision_id, row.decided_on) == (decision_id, date(2026, 11, 13))
    assert room.find_report(reference).state is ReportState.ACTION_DECIDED
    meeting = client.get(f"/forum/{LSG}").text.split('href="/forum/lsg-savsjo/moten/')[1].split('"')[0]
    assert "Gemensam ingång till psykiatrin" in client.get(f"/forum/{LSG}/moten/{meeting}").text


def test_a_decision_of_another_area_leads_to_no_action(room: Room) -> None:
    decision_id = decided(room, room.report())
    assert room.site.sign_in("neighbour").get(f"{NEW}?beslut={decision_id}").status_code == 404


def test_a_signal_remembers_the_action_that_answers_it_and_leads_to_one_only(room: Room) -> None:
    signal_id = add_signal(room)
    client, page = room.site.sign_in("coordinator"), f"{NEW}?signal={signal_id}"
    assert "7 rapporter från 3 olika rapportörer." in client.get(page).text
    assert send(client, NEW, page, signal=signal_id, **WORDS).status_code == 303
    assert room.get(Signal, signal_id).action_id == only_action(room).id
    late = send(client, NEW, page, signal=signal_id, **WORDS | {"what": "Något annat"})
    assert late.status_code == 409
    assert "Något annat" in late.text
    assert room.site.count(Action) == 1
