"""Planning meetings: packs follow their meetings, items follow theirs, and nothing is left an orphan."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from models import AgendaItem, Forum, Meeting, Outbox, Summary
from models.outbox import Task
from models.packs import order_near_pack, supersede_packs
from models.summary import SummaryKind, SummaryState, order_summary
from schemas.months import DAYS_BEFORE_MEETING
from tests.forums import LSG, Room, hidden, room, send
from worker.sweep import order_due_summaries

__all__ = ["room"]  # a fixture
PAGE = f"/forum/{LSG}"
DAYS = DAYS_BEFORE_MEETING


def packs(room: Room) -> list[tuple[date, int, SummaryState]]:
    """Every pack of the forum: day, version, state."""
    with room.site.database.read() as session:
        query = select(Summary).join(Forum).where(Forum.code == LSG, Summary.kind == SummaryKind.MEETING)
        return [(row.period, row.version, row.state) for row in session.scalars(query.order_by(Summary.id))]


def sweep(room: Room) -> None:
    with room.site.database.write() as session:
        order_due_summaries(session, room.site.moment)


def build(room: Room) -> None:
    """As if the worker had built every pack that waits."""
    with room.site.database.write() as session:
        for row in session.scalars(select(Summary).where(Summary.state == SummaryState.QUEUED)):
            row.state, row.pdf = SummaryState.BUILT, b"%PDF"
        for job in session.scalars(select(Outbox).where(Outbox.task == Task.BUILD_SUMMARY)):
            session.delete(job)


def move_to(room: Room, meeting_id: int, day: str, hour: str = "13.00", name: str = "coordinator") -> int:
    client, page = room.site.sign_in(name), f"{PAGE}/moten/{meeting_id}"
    seal = hidden(client.get(page).text, "seal")
    return send(client, f"{page}/flytta", page, meeting_date=day, meeting_time=hour, seal=seal).status_code


def test_a_meeting_is_added_in_swedish_time(room: Room) -> None:
    client = room.site.sign_in("coordinator")
    done = send(client, f"{PAGE}/moten", PAGE, meeting_date="2027-01-14", meeting_time="13.00")
    assert done.status_code == 303
    assert "14 januari 2027 kl. 13.00" in client.get(done.location).text
    with room.site.database.read() as session:
        assert session.scalars(select(Meeting)).one().starts_at == datetime(2027, 1, 14, 12, tzinfo=UTC)


BAD_MOMENTS = (
    ("2026-11-15", "13.00", "Mötet måste ligga framåt i tiden"),
    ("2026-11-16", "09.00", "Mötet måste ligga framåt i tiden"),
    ("", "13.00", "Skriv vilken dag mötet är"),
    ("14 januari", "13.00", "Skriv datumet som ÅÅÅÅ-MM-DD"),
    ("2027-02-30", "13.00", "Det datumet finns inte"),
    ("2127-01-14", "13.00", "Kontrollera året"),
    ("0001-01-01", "00.00", "Kontrollera året"),
    ("9999-12-31", "23.59", "Kontrollera året"),
    ("2027-01-14", "", "Skriv klockslaget"),
    ("2027-01-14", "25.00", "Skriv klockslaget"),
    ("2027-01-14", "13.00\n14.00", "Skriv klockslaget"),
)


def test_a_bad_day_or_hour_is_refused_and_stays_in_the_form(room: Room) -> None:
    client = room.site.sign_in("coordinator")
    for day, hour, message in BAD_MOMENTS:
        refused = send(client, f"{PAGE}/moten", PAGE, meeting_date=day, meeting_time=hour)
        assert refused.status_code == 422, (day, hour)
        assert refused.text.count(message) == 2, (day, hour)
        assert f'value="{day}"' in refused.text, (day, hour)
    assert room.site.count(Meeting) == 0


def test_two_meetings_at_one_time_are_one(room: Room) -> None:
    client, words = room.site.sign_in("coordinator"), {"meeting_date": "2027-01-14", "meeting_time": "13:00"}
    assert send(client, f"{PAGE}/moten", PAGE, **words).status_code == 303
    again = send(client, f"{PAGE}/moten", PAGE, **words)
    assert again.status_code == 422
    assert "Forumet har redan ett möte vid den tiden" in again.text
    assert room.site.count(Meeting) == 1


def test_a_moved_meeting_leaves_no_orphaned_pack(room: Room) -> None:
    """The pack was made and can be fetched; then the meeting moves three weeks ahead, where its pack is not yet due."""
    meeting_id = room.meeting(days=10)
    sweep(room)
    build(room)
    assert packs(room) == [(date(2026, 11, 26), 1, SummaryState.BUILT)]
    assert move_to(room, meeting_id, "2026-12-17") == 303
    assert packs(room) == [(date(2026, 11, 26), 1, SummaryState.SUPERSEDED)]
    room.site.advance(days=17)  # two weeks before the new day
    sweep(room)
    assert packs(room)[1:] == [(date(2026, 12, 17), 1, SummaryState.QUEUED)]


def test_a_meeting_moved_to_a_day_that_is_near_gets_its_pack_at_once(room: Room) -> None:
    meeting_id = room.meeting(days=10)
    sweep(room)
    assert move_to(room, meeting_id, "2026-11-24") == 303
    assert packs(room) == [
        (date(2026, 11, 26), 1, SummaryState.SUPERSEDED),
        (date(2026, 11, 24), 1, SummaryState.QUEUED),
    ]
    with room.site.database.read() as session:
        jobs = list(session.scalars(select(Outbox).where(Outbox.task == Task.BUILD_SUMMARY)))
        live = {row.id for row in session.scalars(select(Summary).where(Summary.state == SummaryState.QUEUED))}
    assert {job.subject_id for job in jobs} == live  # Nothing builds the pack of the old day any more.


def test_a_meeting_moved_there_and_back_gets_a_new_version(room: Room) -> None:
    meeting_id = room.meeting(days=10)
    sweep(room)
    build(room)
    assert move_to(room, meeting_id, "2026-12-17") == 303
    assert move_to(room, meeting_id, "2026-11-26", "10.00") == 303
    assert packs(room) == [
        (date(2026, 11, 26), 1, SummaryState.SUPERSEDED),
        (date(2026, 11, 26), 2, SummaryState.QUEUED),
    ]
    sweep(room)
    assert len(packs(room)) == 2


def test_the_sweep_orders_a_new_version_where_the_old_one_was_superseded(room: Room) -> None:
    meeting_id = room.meeting(days=10)
    sweep(room)
    with room.site.database.write() as session:
        forum_id = session.get_one(Meeting, meeting_id).forum_id
        session.get_one(Meeting, meeting_id).cancelled_at = room.site.moment
        session.flush()
        supersede_packs(session, forum_id, [date(2026, 11, 26)])
        session.get_one(Meeting, meeting_id).cancelled_at = None
    sweep(room)
    assert [(version, state) for _, version, state in packs(room)] == [
        (1, SummaryState.SUPERSEDED),
        (2, SummaryState.QUEUED),
    ]


def test_another_hour_of_the_same_day_keeps_the_pack(room: Room) -> None:
    meeting_id = room.meeting(days=10)
    sweep(room)
    build(room)
    assert move_to(room, meeting_id, "2026-11-26", "15.30") == 303
    assert packs(room) == [(date(2026, 11, 26), 1, SummaryState.BUILT)]


def test_a_second_meeting_on_the_same_day_keeps_the_pack(room: Room) -> None:
    meeting_id, _ = room.meeting(days=10), room.meeting(days=10.1)
    sweep(room)
    build(room)
    assert move_to(room, meeting_id, "2026-12-17") == 303
    assert packs(room) == [(date(2026, 11, 26), 1, SummaryState.BUILT)]


@pytest.mark.parametrize("days", [-1, 0, DAYS, DAYS + 1], ids=str)
def test_a_pack_is_ordered_at_once_only_when_it_is_due(room: Room, days: int) -> None:
    day = date(2026, 11, 16) + timedelta(days=days)
    with room.site.database.write() as session:
        forum_id = session.scalars(select(Forum.id).where(Forum.code == LSG)).one()
        first = order_near_pack(session, forum_id, day, room.site.moment)
        again = order_near_pack(session, forum_id, day, room.site.moment)
    assert (first is not None) == (0 <= days <= DAYS)
    assert again is None


def test_a_held_meeting_is_not_moved_or_called_off(room: Room) -> None:
    meeting_id = room.meeting(days=-1)
    page = f"{PAGE}/moten/{meeting_id}"
    client = room.site.sign_in("coordinator")
    assert "Flytta mötet" not in client.get(page).text
    token = hidden(client.get(PAGE).text, "csrf_token")
    words = {"csrf_token": token, "meeting_date": "2027-01-14", "meeting_time": "13.00"}
    for place in ("flytta", "stall-in"):
        refused = client.post(f"{page}/{place}", data=words)
        assert refused.status_code in (409, 422)
    row = room.get(Meeting, meeting_id)
    assert (row.starts_at, row.cancelled_at) == (room.site.moment - timedelta(days=1), None)


def test_a_meeting_that_a_colleague_moved_first_is_not_moved_silently(room: Room) -> None:
    meeting_id = room.meeting(days=20)
    client, page = room.site.sign_in("coordinator"), f"{PAGE}/moten/{meeting_id}"
    seal = hidden(client.get(page).text, "seal")
    assert move_to(room, meeting_id, "2026-12-10", name="administrator") == 303
    late = send(client, f"{page}/flytta", page, meeting_date="2026-12-11", meeting_time="09.00", seal=seal)
    assert late.status_code == 409
    assert "10 december 2026 kl. 13.00" in late.text  # what stands
    assert "2026-12-11" in late.text  # what was typed
    assert room.get(Meeting, meeting_id).starts_at == datetime(2026, 12, 10, 12, tzinfo=UTC)


def test_a_meeting_called_off_supersedes_its_pack_and_hands_its_items_on(room: Room) -> None:
    first, second = room.meeting(days=10), room.meeting(days=40)
    item_id, other = room.item(first, room.report()), room.item(second, room.report())
    sweep(room)
    build(room)
    client, page = room.site.sign_in("coordinator"), f"{PAGE}/moten/{first}"
    assert send(client, f"{page}/stall-in", page).status_code == 303
    assert packs(room) == [(date(2026, 11, 26), 1, SummaryState.SUPERSEDED)]
    assert "Mötet är inställt" in client.get(page).text
    assert room.get(AgendaItem, item_id).meeting_id == second
    assert room.get(AgendaItem, item_id).position > room.get(AgendaItem, other).position
    assert send(client, f"{page}/stall-in", f"{PAGE}/moten/{second}").status_code == 422


def test_without_another_meeting_the_reports_wait_again(room: Room) -> None:
    meeting_id = room.meeting(days=10)
    room.item(meeting_id, room.report())
    client, page = room.site.sign_in("coordinator"), f"{PAGE}/moten/{meeting_id}"
    assert "0 väntar på en dagordning" in client.get(PAGE).text
    assert send(client, f"{page}/stall-in", page).status_code == 303
    assert "1 väntar på en dagordning" in client.get(PAGE).text


def test_a_meeting_that_was_called_off_comes_back_at_its_old_time(room: Room) -> None:
    meeting_id = room.meeting(days=59, cancelled_at=room.site.moment)
    local = room.get(Meeting, meeting_id).starts_at + timedelta(hours=1)
    client = room.site.sign_in("coordinator")
    words = {"meeting_date": f"{local:%Y-%m-%d}", "meeting_time": f"{local:%H.%M}"}
    assert send(client, f"{PAGE}/moten", PAGE, **words).status_code == 303
    assert room.site.count(Meeting) == 1
    assert room.get(Meeting, meeting_id).cancelled_at is None


def test_a_superseded_pack_that_was_being_built_stays_superseded(room: Room) -> None:
    """The worker stores a pack only while its outbox row is there; superseding takes the row away."""
    meeting_id = room.meeting(days=10)
    with room.site.database.write() as session:
        forum_id = session.get_one(Meeting, meeting_id).forum_id
        summary_id = order_summary(session, forum_id, SummaryKind.MEETING, date(2026, 11, 26), 1, room.site.moment)
    assert move_to(room, meeting_id, "2026-12-17") == 303
    with room.site.database.read() as session:
        assert session.scalars(select(Outbox).where(Outbox.subject_id == summary_id)).all() == []
    assert packs(room)[0][2] is SummaryState.SUPERSEDED


@pytest.mark.parametrize(
    ("days", "told"), [(0, "Underlaget är inte klart än."), (DAYS + 1, "Underlaget görs 14 dagar")]
)
def test_a_member_reads_when_the_pack_comes_as_long_as_that_lies_ahead(room: Room, days: int, told: str) -> None:
    meeting_id = room.meeting(days=days + 1 / 24)
    page = room.site.sign_in("member").get(f"{PAGE}/moten/{meeting_id}").text
    assert told in page
    assert ("görs 14 dagar" in page) == (days > DAYS)
