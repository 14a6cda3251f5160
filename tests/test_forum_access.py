"""A forum is read by those whose forum it is, and changed only by those who keep it."""

from __future__ import annotations

import pytest

from models import Agreement, ForumName, Meeting
from tests.forums import BOARD, LSG, PAGE, STEERING, Room, room, send

__all__ = ["room"]  # a fixture

CHANGES = (
    ("namn", {"new_name": "Kapad"}),
    ("sammankallande", {"convener": "af"}),
    ("platser", {"seat_party": "fk", "seat_function": "Kapad"}),
    ("overenskommelser", {"agreement_title": "X", "agreement_from": "2026-01-01", "agreement_until": "2027-01-01"}),
    ("moten", {"meeting_date": "2027-01-14", "meeting_time": "13.00"}),
)


@pytest.mark.parametrize("name", ["neighbour", "member", "reporter", "far-coordinator", "far-administrator"])
def test_a_forum_is_changed_by_nobody_else(room: Room, name: str) -> None:
    """A coordinator of another area, a member, another federation: for them the forum is not there to change."""
    client = room.site.sign_in(name)
    token = client.tokens("/rapportera" if name in ("reporter", "neighbour", "far-coordinator") else "/rapporter")
    for place, words in CHANGES:
        assert client.post(f"{PAGE}/{place}", data=token | words).status_code == 404, place
    assert room.site.count(ForumName) == room.site.count(Agreement) == room.site.count(Meeting) == 0
    assert (room.forum(LSG).convener, room.forum(LSG).name) == (None, "LSG Sävsjö")


@pytest.mark.parametrize("name", ["neighbour", "far-member", "far-coordinator"])
def test_a_forum_elsewhere_is_not_there(room: Room, name: str) -> None:
    meeting_id = room.meeting()
    client = room.site.sign_in(name)
    assert client.get(PAGE).status_code == 404
    assert client.get(f"{PAGE}/moten/{meeting_id}").status_code == 404


def test_a_meeting_is_found_only_under_its_own_forum(room: Room) -> None:
    meeting_id = room.meeting(STEERING)
    client = room.site.sign_in("coordinator")
    assert client.get(f"/forum/{STEERING}/moten/{meeting_id}").status_code == 200
    assert client.get(f"{PAGE}/moten/{meeting_id}").status_code == 404


def test_a_member_reads_without_buttons_and_without_small_numbers(room: Room) -> None:
    room.report()
    client = room.site.sign_in("member")
    page = client.get(PAGE).text
    assert "Enhetschef" not in page
    assert "Chef" in page
    assert "Byt namn" not in page
    assert "1 rapport" not in page
    assert "Rapporter</th>" not in client.get("/forum").text


def test_the_federations_forums_are_kept_by_its_own_post(room: Room) -> None:
    page, words = f"/forum/{BOARD}", {"meeting_date": "2027-01-14", "meeting_time": "13.00"}
    client = room.site.sign_in("coordinator")
    assert "Byt namn" not in client.get(page).text
    assert client.post(f"{page}/moten", data=client.tokens() | words).status_code == 404
    room.serve_federation("coordinator")
    assert "Byt namn" in client.get(page).text
    assert send(client, f"{page}/moten", page, **words).status_code == 303
    administrator = room.site.sign_in("administrator")
    assert send(administrator, f"{page}/sammankallande", page, convener="federation").status_code == 303


def test_a_post_without_its_secret_word_changes_nothing(room: Room) -> None:
    client = room.site.sign_in("coordinator")
    assert client.post(f"{PAGE}/namn", data={"new_name": "Kapad"}).status_code == 400
    assert room.forum(LSG).name == "LSG Sävsjö"
