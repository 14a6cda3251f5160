"""The list of actions tells which are late, picks out and exports, and shows each person only their own."""

from __future__ import annotations

import csv
import io

import pytest
from sqlalchemy import select

from models import Action, Report
from models.action import ActionStatus
from tests.actions import add_action
from tests.forums import LSG, Room, hidden, room
from tests.statements import statements

__all__ = ["room"]  # a fixture


def test_late_actions_are_told_of_and_can_be_picked_out(room: Room) -> None:
    late = add_action(room, due=-1, what="Försenad sak")
    add_action(room, due=0, what="Ska bli klar i dag")
    add_action(room, due=-9, what="Redan klar", status=ActionStatus.DONE)
    client = room.site.sign_in("coordinator")
    page = client.get("/atgarder").text
    assert "1 åtgärd är försenad." in page
    assert page.count("lh-tag-sen") == 1
    assert page.index("Försenad sak") < page.index("Ska bli klar i dag") < page.index("Redan klar")
    only = client.get("/atgarder?status=sena").text
    assert "Försenad sak" in only
    assert "Ska bli klar i dag" not in only
    assert "Försenad" in client.get(f"/atgarder/{late}").text


def test_filters_hold_area_status_and_owner(room: Room) -> None:
    add_action(room, what="I Sävsjö", party="fk")
    add_action(room, what="I Aneby", area="aneby", status=ActionStatus.ONGOING)
    client = room.site.sign_in("coordinator")
    for query, shown, other in (
        ("omrade=aneby", "I Aneby", "I Sävsjö"),
        ("status=ongoing", "I Aneby", "I Sävsjö"),
        ("part=fk", "I Sävsjö", "I Aneby"),
    ):
        page = client.get(f"/atgarder?{query}").text
        assert shown in page
        assert other not in page
    for wrong in ("omrade=nassjo", "status=fel", "part=fel"):
        assert client.get(f"/atgarder?{wrong}").status_code == 404


def test_the_csv_holds_the_same_and_no_formula(room: Room) -> None:
    add_action(room, due=-1, what='=HYPERLINK("x")', owner="@chef")
    add_action(room, area="aneby")
    client = room.site.sign_in("coordinator")
    answer = client.get("/atgarder.csv?omrade=savsjo")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="atgarder-savsjo.csv"'
    text = answer.get_data(as_text=True)
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text[1:]), delimiter=";"))
    assert len(rows) == 2
    assert rows[1][0] == '\'=HYPERLINK("x")'
    assert rows[1][2] == "'@chef"
    assert rows[1][-1] == "Försenad"


def test_members_see_the_actions_of_their_own_party_and_forums_only(room: Room) -> None:
    mine = add_action(room, due=-1, party="kommun", what="Kommunens sak")
    other = add_action(room, party="fk", what="Annans sak")
    elsewhere = add_action(room, party="kommun", area="aneby", what="I ett annat område")
    decided = add_action(room, party="fk", what="Forumets beslut", forum_id=room.forum(LSG).id)
    theirs = add_action(room, party="fk", what="Grannens beslut", forum_id=room.forum("lsg-aneby").id, area="aneby")
    client = room.site.sign_in("member")
    page = client.get("/atgarder").text
    assert "Kommunens sak" in page
    assert "1 åtgärd är försenad." in page
    assert "Forumets beslut" in page
    assert "Annans sak" not in page
    assert "Grannens beslut" not in page
    assert "I ett annat område" not in page
    assert "Ny åtgärd" not in page
    assert [client.get(f"/atgarder/{one}").status_code for one in (mine, decided)] == [200, 200]
    assert {client.get(f"/atgarder/{one}").status_code for one in (other, elsewhere, theirs)} == {404}
    sheet = client.get("/atgarder.csv").get_data(as_text=True)
    assert ("Forumets beslut" in sheet, "Annans sak" in sheet) == (True, False)
    token = hidden(client.get("/rapporter").text, "csrf_token")
    assert client.post(f"/atgarder/{mine}", data={"csrf_token": token, "status": "done"}).status_code == 404


def test_a_member_follows_what_the_own_forum_decided_and_reads_no_small_number(room: Room) -> None:
    action_id = add_action(room, party="fk", what="Forumets beslut", forum_id=room.forum(LSG).id)
    room.site.add_reports(3)
    with room.site.database.write() as session:
        session.get_one(Action, action_id).reports = list(session.scalars(select(Report)))
    page = room.site.sign_in("member").get(f"/atgarder/{action_id}").text
    assert "Antal rapporter: &lt;5" in page
    assert "Hjälpte det?" not in page


def test_an_empty_list_speaks_of_filters_only_where_one_is_chosen(room: Room) -> None:
    client = room.site.sign_in("coordinator")
    assert "Ingen åtgärd är beslutad än." in client.get("/atgarder").text
    assert "Rensa filter för att se alla" in client.get("/atgarder?status=sena").text


@pytest.mark.parametrize("name", ["neighbour", "far-coordinator", "far-member", "reporter"])
def test_an_action_elsewhere_is_not_there(room: Room, name: str) -> None:
    action_id = add_action(room)
    assert room.site.sign_in(name).get(f"/atgarder/{action_id}").status_code == 404


def test_the_dashboard_tells_of_late_actions(room: Room) -> None:
    add_action(room, due=-5, what="Gemensam ingång")
    add_action(room, due=5)
    add_action(room, due=-5, area="aneby")
    page = room.site.sign_in("coordinator").get("/oversikt?omrade=savsjo").text
    tile = page.split("Försenade åtgärder")[0].rsplit("<li>", 1)[1]
    assert "<b>1</b>" in tile
    assert "lh-tile-late" in tile
    assert "Av 2 öppna" in page
    assert "Gemensam ingång" in page.split('id="actions-heading"')[1]


def test_the_list_asks_the_database_as_often_for_many_actions_as_for_few(room: Room) -> None:
    def questions() -> int:
        with statements(room.site.webs_database.engine) as sent:
            assert client.get("/atgarder").status_code == 200
        return len(sent)

    client = room.site.sign_in("coordinator")
    forum_id = room.forum(LSG).id
    add_action(room, forum_id=forum_id)
    client.get("/atgarder")
    few = questions()
    for number in range(25):
        add_action(room, due=number, forum_id=forum_id, party=("kommun", "fk", "af", "region")[number % 4])
    assert questions() == few
