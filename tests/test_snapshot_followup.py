"""What a snapshot looks back on: the decisions of the last meeting, and the forum's actions with what came after."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Action, AgendaItem, Area, Decision, Forum, Meeting, Party, Unit
from models.action import ActionStatus
from models.summary import SummaryKind
from schemas.words import Outcome
from tests.site import Site
from tests.test_snapshot import furnished, monthly, snapshot_of

assert furnished  # a fixture that pytest finds by its name


def forum(session: Session, code: str = "lsg-savsjo") -> Forum:
    return session.scalars(select(Forum).where(Forum.code == code)).one()


def meet(session: Session, day: str, **facts: Any) -> Meeting:
    meeting = Meeting(forum=forum(session), starts_at=datetime.fromisoformat(f"{day}T09:00+00:00"), **facts)
    session.add(meeting)
    session.flush()
    return meeting


def decide(session: Session, meeting: Meeting, title: str, position: int = 0, decided: str = "") -> Decision:
    item = AgendaItem(meeting=meeting, title=title, question=f"Vad gör vi med {title}?", position=position)
    day = date.fromisoformat(decided) if decided else meeting.starts_at.date()
    facts = {"text": f"Vi löser {title}.", "outcome": Outcome.STAYS, "function": "Samverkanskoordinator"}
    decision = Decision(item=item, decided_on=day, **facts)
    session.add(decision)
    session.flush()
    return decision


def act(session: Session, what: str, **facts: Any) -> Action:
    area = session.scalars(select(Area).where(Area.code == facts.pop("area", "savsjo"))).one()
    parties = select(Party).where(Party.code == "region", Party.federation_id == area.federation_id)
    owner = session.scalars(parties).one()
    usual = {
        "forum_id": forum(session).id,
        "owner": "Enhetschef",
        "owner_party_id": owner.id,
        "decided_on": date(2026, 9, 12),
        "due_on": date(2026, 12, 31),
    }
    action = Action(federation_id=area.federation_id, area_id=area.id, what=what, **usual | facts)
    session.add(action)
    session.flush()
    return action


def test_without_meetings_and_actions_there_is_nothing_to_look_back_on(site: Site) -> None:
    assert monthly(site)["followup"] == {"previous": None, "decisions": [], "actions": []}


def test_it_tells_what_the_last_meeting_decided_and_what_was_decided_since(site: Site) -> None:
    with site.database.write() as session:
        old, last = meet(session, "2026-05-02"), meet(session, "2026-09-12")
        decide(session, old, "det gamla")
        decide(session, last, "det andra", position=2)
        decision = decide(session, last, "det första", position=1)
        decide(session, last, "det sena", position=3, decided="2027-01-15")
        decide(session, meet(session, "2026-10-10", cancelled_at=datetime(2026, 10, 1, tzinfo=UTC)), "det inställda")
        act(session, "En rutin", decision_id=decision.id)
    followup = monthly(site)["followup"]
    assert followup["previous"] == "2026-09-12"
    assert [row["title"] for row in followup["decisions"]] == ["det första", "det andra"]
    first = followup["decisions"][0]
    assert (first["text"], first["outcome_label"], first["actions"]) == (
        "Vi löser det första.",
        "Stannar i forumet",
        [0],
    )


def test_a_pack_looks_back_from_its_own_meeting(site: Site) -> None:
    with site.database.write() as session:
        decide(session, meet(session, "2026-09-12"), "det förra")
        meet(session, "2026-12-12")
    pack = snapshot_of(site, "lsg-savsjo", SummaryKind.MEETING, date(2026, 12, 12))
    assert pack["followup"]["previous"] == "2026-09-12"


def test_actions_of_the_area_are_told_late_ones_first_and_old_or_cancelled_ones_not(site: Site) -> None:
    done = {"status": ActionStatus.DONE}
    with site.database.write() as session:
        act(session, "öppen")
        act(session, "försenad", due_on=date(2026, 11, 1), status=ActionStatus.ONGOING)
        act(session, "klar", done_on=date(2026, 10, 1), **done)
        act(session, "klar för länge sedan", done_on=date(2025, 10, 1), decided_on=date(2025, 9, 1), **done)
        act(session, "avbruten", status=ActionStatus.CANCELLED)
        act(session, "utan forum", forum_id=None)
        act(session, "annat område", area="aneby", forum_id=None)
        act(session, "beslutad senare", decided_on=date(2026, 12, 5))
    told = [(row["what"], row["own"], row["late"]) for row in monthly(site)["followup"]["actions"]]
    assert told == [
        ("försenad", True, True),
        ("öppen", True, False),
        ("klar", True, False),
        ("utan forum", False, False),
    ]


def test_an_effect_counts_only_months_when_somebody_could_report(furnished: Site) -> None:
    """In Sävsjö one report came in January 2025 about the insurance and six in October 2026 about psychiatry."""
    with furnished.database.write() as session:
        home = forum(session).federation_id
        units = {
            unit.code: unit.id for unit in session.scalars(select(Unit).join(Party).where(Party.federation_id == home))
        }
        act(session, "psykiatri", about_unit_id=units["psykiatri"], category="handover", decided_on=date(2026, 9, 12))
        act(session, "sjukpenning", about_unit_id=units["sjukpenning"], decided_on=date(2025, 3, 1))
    rows = {row["what"]: row for row in monthly(furnished)["followup"]["actions"]}
    effect = rows["psykiatri"]["effect"]
    assert [effect[part] for part in ("before", "before_months", "before_reporters")] == [0, 12, 0]
    assert [effect[part] for part in ("after", "after_months", "after_reporters")] == [6, 1, 3]
    assert (rows["psykiatri"]["from"], rows["psykiatri"]["about"]) == ("", "region")
    effect = rows["sjukpenning"]["effect"]
    assert [effect[part] for part in ("before", "before_months", "before_reporters")] == [1, 2, 1]
    assert [effect[part] for part in ("after", "after_months", "after_reporters")] == [0, 19, 0]


@pytest.mark.parametrize("code", ["lsg-savsjo", "hoglandet-styrelsen"])
def test_it_is_plain_data_and_the_same_again(furnished: Site, code: str) -> None:
    with furnished.database.write() as session:
        decide(session, meet(session, "2026-09-12"), "ett ärende")
        act(session, "en åtgärd")
    followup = monthly(furnished, code)["followup"]
    assert json.loads(json.dumps(followup)) == followup == monthly(furnished, code)["followup"]
    assert [row["what"] for row in followup["actions"]] == ["en åtgärd"]
