"""Late actions and agreements that run out are told to whoever keeps them, once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models import Action, Agreement, Area, Delivery, Party
from models.action import ActionStatus
from models.delivery import DeliveryState
from tests.desk import give_post
from tests.feedback import mails
from tests.forums import LSG, PREPARATORY, Room, room
from tests.site import Site
from tests.site import address_of as mailbox
from tests.workshop import Workshop

__all__ = ["room"]  # a fixture


def action(site: Site, due_on: date, **facts: Any) -> int:
    with site.database.write() as session:
        area = session.scalars(select(Area).where(Area.code == "savsjo")).one()
        party = select(Party.id).where(Party.federation_id == area.federation_id).limit(1)
        words = {"what": "Öppna en brevlåda", "owner": "Enhetschef", "decided_on": date(2026, 10, 1), "due_on": due_on}
        row = Action(
            federation_id=area.federation_id, area_id=area.id, owner_party_id=session.scalar(party), **words | facts
        )
        session.add(row)
        session.flush()
        return row.id


def test_an_overdue_action_is_told_once_to_the_coordinators_of_its_area(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = Workshop(site, monkeypatch)
    late = action(site, date(2026, 11, 15))
    action(site, date(2026, 11, 16))
    action(site, date(2026, 11, 1), status=ActionStatus.DONE)
    bells = shop.sweep()
    assert mails(site) == [("overdue", "", mailbox("coordinator"))]
    with site.database.read() as session:
        row = session.scalars(select(Delivery)).one()
    assert (row.subject_id, row.state) == (late, DeliveryState.QUEUED)
    assert ("deliver", row.id) in bells
    shop.sweep()
    site.advance(days=1)
    shop.sweep()
    assert [kind for kind, _, _ in mails(site)] == ["overdue", "overdue"], "the second action is late by now"


def test_an_agreement_that_runs_out_is_told_to_whoever_keeps_its_forum(
    site: Site, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = Workshop(site, monkeypatch)
    give_post(site, "neighbour", None)
    with site.database.write() as session:
        for code, days in ((LSG, 90), (LSG, 91), (PREPARATORY, 10), (PREPARATORY, -1)):
            until = date(2026, 11, 16) + timedelta(days=days)
            facts = {"title": "Överenskommelse", "valid_from": date(2024, 1, 1), "valid_until": until}
            session.add(Agreement(forum_id=room.forum(code).id, remind_days=90, **facts))
    shop.sweep()
    shop.sweep()
    assert mails(site) == [("agreement", "", mailbox("coordinator")), ("agreement", "", mailbox("neighbour"))]
