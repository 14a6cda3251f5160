"""A decision takes its reports along: they stay, are closed, or go to the forum above."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from models import Decision, Delivery, Forum, Report, StateChange
from models.agenda import Outcome
from models.agenda_queries import agenda_of
from models.forum_queries import forum_above
from models.report import ReportState
from tests.agendas import decide, page_of
from tests.forums import BOARD, LSG, PREPARATORY, STEERING, WORKING, Room, room, send

__all__ = ["room"]  # a fixture


def test_a_decision_that_stays_leaves_the_reports(room: Room) -> None:
    meeting_id, reference = room.meeting(days=-0.1), room.report()
    assert decide(room, meeting_id, room.item(meeting_id, reference), "stays") == 303
    assert room.find_report(reference).state is ReportState.ROUTED
    page = room.site.sign_in("coordinator").get(page_of(meeting_id)).text
    assert "En gemensam brevlåda öppnas." in page
    assert "Det finns nu en väg in." in page
    assert "1 rapport väntar" in page  # It may come up again.
    with room.site.database.read() as session:
        decision = session.scalars(select(Decision)).one()
    assert (decision.decided_on, decision.outcome) == (date(2026, 11, 16), Outcome.STAYS)
    assert decision.function == "Samverkanskoordinator coordinator"


def test_what_was_taken_from_the_forum_is_not_the_forums_to_move(room: Room) -> None:
    meeting_id, reference = room.meeting(days=0), room.report()
    item_id = room.item(meeting_id, reference)
    with room.site.database.write() as session:
        report = session.scalars(select(Report).where(Report.reference == reference)).one()
        report.forum_id = room.forum(STEERING).id
    client = room.site.sign_in("coordinator")
    assert "1 väntar på en dagordning" in client.get(f"/forum/{STEERING}").text
    assert decide(room, meeting_id, item_id, "closed") == 303
    assert room.find_report(reference).state is ReportState.ROUTED


def test_a_held_meeting_tells_what_was_left_without_a_decision(room: Room) -> None:
    meeting_id = room.meeting(days=-1)
    first, _ = room.item(meeting_id, room.report()), room.item(meeting_id, room.report())
    client = room.site.sign_in("coordinator")
    assert "2 ärenden utan beslut" in client.get(f"/forum/{LSG}").text
    assert decide(room, meeting_id, first, "stays") == 303
    assert "1 ärende utan beslut" in client.get(f"/forum/{LSG}").text


def test_a_decision_that_closes_closes_the_reports_with_a_reason(room: Room) -> None:
    meeting_id, one, two = room.meeting(days=0), room.report(), room.report(state=ReportState.IN_REVIEW)
    version = room.find_report(one).version
    assert decide(room, meeting_id, room.item(meeting_id, one, two), "closed") == 303
    closed = room.find_report(one)
    assert (closed.state, closed.close_reason) == (ReportState.CLOSED, "Beslut i forumet")
    assert closed.version > version
    assert room.find_report(two).state is ReportState.IN_REVIEW  # Somebody has taken it back to judge it again.
    with room.site.database.read() as session:
        change = session.scalars(select(StateChange).where(StateChange.report_id == closed.id)).one()
    assert (change.to_state, change.function) == (ReportState.CLOSED, "Samverkanskoordinator coordinator")


def test_what_is_handed_up_stands_on_the_next_agenda_of_the_forum_above(room: Room) -> None:
    meeting_id, reference = room.meeting(days=0), room.report()
    room.meeting(STEERING, days=90)
    above = room.meeting(STEERING, days=20)
    item_id = room.item(meeting_id, reference)
    assert decide(room, meeting_id, item_id, "handed_up") == 303
    with room.site.database.read() as session:
        item = agenda_of(session, above)[0]
        assert (item.title, item.from_item_id) == ("Kontaktväg till psykiatrin", item_id)
        assert [report.reference for report in item.reports] == [reference]
    moved = room.find_report(reference)
    assert (moved.forum_id, moved.state) == (room.forum(STEERING).id, ReportState.ROUTED)
    client = room.site.sign_in("coordinator")
    assert "kommer från LSG Sävsjö 16 november 2026" in client.get(page_of(above, STEERING)).text
    assert "Styrgrupp Samverk Sävsjö 6 december 2026" in client.get(page_of(meeting_id)).text


def test_where_the_forum_above_has_no_meeting_the_reports_wait_there(room: Room) -> None:
    meeting_id, reference = room.meeting(days=0), room.report()
    assert decide(room, meeting_id, room.item(meeting_id, reference), "handed_up") == 303
    assert room.find_report(reference).forum_id == room.forum(STEERING).id
    page = room.site.sign_in("coordinator").get(f"/forum/{STEERING}").text
    assert "1 väntar på en dagordning" in page


LADDER = (
    (WORKING, LSG),
    (LSG, STEERING),
    (STEERING, PREPARATORY),
    (PREPARATORY, BOARD),
    (BOARD, None),
    ("lsg-aneby", PREPARATORY),
    ("arbetsgrupp-samverk-nassjo", "styrgrupp-samverk-nassjo"),
    ("arena-habo", "sodra-vatterbygden-beredningsgruppen"),
)


def test_the_ladder_of_forums(room: Room) -> None:
    for code, above in LADDER:
        with room.site.database.read() as session:
            forum = session.scalars(select(Forum).where(Forum.code == code)).one()
            found = forum_above(session, forum)
        assert (found.code if found else None) == above


def test_nothing_is_handed_up_from_the_board(room: Room) -> None:
    room.serve_federation("coordinator")
    meeting_id, reference = room.meeting(BOARD, days=0), room.report(BOARD)
    item_id = room.item(meeting_id, reference)
    assert decide(room, meeting_id, item_id, "handed_up", BOARD) == 422
    assert decide(room, meeting_id, item_id, "closed", BOARD) == 303


def test_reporters_are_told_when_there_is_a_plain_line(room: Room) -> None:
    meeting_id = room.meeting(days=0)
    told, quiet = room.report(feedback_email="reporter@example.org"), room.report(feedback_email="reporter@example.org")
    first, second = room.item(meeting_id, told), room.item(meeting_id, quiet)
    assert decide(room, meeting_id, first, "stays") == 303
    client, page = room.site.sign_in("coordinator"), f"{page_of(meeting_id)}/arenden/{second}/beslut"
    assert send(client, page, page, decision_text="Bordlagt.", outcome="stays").status_code == 303
    with room.site.database.read() as session:
        assert [row.reference for row in session.scalars(select(Delivery))] == [told]
