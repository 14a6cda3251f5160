"""The agenda in a meeting pack: frozen from the forum's meeting, and compared with what the agenda has become."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from models import AgendaItem, Area, Decision, Forum, Meeting, Summary
from models.agenda import Outcome
from models.report import ReportState
from models.snapshot import take_snapshot
from models.summary import SummaryKind, SummaryState
from models.user import User
from schemas.months import local_date
from tests.forums import LSG, WORKING, Room, room
from tests.site import address_of
from worker.summary import write_summary

__all__ = ["room"]  # a fixture
QUOTE = "Kallelsen kom till någon som hade slutat."
PEOPLE = ("reporter", "colleague", "member")


def report(room: Room, by: str = "reporter", **facts: Any) -> str:
    with room.site.database.read() as session:
        reporter_id = session.scalars(select(User.id).where(User.email == address_of(by))).one()
    return room.report(reporter_id=reporter_id, **facts)


def pack_of(room: Room, meeting_id: int, **facts: Any) -> dict[str, Any]:
    """The snapshot of a pack that is ordered now."""
    with room.site.database.read() as session:
        meeting = session.get_one(Meeting, meeting_id)
        day = {"period": local_date(meeting.starts_at), "ordered_at": room.site.moment}
        return take_snapshot(session, Summary(forum=meeting.forum, kind=SummaryKind.MEETING, **(day | facts)))


def store(room: Room, meeting_id: int, **facts: Any) -> int:
    """A pack of a meeting, frozen now, as the worker leaves it. Returns: its id."""
    frozen = pack_of(room, meeting_id)
    with room.site.database.write() as session:
        meeting = session.get_one(Meeting, meeting_id)
        same = {"forum_id": meeting.forum_id, "kind": SummaryKind.MEETING, "period": local_date(meeting.starts_at)}
        made = {"state": SummaryState.BUILT, "ordered_at": room.site.moment, "snapshot": frozen}
        row = Summary(**(same | made | facts))
        session.add(row)
        session.flush()
        return row.id


def released(number: int, **facts: Any) -> dict[str, Any]:
    return {"paraphrase": f"{QUOTE} {number}", "may_paraphrase": True, **facts}


def test_the_items_are_frozen_with_counts_people_and_what_was_released(room: Room) -> None:
    now = room.site.moment
    references = [
        report(room, by=PEOPLE[number % 3], **released(number, paraphrase_released_at=now)) for number in range(4)
    ]
    references += [
        report(room, **released(4)),  # not released
        report(room, **released(5, paraphrase_released_at=now, may_paraphrase=False)),
        report(room, category="rules", **released(6, paraphrase_released_at=now, state=ReportState.WITHDRAWN)),
    ]
    meeting_id = room.meeting()
    room.item(meeting_id, *references, minutes=20)
    [item] = pack_of(room, meeting_id)["agenda"]["items"]
    assert (item["title"], item["minutes"]) == ("Kontaktväg till psykiatrin", 20)
    assert (item["count"], item["people"]) == (6, 3)
    assert item["categories"] == [["contact_route", 6, 3]]
    assert item["pairs"] == [["kommun", "region", 6, 3]]
    assert item["growth"] == [["2026-11-01", 6, 3]]
    assert item["paraphrases"] == [f"{QUOTE} {number}" for number in range(4)]


def test_growth_counts_everything_until_a_month(room: Room) -> None:
    months = [room.site.moment.date().replace(month=month, day=1) for month in (9, 9, 11)]
    references = [report(room, by=PEOPLE[place], month=month) for place, month in enumerate(months)]
    meeting_id = room.meeting()
    room.item(meeting_id, *references)
    [item] = pack_of(room, meeting_id)["agenda"]["items"]
    assert item["growth"] == [["2026-09-01", 2, 2], ["2026-11-01", 3, 3]]


def test_the_pack_is_written_from_the_agenda_in_its_order(room: Room) -> None:
    meeting_id = room.meeting()
    room.item(meeting_id, report(room), title="Andra", position=2)
    room.item(meeting_id, report(room), title="Första", position=1)
    content = write_summary(pack_of(room, meeting_id))
    assert [case["heading"] for case in content["pack"]["cases"]] == ["Första", "Andra"]
    assert [case["number"] for case in content["pack"]["cases"]] == [None, None]
    assert content["pack"]["moves_on"] == "Till styrgruppen"


def test_an_agenda_of_another_day_or_of_a_cancelled_meeting_is_not_told(room: Room) -> None:
    here, cancelled = room.meeting(days=30), room.meeting(days=30.01, cancelled_at=room.site.moment)
    room.item(room.meeting(days=31), report(room), title="En annan dag")
    room.item(cancelled, report(room), title="Inställt")
    assert pack_of(room, here)["agenda"]["items"] == []
    assert write_summary(pack_of(room, here))["pack"]["own_agenda"] is False


def test_what_a_forum_below_handed_up_says_so(room: Room) -> None:
    below = room.item(room.meeting(WORKING, days=3), report(room, code=WORKING))
    meeting_id = room.meeting(days=30)
    room.item(meeting_id, report(room), from_item_id=below)
    [item] = pack_of(room, meeting_id)["agenda"]["items"]
    assert item["origin"] == {"forum": room.forum(WORKING).name, "day": "2026-11-19"}


def test_a_pack_of_the_whole_federation_takes_reports_of_all_areas(room: Room) -> None:
    with room.site.database.read() as session:
        areas = session.scalars(select(Area.id).where(Area.code.in_(["savsjo", "aneby"]))).all()
    meeting_id = room.meeting("hoglandet-beredningsgruppen")
    room.item(meeting_id, *(report(room, area_id=area) for area in areas))
    agenda = pack_of(room, meeting_id)["agenda"]
    assert (agenda["items"][0]["count"], agenda["above"]) == (2, "board")


def test_a_monthly_report_has_no_agenda(room: Room) -> None:
    with room.site.database.read() as session:
        forum = session.scalars(select(Forum).where(Forum.code == LSG)).one()
        month = local_date(room.site.moment).replace(month=10, day=1)
        summary = Summary(forum=forum, kind=SummaryKind.MONTHLY, period=month, ordered_at=room.site.moment)
        assert take_snapshot(session, summary)["agenda"] is None


def test_a_new_version_tells_what_has_changed_since_the_last(room: Room) -> None:
    meeting_id = room.meeting()
    first = room.item(meeting_id, report(room), title="Kvar")
    store(room, meeting_id)
    room.item(meeting_id, report(room), title="Ny", position=2)
    with room.site.database.write() as session:
        session.execute(update(AgendaItem).where(AgendaItem.id == first).values(question="Vem svarar?"))
    agenda = pack_of(room, meeting_id, version=2)["agenda"]
    assert agenda["replaces"] == 1
    assert agenda["changes"] == ["Nytt ärende: Ny", "Ändrat ärende: Kvar (frågan)"]
    assert pack_of(room, meeting_id, version=1)["agenda"]["changes"] == []


# The page of the meeting


def page_of(room: Room, meeting_id: int, name: str = "coordinator") -> str:
    return str(room.site.sign_in(name).get(f"/forum/{LSG}/moten/{meeting_id}").text)


def test_the_page_says_when_the_pack_is_older_than_the_agenda_and_orders_a_new_one(room: Room) -> None:
    meeting_id = room.meeting()
    room.item(meeting_id, report(room), title="Kvar")
    store(room, meeting_id)
    assert "äldre än dagordningen" not in page_of(room, meeting_id)
    room.item(meeting_id, report(room), title="Ny fråga", position=2)
    page = page_of(room, meeting_id)
    assert "Underlaget är äldre än dagordningen." in page
    assert "<li>Nytt ärende: Ny fråga</li>" in page
    coordinator = room.site.sign_in("coordinator")
    day = local_date(room.site.moment + timedelta(days=30))
    words = {"forum": LSG, "kind_period": f"meeting/{day}"}
    assert f'name="kind_period" value="{words["kind_period"]}"' in page
    tokens = {"csrf_token": coordinator.tokens(f"/forum/{LSG}/moten/{meeting_id}")["csrf_token"]}
    assert coordinator.post("/rapporter", data=words | tokens).status_code == 303
    assert "äldre än dagordningen" not in page_of(room, meeting_id)
    with room.site.database.read() as session:
        states = session.scalars(select(Summary.state).order_by(Summary.version.desc())).all()
    assert states[0] is SummaryState.QUEUED


def test_members_see_that_a_released_pack_is_old_and_nothing_of_a_draft(room: Room) -> None:
    meeting_id = room.meeting()
    room.item(meeting_id, report(room), title="Kvar")
    summary_id = store(room, meeting_id)
    room.item(meeting_id, report(room), title="Ny fråga", position=2)
    draft = page_of(room, meeting_id, "member")
    assert "äldre än dagordningen" not in draft
    assert f"/rapporter/{summary_id}" not in draft
    with room.site.database.write() as session:
        made = {"state": SummaryState.APPROVED, "released_at": room.site.moment}
        session.execute(update(Summary).where(Summary.id == summary_id).values(**made))
    page = page_of(room, meeting_id, "member")
    assert "Underlaget är äldre än dagordningen." in page
    assert "Gör ett nytt underlag" not in page
    assert f"/rapporter/{summary_id}.pdf" in page


def test_a_pack_of_before_there_was_an_agenda_is_told_so(room: Room) -> None:
    meeting_id = room.meeting()
    store(room, meeting_id)
    room.item(meeting_id, report(room))
    assert "Mötet hade ingen dagordning då." in page_of(room, meeting_id)


def test_what_is_decided_at_the_meeting_does_not_make_its_pack_old(room: Room) -> None:
    meeting_id = room.meeting(days=0.1)
    item_id = room.item(meeting_id, report(room))
    store(room, meeting_id)
    with room.site.database.write() as session:
        facts = {"decided_on": local_date(room.site.moment), "text": "Vi öppnar en väg.", "function": "Chef"}
        session.add(Decision(agenda_item_id=item_id, outcome=Outcome.CLOSED, **facts))
    assert "äldre än dagordningen" not in page_of(room, meeting_id)
