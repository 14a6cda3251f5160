"""The calendar as text: it reads back as what went in, and tells each person only of their own forums."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from models import Forum
from schemas.ics import LONGEST_LINE, Event, calendar, escape, fold, in_utc
from tests.forums import BOARD, LSG, STEERING, Room, room
from tests.site import Site

STAMP = datetime(2026, 11, 16, 9, tzinfo=UTC)
__all__ = ["room"]  # a fixture
TEXTS = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=200)


def unfold(text: str) -> list[str]:
    """The lines of a file as a reader joins them (RFC 5545, section 3.1)."""
    return text.replace("\r\n ", "").split("\r\n")[:-1]


def unescape(text: str) -> str:
    out, letters = "", iter(text)
    for letter in letters:
        follower = next(letters) if letter == "\\" else ""
        out += ("\n" if follower in "nN" else follower) if follower else letter
    return out


def events(text: str) -> list[dict[str, str]]:
    """The events of a file: property to value."""
    found: list[dict[str, str]] = []
    for line in unfold(text):
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            found.append({})
        elif found:
            found[-1].setdefault(name, value)
    return found


@given(TEXTS)
def test_a_text_comes_back_as_it_was(text: str) -> None:
    assert unescape(escape(text)) == text


@given(TEXTS)
def test_no_line_is_longer_than_75_octets_and_no_letter_is_cut(text: str) -> None:
    folded = fold(f"SUMMARY:{text}")
    assert all(len(line.encode()) <= LONGEST_LINE for line in folded.split("\r\n"))
    assert unfold(f"{folded}\r\n") == [f"SUMMARY:{text}"]


def test_a_line_break_cannot_smuggle_in_a_property() -> None:
    text = calendar("Möten", [Event("1@x", STAMP, "LSG\r\nEND:VEVENT\r\nBEGIN:VEVENT\x00;,\\")], STAMP)
    assert len(events(text)) == 1
    assert unescape(events(text)[0]["SUMMARY"]) == "LSG\nEND:VEVENT\nBEGIN:VEVENT;,\\"


def test_every_line_ends_as_the_format_wants_it() -> None:
    text = calendar("Möten", [Event("1@x", STAMP, "LSG Sävsjö", 45), Event("2@x", STAMP, "LSG", cancelled=True)], STAMP)
    assert text.endswith("END:VCALENDAR\r\n")
    assert "\n" not in text.replace("\r\n", "")
    first, second = events(text)
    assert (first["DURATION"], second["STATUS"]) == ("PT45M", "CANCELLED")
    assert unfold(text)[:3] == ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Lex Heller//Lex Heller//SV"]


def test_moments_stand_in_utc() -> None:
    assert in_utc(datetime(2026, 7, 1, 13, tzinfo=timezone(timedelta(hours=2)))) == "20260701T110000Z"
    with pytest.raises(ValueError, match="time zone"):
        in_utc(datetime(2026, 7, 1, 13))  # noqa: DTZ001


def fetched(room: Room, name: str) -> list[dict[str, str]]:
    answer = room.site.sign_in(name).get("/forum.ics")
    assert answer.status_code == 200
    assert answer.mimetype == "text/calendar"
    return events(answer.get_data(as_text=True))


def test_the_calendar_holds_the_coming_meetings_of_ones_forums(room: Room) -> None:
    soon, board = room.meeting(LSG, days=10), room.meeting(BOARD, days=20)
    room.meeting(STEERING, days=-1)
    room.meeting("lsg-tranas", days=10)
    found = fetched(room, "coordinator")
    assert [event["UID"] for event in found] == [
        f"mote-{soon}@hoglandet.lexheller",
        f"mote-{board}@hoglandet.lexheller",
    ]
    assert found[0]["DTSTART"] == "20261126T090000Z"
    assert found[0]["DTSTAMP"] == "20261116T090000Z"
    assert found[0]["SUMMARY"] == "LSG Sävsjö"
    assert [event["UID"] for event in fetched(room, "member")] == [event["UID"] for event in found]
    assert fetched(room, "far-member") == []


def test_a_moved_meeting_keeps_its_identity_and_a_cancelled_one_says_so(room: Room) -> None:
    meeting_id = room.meeting(days=10)
    before = fetched(room, "coordinator")[0]
    with room.site.database.write() as session:
        forum = session.scalars(select(Forum).where(Forum.code == LSG)).one()
        forum.meetings[0].starts_at += timedelta(days=3)
        forum.name = "Samråd; Sävsjö, norra"
    after = fetched(room, "coordinator")[0]
    assert before["UID"] == after["UID"] == f"mote-{meeting_id}@hoglandet.lexheller"
    assert after["DTSTART"] == "20261129T090000Z"
    assert after["SUMMARY"] == "Samråd\\; Sävsjö\\, norra"
    with room.site.database.write() as session:
        session.scalars(select(Forum).where(Forum.code == LSG)).one().meetings[0].cancelled_at = room.site.moment
    assert fetched(room, "coordinator")[0]["STATUS"] == "CANCELLED"


def test_it_carries_no_free_text(room: Room) -> None:
    meeting_id = room.meeting(days=10)
    room.item(meeting_id, room.report(paraphrase="Omskriven text."), minutes=35)
    found = fetched(room, "coordinator")[0]
    assert set(found) == {"UID", "DTSTAMP", "DTSTART", "DURATION", "SUMMARY", "END"}
    assert (found["DURATION"], found["SUMMARY"]) == ("PT60M", "LSG Sävsjö"), "nobody meets for one item's time"
    room.item(meeting_id, room.report(paraphrase="En text till."), minutes=45)
    assert fetched(room, "coordinator")[0]["DURATION"] == "PT80M"


@pytest.mark.parametrize("name", ["reporter", "far-reporter"])
def test_reporters_have_no_calendar(site: Site, name: str) -> None:
    assert site.sign_in(name).get("/forum.ics").status_code == 404


def test_strangers_are_asked_to_sign_in(site: Site) -> None:
    assert site.visitor().get("/forum.ics").status_code == 302
