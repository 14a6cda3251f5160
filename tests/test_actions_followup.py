"""An action is followed up by one person at a time, and its effect stands with protected counts."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from models import Action, Effect, Report
from models.action import ActionStatus
from tests.actions import add_action
from tests.forums import Room, hidden, room, send

__all__ = ["room"]  # a fixture


def test_members_see_no_raw_counts(room: Room) -> None:
    action_id = add_action(room, party="kommun")
    reference = room.report(paraphrase="Omskriven.")
    with room.site.database.write() as session:
        action = session.get_one(Action, action_id)
        action.reports = list(session.scalars(select(Report).where(Report.reference == reference)))
        session.add(effect(action_id, room.site.moment))
    page = room.site.sign_in("member").get(f"/atgarder/{action_id}").text
    assert "&lt;5" in page
    for words in (reference, "Omskriven.", "Hjälpte det?", "13 rapporter"):
        assert words not in page


def effect(action_id: int, moment: datetime) -> Effect:
    words = {"before_count": 13, "before_months": 12, "after_count": 2, "after_months": 6}
    return Effect(action_id=action_id, computed_at=moment, sentence="Ser ut att ha hjälpt: 13 rapporter …", **words)


def test_the_effect_stands_with_its_counts(room: Room) -> None:
    action_id = add_action(room)
    client = room.site.sign_in("coordinator")
    assert "Inte räknat än." in client.get(f"/atgarder/{action_id}").text
    with room.site.database.write() as session:
        session.add(effect(action_id, room.site.moment))
    page = client.get(f"/atgarder/{action_id}").text
    assert "Ser ut att ha hjälpt: 13 rapporter …" in page
    table = page.split("Före beslutet")[1].split("</table>")[0]
    for number in (">13<", ">12<", ">1,1<", ">2<", ">6<", ">0,3<"):
        assert number in table


def change(room: Room, action_id: int, **answers: str) -> int:
    client, page = room.site.sign_in("coordinator"), f"/atgarder/{action_id}"
    words = {"status": "planned", "due_on": "2026-12-16", "seal": hidden(client.get(page).text, "seal")}
    return send(client, page, page, **words | answers).status_code


def test_an_action_is_followed_up(room: Room) -> None:
    action_id = add_action(room)
    assert change(room, action_id, status="ongoing", due_on="2027-02-01", follow_up_on="2027-08-01") == 303
    row = room.get(Action, action_id)
    assert (row.status, row.due_on, row.done_on) == (ActionStatus.ONGOING, date(2027, 2, 1), None)
    assert change(room, action_id, status="done") == 303
    assert room.get(Action, action_id).done_on == date(2026, 11, 16)
    assert change(room, action_id, status="ongoing", done_on="2026-11-16") == 303
    assert room.get(Action, action_id).done_on is None


BAD_CHANGES = (
    {"status": "fel"},
    {"status": ""},
    {"due_on": ""},
    {"due_on": "2020-01-01"},
    {"status": "done", "done_on": "2026-11-17"},
    {"status": "done", "done_on": "2020-01-01"},
    {"follow_up_on": "2020-01-01"},
)


def test_a_bad_change_is_refused(room: Room) -> None:
    action_id = add_action(room)
    for answers in BAD_CHANGES:
        assert change(room, action_id, **answers) == 422, answers
        row = room.get(Action, action_id)
        assert (row.status, row.due_on) == (ActionStatus.PLANNED, date(2026, 12, 16))


def test_two_who_change_one_action_notice_each_other(room: Room) -> None:
    action_id = add_action(room)
    client, page = room.site.sign_in("coordinator"), f"/atgarder/{action_id}"
    seal = hidden(client.get(page).text, "seal")
    assert change(room, action_id, status="ongoing") == 303
    late = send(client, page, page, status="cancelled", due_on="2027-03-03", seal=seal)
    assert late.status_code == 409
    assert "Pågår" in late.text
    assert "2027-03-03" in late.text
    assert room.get(Action, action_id).status is ActionStatus.ONGOING


def test_the_party_of_an_owner_is_said_once(room: Room) -> None:
    action_id = add_action(room, party="af", owner="Sektionschef, AF")
    client = room.site.sign_in("coordinator")
    assert "Sektionschef, Arbetsförmedlingen" in client.get(f"/atgarder/{action_id}").text
    assert "Sektionschef, AF<" in client.get("/atgarder").text
