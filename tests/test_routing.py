"""Who receives a report: the rules of both real organisations, posts that nobody holds, absence and substitutes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from models import Area, Federation, Party, Post, User
from models.user import Role
from schemas.months import local_date
from schemas.routing import Desk, Route, Rule, route, stand_in
from tests.desk import give_post, post_of
from tests.site import Site
from webapp.rapportera.receiving import find_route

FINNVEDEN = "Finnvedens samordningsförbund"
# Federation, area, from party, about party: whose post receives it, and where another routine owns it.
CASES = [
    ("hoglandet", "savsjo", "kommun", "af", "savsjo", ""),
    ("hoglandet", "aneby", "fk", "kommun", "aneby", ""),
    ("hoglandet", "tranas", "region", "fk", "tranas", ""),
    ("hoglandet", "eksjo", "kommun", "af", None, ""),
    ("hoglandet", "eksjo", "kommun", "region", None, ""),
    ("sodra-vatterbygden", "vaggeryd", "kommun", "region", None, FINNVEDEN),
    ("sodra-vatterbygden", "vaggeryd", "af", "region", None, FINNVEDEN),
    ("sodra-vatterbygden", "vaggeryd", "kommun", "fk", None, ""),
    ("sodra-vatterbygden", "habo", "kommun", "region", None, ""),
    ("sodra-vatterbygden", "jonkoping", "kommun", "af", None, ""),
]


def routed(site: Site, federation: str, area: str, sender: str, about: str, day: date | None = None) -> Route:
    with site.database.read() as session:
        home = session.scalars(select(Federation).where(Federation.code == federation)).one()
        place = select(Area.id).where(Area.federation_id == home.id, Area.code == area)
        parties = {row.code: row.id for row in session.scalars(select(Party).where(Party.federation_id == home.id))}
        ends = (session.scalars(place).one(), parties[sender], parties[about])
        return find_route(session, home.id, *ends, day or local_date(site.moment))


@pytest.mark.parametrize(("federation", "area", "sender", "about", "post", "refer_to"), CASES)
def test_the_rules_of_both_organisations(
    site: Site, federation: str, area: str, sender: str, about: str, post: str | None, refer_to: str
) -> None:
    for name, place in (("coordinator", "savsjo"), ("neighbour", "aneby"), ("far-coordinator", None)):
        give_post(site, name, place)
    with site.database.write() as session:  # Whoever it is: a post of Tranås that somebody holds.
        session.add(_another_holder(post_of(site, "tranas")))
    found = routed(site, federation, area, sender, about)
    federation_id = 1 if federation == "hoglandet" else 2
    assert found.post_id == post_of(site, post, federation_id).id
    assert found.refer_to == refer_to


def _another_holder(post: Post) -> User:
    facts = {"email": "tranas@example.org", "password_hash": "-", "title": "Samverkanskoordinator, Tranås"}
    return User(federation_id=post.federation_id, post_id=post.id, role=Role.COORDINATOR, **facts)


def test_kommun_and_region_between_themselves_get_advice_in_either_direction(site: Site) -> None:
    for sender, about in (("kommun", "region"), ("region", "kommun")):
        assert "regionens egen rutin" in routed(site, "hoglandet", "savsjo", sender, about).advice
    assert routed(site, "hoglandet", "savsjo", "kommun", "fk").advice == ""


def test_what_worked_gets_no_advice(site: Site) -> None:
    reporter = site.sign_in("reporter")
    for kind, told in (("deviation", True), ("good", False)):
        reference = reporter.file_report(kind=kind)
        assert ("regionens egen rutin" in reporter.get(f"/mina-rapporter/{reference}").text) == told


def test_reporters_read_a_sentence_for_reporters(site: Site) -> None:
    advice = routed(site, "hoglandet", "savsjo", "kommun", "region").advice
    assert "Samverkanskoordinatorn avgör om rapporten ska hänvisas dit." in advice
    assert "markeras Hänvisad" not in advice


def test_a_post_that_nobody_holds_falls_to_the_federation(site: Site) -> None:
    federation = post_of(site, None).id
    assert routed(site, "hoglandet", "savsjo", "kommun", "af").post_id == federation
    held = give_post(site, "coordinator", "savsjo")
    assert routed(site, "hoglandet", "savsjo", "kommun", "af").post_id == held.id


def test_while_the_holder_is_away_the_substitute_receives(site: Site) -> None:
    own, other = give_post(site, "coordinator", "savsjo"), give_post(site, "neighbour", "nassjo")
    today = local_date(site.moment)
    with site.database.write() as session:
        post = session.get_one(Post, own.id)
        post.absent_from, post.absent_until, post.substitute_id = today, today + timedelta(days=7), other.id
    receivers = [
        routed(site, "hoglandet", "savsjo", "kommun", "af", today + timedelta(days=days)).post_id
        for days in (-1, 0, 7, 8)
    ]
    assert receivers == [own.id, other.id, other.id, own.id]


def test_a_substitute_who_is_away_has_a_substitute_too() -> None:
    desks = {1: Desk(1, 10, True, 2), 2: Desk(2, 20, True, 3), 3: Desk(3, None, True)}
    assert stand_in(desks, 1) == 3
    assert route([], desks.values(), 10, 1, 2).post_id == 3


def test_a_substitute_that_nobody_holds_gives_way_to_the_federation() -> None:
    desks = [Desk(1, 10, True, 2), Desk(2, 20, False), Desk(3, None, True)]
    assert route([], desks, 10, 1, 2).post_id == 3


def test_substitutes_in_a_circle_leave_the_queue_where_it_is() -> None:
    desks = {1: Desk(1, 10, True, 2), 2: Desk(2, 20, True, 1)}
    assert [stand_in(desks, 1), stand_in(desks, 2)] == [1, 2]


def test_a_receiver_is_told_the_moment_a_report_is_stored(site: Site) -> None:
    own = give_post(site, "coordinator", "savsjo")
    reporter = site.sign_in("reporter")
    reference = reporter.file_report()
    assert site.only_report().receiver_id == own.id
    receipt = reporter.get(f"/rapportera/kvitto/{reference}").text.replace("\N{SOFT HYPHEN}", "")
    assert f"{own.title} har rapporten." in receipt
    assert own.title in reporter.get(f"/mina-rapporter/{reference}").text


AREAS, PARTIES = st.sampled_from([1, 2, 3]), st.sampled_from([1, 2])
RULES = st.builds(
    Rule,
    area_id=st.none() | AREAS,
    about_party_id=st.none() | PARTIES,
    to_federation=st.booleans(),
    refer_to=st.sampled_from(["", "någon annan"]),
)
SUBSTITUTES = st.lists(st.none() | st.integers(1, 4), min_size=4, max_size=4)


@given(st.lists(RULES, max_size=4), SUBSTITUTES, st.lists(st.booleans(), min_size=3, max_size=3), AREAS, PARTIES)
def test_there_is_always_a_receiver_where_there_is_a_post(
    rules: list[Rule], substitutes: list[int | None], held: list[bool], area: int, about: int
) -> None:
    desks = [Desk(number + 1, number + 1, held[number], substitutes[number]) for number in range(3)]
    desks.append(Desk(4, None, True, substitutes[3]))
    assert route(rules, desks, area, 1, about).post_id in {1, 2, 3, 4}
