"""The frozen data of a summary: party level only, what is counted and no more, the same whenever it is taken."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Area, Forum, Meeting, Party, Report, Summary, Unit, User
from models.month_count import mark_slice
from models.report import Occurred, ReportKind, ReportState
from models.snapshot import take_snapshot
from models.summary import SummaryKind
from models.user import Role
from tests.site import Site
from worker.summary import write_summary

SECRET = "En text som ingen annan än samordnaren får läsa."
ORDERED = datetime(2026, 11, 28, 9, tzinfo=UTC)


@pytest.fixture
def furnished(site: Site) -> Site:
    """Savsjö with reports by three people over two years, some of which are not counted, and a report next door."""
    with site.database.write() as session:
        people = [_person(session, f"person-{number}") for number in range(4)]
        for number in range(6):
            _file(session, people[number % 3], "2026-10", "psykiatri", category="handover")
        _file(session, people[0], "2025-01", "sjukpenning", category="rules")
        _file(session, people[3], "2026-10", "psykiatri", category="handover", state=ReportState.MERGED)
        _file(session, people[3], "2026-10", "psykiatri", category="handover", kind=ReportKind.GOOD)
        _file(session, people[3], "2026-10", "psykiatri", category="handover", area="aneby", is_example=True)
        _file(session, people[0], "2026-11", "psykiatri", category="handover")
    site.recount()
    return site


def _person(session: Session, name: str) -> User:
    federation_id = session.scalars(select(Area.federation_id).where(Area.code == "savsjo")).one()
    facts = {"email": f"{name}@example.org", "password_hash": "-", "title": name, "role": Role.REPORTER}
    person = User(federation_id=federation_id, **facts)
    session.add(person)
    session.flush()
    return person


def _file(session: Session, person: User, month: str, about: str, area: str = "savsjo", **facts: Any) -> None:
    home = session.scalars(select(Area).where(Area.code == area)).one()
    units = {unit.code: unit.id for unit in session.scalars(_units(home.federation_id))}
    first = date.fromisoformat(f"{month}-01")
    number = len(session.scalars(select(Report.id)).all())
    session.add(
        Report(
            federation_id=home.federation_id,
            area_id=home.id,
            reporter_id=person.id,
            from_unit_id=units["forsorjningsstod"],
            about_unit_id=units[about],
            form_key=f"key-{number}",
            reference=f"LH-2026-{number:04d}",
            received_at=datetime(first.year, first.month, 15, tzinfo=UTC),
            month=first,
            description=SECRET,
            occurred=Occurred.WEEK,
            **facts,
        )
    )
    mark_slice(session, home.id, first)
    session.flush()


def _units(federation_id: int) -> Any:
    return select(Unit).join(Party).where(Party.federation_id == federation_id)


def snapshot_of(site: Site, code: str, kind: SummaryKind, period: date, ordered: datetime = ORDERED) -> dict[str, Any]:
    with site.database.read() as session:
        forum = session.scalars(select(Forum).where(Forum.code == code)).one()
        return take_snapshot(session, Summary(forum=forum, kind=kind, period=period, version=1, ordered_at=ordered))


def monthly(site: Site, code: str = "lsg-savsjo") -> dict[str, Any]:
    return snapshot_of(site, code, SummaryKind.MONTHLY, date(2026, 10, 1))


def test_it_counts_pairs_of_parties_over_two_years(furnished: Site) -> None:
    snapshot = monthly(furnished)
    assert (snapshot["months"][0], snapshot["months"][-1], len(snapshot["months"])) == ("2024-11-01", "2026-10-01", 24)
    assert snapshot["counts"] == [
        ["kommun", "fk", "2025-01-01", "rules", 1],
        ["kommun", "region", "2026-10-01", "handover", 6],
    ]
    assert snapshot["first_month"] == "2025-01-01"
    assert [party["code"] for party in snapshot["parties"]] == ["kommun", "af", "fk", "region", "other"]


def test_only_people_behind_counted_reports_count(furnished: Site) -> None:
    """The fourth person's reports are merged, good news, and of another area."""
    assert monthly(furnished)["reporters"] == {
        "all": 3,
        "all_before": 1,
        "pairs": [["kommun", "region", 3]],
        "pairs_long": [["kommun", "fk", 1], ["kommun", "region", 3]],
        "categories": [["handover", 3]],
        "categories_before": [["rules", 1]],
    }


def test_a_forum_of_the_federation_sees_all_areas(furnished: Site) -> None:
    snapshot = monthly(furnished, "hoglandet-styrelsen")
    assert snapshot["counts"][-1] == ["kommun", "region", "2026-10-01", "handover", 7]
    assert snapshot["reporters"]["pairs"] == [["kommun", "region", 4]]
    assert snapshot["forum"]["areas"] == ["Aneby", "Eksjö", "Nässjö", "Sävsjö", "Tranås", "Vetlanda"]
    assert snapshot["example"]
    assert not monthly(furnished)["example"]


def test_it_is_plain_data_without_texts_units_or_people(furnished: Site) -> None:
    snapshot = monthly(furnished)
    text = json.dumps(snapshot, ensure_ascii=False)
    assert json.loads(text) == snapshot
    with furnished.database.read() as session:
        units = [*session.scalars(select(Unit.name)), *session.scalars(select(Unit.code))]
    people = [SECRET, "person-", "LH-2026", "example.org"]
    assert [word for word in [*units, *people] if word in text] == []


def test_taking_it_again_later_gives_the_same(furnished: Site) -> None:
    first = monthly(furnished)
    assert monthly(furnished) == first
    assert write_summary(first) == write_summary(json.loads(json.dumps(first)))


def test_a_pack_counts_the_last_month_that_was_over_when_it_was_ordered(furnished: Site) -> None:
    with furnished.database.write() as session:
        forum = session.scalars(select(Forum).where(Forum.code == "lsg-savsjo")).one()
        for moment in ("2026-12-12T08:00", "2027-03-13T08:00", "2026-11-30T08:00"):
            session.add(Meeting(forum=forum, starts_at=datetime.fromisoformat(f"{moment}+00:00")))
        cancelled = datetime(2027, 1, 9, 8, tzinfo=UTC)
        session.add(Meeting(forum=forum, starts_at=cancelled, cancelled_at=ORDERED))
    day = date(2026, 12, 12)
    early = snapshot_of(furnished, "lsg-savsjo", SummaryKind.MEETING, day)
    late = snapshot_of(furnished, "lsg-savsjo", SummaryKind.MEETING, day, datetime(2027, 2, 1, tzinfo=UTC))
    assert (early["months"][-1], late["months"][-1]) == ("2026-10-01", "2026-11-01")
    assert early["meetings"] == ["2026-12-12T09:00", "2027-03-13T09:00"]
    assert monthly(furnished)["meetings"][0] == "2026-11-30T09:00"
