"""The register of forums: whose forums it shows, what it warns of, and who sits in them."""

from __future__ import annotations

from sqlalchemy import select

from models import Forum, ForumMember
from tests.forums import LSG, PAGE, STEERING, Room, room, send
from tests.site import Site
from tests.statements import statements

__all__ = ["room"]  # a fixture


def test_the_register_shows_the_forums_of_ones_areas_and_of_the_federation(site: Site) -> None:
    page = site.sign_in("coordinator").get("/forum").text
    assert "LSG Sävsjö" in page
    assert "LSG Aneby" in page
    assert "Styrelsen" in page
    assert "Nässjö" not in page


def test_a_forum_without_convener_is_warned_of(site: Site) -> None:
    client = site.sign_in("coordinator")
    assert client.get("/forum").text.count("Sammankallande saknas") == 1
    assert "Sammankallande saknas" in client.get(PAGE).text
    assert "Sammankallande saknas" not in client.get(f"/forum/{STEERING}").text
    assert send(client, f"{PAGE}/sammankallande", PAGE, convener="rotating").status_code == 303
    assert "Parterna turas om" in client.get(PAGE).text
    assert "Sammankallande saknas" not in client.get("/forum").text


def test_a_form_without_its_field_takes_no_convener_away(room: Room) -> None:
    client = room.site.sign_in("coordinator")
    send(client, f"{PAGE}/sammankallande", PAGE, convener="rotating")
    for words in ({}, {"convener": ""}):
        refused = send(client, f"{PAGE}/sammankallande", PAGE, **words)
        assert refused.status_code == 422
        assert "Välj sammankallande" in refused.text
        assert room.forum(LSG).convener == "rotating"
    assert send(client, f"{PAGE}/sammankallande", PAGE, convener="ingen").status_code == 303
    assert room.forum(LSG).convener is None
    assert '<option value="ingen" selected>' in client.get(PAGE).text


def test_a_forum_without_members_is_warned_of_and_can_get_some(room: Room) -> None:
    room.empty(LSG)
    client = room.site.sign_in("coordinator")
    assert "Saknar ledamöter" in client.get("/forum").text
    assert "Forumet saknar ledamöter." in client.get(PAGE).text
    done = send(client, f"{PAGE}/platser", PAGE, seat_party="fk", seat_function="Enhetschef")
    assert done.status_code == 303
    assert "Forumet saknar ledamöter." not in client.get(PAGE).text
    assert [(seat.function, seat.party.code) for seat in seats(room)] == [("Enhetschef", "fk")]
    again = send(client, f"{PAGE}/platser", PAGE, seat_party="fk", seat_function="Enhetschef")
    assert again.status_code == 422
    assert "Den platsen finns redan" in again.text
    for _ in range(2):  # Two who press the same button are both told that it is gone.
        assert send(client, f"{PAGE}/platser/{seats(room)[0].id if seats(room) else 1}/bort", PAGE).status_code == 303
    assert seats(room) == []


def seats(room: Room) -> list[ForumMember]:
    with room.site.database.read() as session:
        members = session.scalars(select(Forum).where(Forum.code == LSG)).one().members
        _ = [seat.party.code for seat in members]
        return list(members)


def test_the_register_counts_what_waits(room: Room) -> None:
    meeting_id = room.meeting()
    first, _ = room.report(), room.report()
    room.item(meeting_id, first)
    page = room.site.sign_in("coordinator").get(PAGE).text
    assert "2 rapporter hos forumet, 1 väntar på en dagordning" in page
    assert "1 ärende · 20 minuter" in page


def test_the_register_asks_the_database_as_often_for_many_forums_as_for_few(room: Room) -> None:
    def questions() -> int:
        with statements(room.site.webs_database.engine) as sent:
            assert client.get("/forum").status_code == 200
        return len(sent)

    client = room.site.sign_in("coordinator")
    client.get("/forum")
    few = questions()
    with room.site.database.write() as session:
        forum = session.scalars(select(Forum).where(Forum.code == LSG)).one()
        for number in range(30):
            more = Forum(code=f"extra-{number}", kind=forum.kind, name=f"Extra {number}", active_from=forum.active_from)
            more.federation_id, more.area_id = forum.federation_id, forum.area_id
            session.add(more)
    for _ in range(20):
        room.report()
    assert questions() == few
