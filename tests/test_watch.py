"""Watching an area: signals that are raised, stand and end; effects and waiting times; tallies and dismissals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from models import Action, Area, Effect, Report, Signal, Tally, Turnaround, Unit, User
from models.month_count import mark_slice
from models.report import take_reference
from models.signal import SignalKind
from schemas.months import add_months, month_of, start_of_day
from tests.site import MONDAY, Site, address_of, open_site
from worker.notice import store
from worker.watch import unwatched, watch

THIS_MONTH = month_of(MONDAY)


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Site]:
    with open_site(database_url, tmp_path) as opened:
        opened.furnish()
        yield opened


def file_many(site: Site, months_ago: int, count: int) -> None:
    """Reports of one pattern in Sävsjö, by two people in turn."""
    with site.database.write() as session:
        area = session.scalars(select(Area).where(Area.code == "savsjo")).one()
        people = list(session.scalars(select(User).where(User.email.in_(map(address_of, ("reporter", "colleague"))))))
        sender, about = (unit_of(site, code) for code in ("forsorjningsstod", "psykiatri"))
        month = add_months(THIS_MONTH, -months_ago)
        for number in range(count):
            moment = start_of_day(month) + timedelta(days=1 + number)
            session.add(
                Report(
                    federation_id=area.federation_id, area_id=area.id, reporter_id=people[number % 2].id,
                    from_unit_id=sender, about_unit_id=about, form_key=f"{month}-{number}-{id(session)}",
                    reference=take_reference(session, area.federation_id, month.year), received_at=moment,
                    month=month, category="contact_route", description="x" * 20, occurred="week",
                )
            )  # fmt: skip
        mark_slice(session, area.id, month)
    site.recount()


def unit_of(site: Site, code: str) -> int:
    with site.database.read() as session:
        return session.scalars(select(Unit.id).where(Unit.code == code).order_by(Unit.id)).first() or 0


def look(site: Site) -> None:
    """What the worker does once an hour."""
    with site.database.read() as session:
        sights = [watch(session, area_id, site.moment) for area_id in unwatched(session, site.moment)]
    for sight in sights:
        with site.database.write() as session:
            store(session, sight, site.moment)


def signals(site: Site) -> list[Signal]:
    with site.database.read() as session:
        return list(session.scalars(select(Signal).order_by(Signal.id)))


def burst(site: Site) -> Signal:
    for months_ago in (1, 2, 3):
        file_many(site, months_ago, 3)
    look(site)
    (signal,) = signals(site)
    return signal


def test_a_burst_is_raised_once_with_its_evidence(site: Site) -> None:
    signal = burst(site)
    assert (signal.kind, signal.reports, signal.reporters) == (SignalKind.RISING, 9, 2)
    site.advance(hours=2)
    look(site)
    (again,) = signals(site)
    assert again.id == signal.id
    assert again.seen_at == site.moment


def test_a_signal_ends_when_its_reason_is_gone(site: Site) -> None:
    burst(site)
    site.advance(days=200)
    look(site)
    assert all(signal.ended_at == site.moment for signal in signals(site) if signal.kind is SignalKind.RISING)


def test_an_area_is_looked_at_once_an_hour(site: Site) -> None:
    burst(site)
    with site.database.read() as session:
        assert unwatched(session, site.moment) == []
        assert len(unwatched(session, site.moment + timedelta(hours=2))) == 1


def test_a_dismissed_signal_keeps_its_reason_and_stays_dismissed(site: Site) -> None:
    signal = burst(site)
    coordinator = site.sign_in("coordinator")
    words = coordinator.tokens("/signaler")
    refused = coordinator.post(f"/signaler/{signal.id}/avfarda", data=words)
    assert refused.status_code == 422
    assert "Skriv varför signalen avfärdas" in refused.text
    answer = coordinator.post(
        f"/signaler/{signal.id}/avfarda", data=words | {f"why-{signal.id}": "Ny rutin är på gång"}
    )
    assert answer.status_code == 303
    site.advance(hours=2)
    look(site)
    (kept,) = signals(site)
    assert (kept.dismissed_why, kept.ended_at) == ("Ny rutin är på gång", None)
    assert "Ny rutin är på gång" in site.sign_in("coordinator").get("/signaler").text


def test_a_signal_of_another_area_is_not_there(site: Site) -> None:
    signal = burst(site)
    neighbour = site.sign_in("neighbour")
    words = neighbour.tokens("/signaler") | {f"why-{signal.id}": "Det rör inte mig"}
    assert neighbour.post(f"/signaler/{signal.id}/avfarda", data=words).status_code == 404


def test_a_tally_counts_once_a_day_and_never_as_a_case(site: Site) -> None:
    signal = burst(site)
    with site.database.write() as session:
        session.get_one(Signal, signal.id).reporters = 3
    reporter = site.sign_in("reporter")
    before = site.count(Report)
    for _ in range(2):
        assert reporter.post(f"/samma-sak/{signal.id}", data=reporter.tokens("/samma-sak")).status_code == 303
    assert (site.count(Tally), site.count(Report)) == (1, before)
    assert signals(site)[0].tallies == 1


def test_a_pattern_of_two_people_is_not_shown_to_reporters(site: Site) -> None:
    signal = burst(site)
    reporter = site.sign_in("reporter")
    assert "Just nu finns inget" in reporter.get("/samma-sak").text
    assert reporter.post(f"/samma-sak/{signal.id}", data=reporter.tokens("/rapportera")).status_code == 404


def test_an_action_is_judged_by_the_months_around_it(site: Site) -> None:
    for months_ago in range(5, 17):
        file_many(site, months_ago, 2)
    with site.database.write() as session:
        area = session.scalars(select(Area).where(Area.code == "savsjo")).one()
        party = session.scalars(select(Unit).where(Unit.code == "psykiatri")).first()
        assert party
        session.add(
            Action(
                federation_id=area.federation_id, area_id=area.id, what="En gemensam ingång", owner="Enhetschef",
                owner_party_id=party.party_id, decided_on=add_months(THIS_MONTH, -4) + timedelta(days=3),
                due_on=date(2026, 12, 1), about_unit_id=unit_of(site, "psykiatri"), category="contact_route",
            )
        )  # fmt: skip
    look(site)
    with site.database.read() as session:
        effect = session.scalars(select(Effect)).one()
    assert (effect.before_count, effect.before_months, effect.after_count, effect.after_months) == (24, 12, 0, 3)
    assert effect.sentence.startswith("Ser ut att ha hjälpt: 24 rapporter på 12 månader före och ingen på 3 månader")


def test_waiting_times_count_those_who_still_wait(site: Site) -> None:
    file_many(site, 1, 6)
    look(site)
    with site.database.read() as session:
        row = session.scalars(select(Turnaround)).one()
    assert (row.reports, row.review_days, row.answer_days) == (6, None, None)
