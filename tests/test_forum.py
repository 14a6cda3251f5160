"""The register of forums: what it warns of, what its history keeps, and who may change it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import event, select, update

from models import Agreement, Forum, ForumMember, ForumName, Meeting, Summary
from models.summary import SummaryKind, SummaryState
from schemas.months import local_date
from tests.forums import BOARD, LSG, STEERING, Room, send
from tests.site import Site

PAGE = f"/forum/{LSG}"


@pytest.fixture
def room(site: Site) -> Room:
    return Room(site)


def agree(room: Room, code: str, until: date, remind: int = 90) -> int:
    with room.site.database.write() as session:
        forum_id = session.scalars(select(Forum.id).where(Forum.code == code)).one()
        row = Agreement(forum_id=forum_id, title="Överenskommelse", valid_from=date(2024, 1, 1), valid_until=until)
        row.remind_days = remind
        session.add(row)
        session.flush()
        return row.id


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


@pytest.mark.parametrize(
    ("days", "remind", "words"),
    [
        (-1, 90, "Har gått ut"),
        (0, 90, "Går ut"),
        (90, 90, "Går ut"),
        (91, 90, "Gäller till"),
        (200, 365, "Går ut"),
    ],
)
def test_an_agreement_reminds_before_it_runs_out_and_says_when_it_has(
    room: Room, days: int, remind: int, words: str
) -> None:
    agree(room, LSG, local_date(room.site.moment) + timedelta(days=days), remind)
    client = room.site.sign_in("coordinator")
    for address in ("/forum", PAGE):
        page = client.get(address).text
        assert words in page
        assert ("lh-tag-sen" in page.split(words)[0].rsplit("<", 1)[1]) == (words != "Gäller till")


def test_an_agreement_is_added_and_changed(room: Room) -> None:
    client = room.site.sign_in("coordinator")
    words = {"agreement_title": "Samverkan i Sävsjö", "agreement_from": "2026-01-01", "agreement_until": "2027-12-31"}
    assert send(client, f"{PAGE}/overenskommelser", PAGE, **words).status_code == 303
    row = room.forum(LSG).agreements[0]
    assert (row.title, row.remind_days, row.valid_until) == ("Samverkan i Sävsjö", 90, date(2027, 12, 31))
    page = f"{PAGE}?overenskommelse={row.id}"
    changed = words | {"agreement_until": "2029-12-31", "agreement_id": row.id, "seal": seal_on(client.get(page).text)}
    assert send(client, f"{PAGE}/overenskommelser", page, **changed).status_code == 303
    assert [row.valid_until for row in room.forum(LSG).agreements] == [date(2029, 12, 31)]
    late = send(client, f"{PAGE}/overenskommelser", page, **changed | {"agreement_until": "2031-12-31"})
    assert late.status_code == 409  # The seal is of what stood before.
    assert "2031-12-31" in late.text
    assert "2029-12-31" in late.text
    assert room.forum(LSG).agreements[0].valid_until == date(2029, 12, 31)


def seal_on(page: str) -> str:
    form = page.split("/overenskommelser")[1]
    return form.split('name="seal" value="')[1].split('"')[0]


BAD_AGREEMENTS = (
    ("agreement_title", "", "Skriv vad överenskommelsen heter"),
    ("agreement_until", "2025-01-01", "Slutdagen måste komma efter"),
    ("agreement_until", "i vår", "Skriv datumet som"),
    ("agreement_remind", "tre", "Skriv ett antal dagar"),
    ("agreement_title", "Avtal 19811218-9876", "personnummer"),
)


def test_a_bad_agreement_is_refused_and_what_was_typed_stays(room: Room) -> None:
    words = {"agreement_title": "Samverkan", "agreement_from": "2026-01-01", "agreement_until": "2027-12-31"}
    client = room.site.sign_in("coordinator")
    for field, value, message in BAD_AGREEMENTS:
        refused = send(client, f"{PAGE}/overenskommelser", PAGE, **words | {field: value})
        assert refused.status_code == 422, (field, value)
        assert refused.text.count(message) >= 2, (field, value)  # in the summary and at the field
        assert "2026-01-01" in refused.text, (field, value)
    assert room.site.count(Agreement) == 0


def test_a_renamed_forum_keeps_its_history(room: Room) -> None:
    held, coming = room.meeting(days=-40), room.meeting(days=40)
    with room.site.database.write() as session:
        forum = room.forum(LSG)
        facts = {"kind": SummaryKind.MONTHLY, "period": date(2026, 10, 1), "state": SummaryState.BUILT}
        old = Summary(forum_id=forum.id, ordered_at=room.site.moment, **facts)
        session.add(old)
    room.site.advance(days=1)
    client = room.site.sign_in("coordinator")
    assert send(client, f"{PAGE}/namn", PAGE, new_name="Samråd Sävsjö").status_code == 303
    page = client.get(PAGE).text
    assert "<h1>Samråd Sävsjö</h1>" in page
    assert "LSG Sävsjö" in page
    assert "<h1>LSG Sävsjö</h1>" in client.get(f"{PAGE}/moten/{held}").text
    assert "<h1>Samråd Sävsjö</h1>" in client.get(f"{PAGE}/moten/{coming}").text
    summaries = client.get("/rapporter").text
    assert "LSG Sävsjö" in summaries.split("</table>")[0]


def test_names_are_dated_and_a_correction_on_the_same_day_is_one_name(room: Room) -> None:
    client = room.site.sign_in("coordinator")
    for name, day in (("Samråd", "2026-11-01"), ("Samrådet", "2026-11-01"), ("Rådet", "")):
        assert send(client, f"{PAGE}/namn", PAGE, new_name=name, name_from=day).status_code == 303
    assert [(row.name, row.valid_from) for row in room.forum(LSG).names] == [
        ("LSG Sävsjö", date(2026, 10, 1)),
        ("Samrådet", date(2026, 11, 1)),
        ("Rådet", date(2026, 11, 16)),
    ]
    assert room.forum(LSG).name == "Rådet"


BAD_NAMES = (
    ("", "", "Skriv forumets nya namn"),
    ("LSG Sävsjö", "", "Forumet heter redan så"),
    ("Rådet", "2026-12-24", "ligger i framtiden"),
    ("Rådet", "24 december", "Skriv datumet som"),
    ("Anna Anderssons grupp", "", "bekräfta att det inte är ett namn"),
)


def test_a_bad_name_is_refused(room: Room) -> None:
    client = room.site.sign_in("coordinator")
    for name, day, message in BAD_NAMES:
        refused = send(client, f"{PAGE}/namn", PAGE, new_name=name, name_from=day)
        assert refused.status_code == 422, (name, day)
        assert message in refused.text, (name, day)
    assert room.site.count(ForumName) == 0
    assert room.forum(LSG).name == "LSG Sävsjö"


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


def test_the_register_counts_what_waits(room: Room) -> None:
    meeting_id = room.meeting()
    first, _ = room.report(), room.report()
    room.item(meeting_id, first)
    page = room.site.sign_in("coordinator").get(PAGE).text
    assert "2 rapporter hos forumet, 1 väntar på en dagordning" in page
    assert "1 ärende · 20 minuter" in page


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


def test_the_register_asks_the_database_as_often_for_many_forums_as_for_few(room: Room) -> None:
    def questions() -> int:
        asked: list[str] = []
        listener = lambda *args: asked.append(args[2])  # noqa: E731
        engine = room.site.webs_database.engine
        event.listen(engine, "before_cursor_execute", listener)
        assert client.get("/forum").status_code == 200
        event.remove(engine, "before_cursor_execute", listener)
        return len(asked)

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
    with room.site.database.write() as session:
        session.execute(update(Forum).where(Forum.code == LSG).values(note="x"))
