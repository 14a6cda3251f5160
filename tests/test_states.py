"""The state machine: every legal move works, every other one is refused and leaves nothing behind."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, product

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Report, StateChange, Track, User
from models.report import ReportState as State
from schemas.states import EDGES, WITH_REASON, IllegalMoveError, check_move, way
from tests.site import Site
from webapp.moving import move, move_track

# Written once more, so that a slip in the product's own table shows: from each state, where one step may lead.
LEGAL = {
    "received": "in_review withdrawn",
    "in_review": "needs_info with_party routed answered closed referred merged withdrawn",
    "needs_info": "in_review closed withdrawn",
    "with_party": "in_review routed answered closed merged",
    "routed": "in_review with_party action_decided answered closed merged",
    "action_decided": "routed answered closed",
    "answered": "in_review closed",
    "closed": "in_review",
    "referred": "in_review closed",
    "merged": "in_review",
    "withdrawn": "",
}
STEPS = {(State(before), State(after)) for before, afters in LEGAL.items() for after in afters.split()}
PAIRS = list(product(State, State))
OTHERS = [pair for pair in PAIRS if pair not in STEPS and pair[0] is not pair[1]]


def name(pair: tuple[State, State]) -> str:
    return f"{pair[0].value}-{pair[1].value}"


def test_the_table_names_every_state_once() -> None:
    assert EDGES.keys() == set(State)
    assert {(before, after) for before, afters in EDGES.items() for after in afters} == STEPS
    assert len(STEPS) == 33


@pytest.mark.parametrize("pair", PAIRS, ids=name)
def test_a_step_is_allowed_when_the_table_has_it(pair: tuple[State, State]) -> None:
    if pair in STEPS:
        check_move(*pair, why="därför")
    else:
        with pytest.raises(IllegalMoveError, match=pair[0].label):
            check_move(*pair, why="därför")


@pytest.mark.parametrize("pair", [pair for pair in PAIRS if pair in STEPS and pair[1] in WITH_REASON], ids=name)
def test_what_ends_a_matter_needs_a_reason(pair: tuple[State, State]) -> None:
    with pytest.raises(IllegalMoveError, match="varför"):
        check_move(*pair, why="  ")


def test_nothing_leads_out_of_a_report_that_was_taken_back() -> None:
    assert all(not can(State.WITHDRAWN, wanted) for wanted in State)


def test_every_other_state_can_be_reached_and_left() -> None:
    assert {after for _, after in STEPS} == set(State) - {State.RECEIVED}
    assert {before for before, _ in STEPS} == set(State) - {State.WITHDRAWN}


def can(before: State, wanted: State) -> bool:
    try:
        return bool(way(before, wanted))
    except IllegalMoveError:
        return False


def test_a_way_is_made_of_legal_steps_and_longer_than_one_only_through_a_review() -> None:
    for before, wanted in PAIRS:
        if can(before, wanted):
            states = [before, *way(before, wanted)]
            assert set(pairwise(states)) <= STEPS
            assert states[-1] is wanted
            assert states[1:-1] in ([], [State.IN_REVIEW])


@pytest.fixture
def session(site: Site) -> Iterator[Session]:
    """A transaction with one filed report that is thrown away."""
    site.sign_in("reporter").file_report(other_actors=["primarvard"])
    with site.database.read() as opened:
        yield opened


def start(session: Session, state: State) -> tuple[Report, User]:
    report = session.scalars(select(Report)).one()
    report.state = state
    session.flush()
    return report, session.scalars(select(User).where(User.email == "coordinator@example.org")).one()


def test_every_legal_step_of_a_report_is_made_dated_and_signed(site: Site, session: Session) -> None:
    for before, after in sorted(STEPS):
        report, person = start(session, before)
        move(session, report, after, person, site.moment, "därför")
        session.flush()
        change = session.scalars(select(StateChange).order_by(StateChange.id.desc()).limit(1)).one()
        assert (report.state, change.from_state, change.to_state) == (after, before, after)
        assert (change.function, change.made_at, change.why) == (person.title, site.moment, "därför")
        session.rollback()


def test_every_illegal_move_of_a_report_is_refused_and_leaves_nothing(site: Site, session: Session) -> None:
    refused = [pair for pair in OTHERS if not can(*pair)]
    assert len(refused) == 33  # withdrawn 10, action_decided 7, received and routed 1 each, the others 2 each
    for before, after in refused:
        report, person = start(session, before)
        with pytest.raises(IllegalMoveError):
            move(session, report, after, person, site.moment, "därför")
        assert report.state is before
        assert session.scalar(select(func.count()).select_from(StateChange)) == 0
        session.rollback()


def test_moving_to_where_it_stands_changes_nothing(site: Site, session: Session) -> None:
    for state in State:
        report, person = start(session, state)
        move(session, report, state, person, site.moment, "därför")
        assert session.scalar(select(func.count()).select_from(StateChange)) == 0
        session.rollback()


def test_the_tracks_of_a_report_obey_the_same_table(site: Site, session: Session) -> None:
    for before, after in PAIRS:
        report, person = start(session, State.IN_REVIEW)
        unit_id = report.other_units[0]
        session.add(Track(report_id=report.id, unit_id=unit_id, state=before))
        session.flush()
        if before is after or can(before, after):
            move_track(session, report, unit_id, after, person, site.moment, "därför")
            assert session.scalars(select(Track)).one().state is after
        else:
            with pytest.raises(IllegalMoveError):
                move_track(session, report, unit_id, after, person, site.moment, "därför")
        assert report.state is State.IN_REVIEW
        session.rollback()


def test_tracks_go_along_with_the_report_until_they_have_gone_their_own_way(site: Site, session: Session) -> None:
    report, person = start(session, State.WITH_PARTY)
    about, other = report.about_unit_id, report.other_units[0]
    for unit_id in (about, other):
        session.add(Track(report_id=report.id, unit_id=unit_id, state=State.WITH_PARTY))
    move_track(session, report, other, State.ANSWERED, person, site.moment, "svarade direkt")
    move(session, report, State.ROUTED, person, site.moment)
    states = {track.unit_id: track.state for track in session.scalars(select(Track))}
    assert states == {about: State.ROUTED, other: State.ANSWERED}
    signed = select(StateChange.why).where(StateChange.unit_id == other, StateChange.to_state == State.ANSWERED)
    assert session.scalar(signed) == "svarade direkt"
