"""The agreements of a forum remind before they run out, and two who change one notice each other."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models import Agreement, Forum
from schemas.months import local_date
from tests.forums import LSG, PAGE, Room, room, send

__all__ = ["room"]  # a fixture


def agree(room: Room, code: str, until: date, remind: int = 90) -> int:
    with room.site.database.write() as session:
        forum_id = session.scalars(select(Forum.id).where(Forum.code == code)).one()
        row = Agreement(forum_id=forum_id, title="Överenskommelse", valid_from=date(2024, 1, 1), valid_until=until)
        row.remind_days = remind
        session.add(row)
        session.flush()
        return row.id


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
