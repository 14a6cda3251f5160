"""Actions to try: made as plain rows, or sent as the form sends them, and a signal for one to answer."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from models import Action, Area, Party, Signal, Unit
from models.signal import SignalKind
from schemas.months import local_date
from tests.forums import Room

NEW = "/atgarder/ny"
WORDS = {
    "what": "Gemensam ingång till psykiatrin",
    "owner": "Enhetschef, psykiatri",
    "owner_party": "region",
    "due_on": "2027-01-31",
    "area": "savsjo",
}


def add_action(room: Room, due: int = 30, area: str = "savsjo", party: str = "region", **facts: Any) -> int:
    """An action that is due so many days from now. Returns: its id."""
    today = local_date(room.site.moment)
    with room.site.database.write() as session:
        place = session.scalars(select(Area).where(Area.code == area)).one()
        owner = select(Party.id).where(Party.federation_id == place.federation_id, Party.code == party)
        words = {"what": "Rutin för samordning", "owner": "Enhetschef", "decided_on": today - timedelta(days=60)}
        row = Action(area_id=place.id, federation_id=place.federation_id, owner_party_id=session.scalars(owner).one())
        row.due_on = today + timedelta(days=due)
        for name, value in (words | facts).items():
            setattr(row, name, value)
        session.add(row)
        session.flush()
        return row.id


def only_action(room: Room) -> Action:
    with room.site.database.read() as session:
        return session.scalars(select(Action)).one()


def add_signal(room: Room) -> int:
    with room.site.database.write() as session:
        area = session.scalars(select(Area).where(Area.code == "savsjo")).one()
        near = select(Unit).join(Party).where(Party.federation_id == area.federation_id)
        units = {unit.code: unit.id for unit in session.scalars(near)}
        row = Signal(area_id=area.id, from_unit_id=units["forsorjningsstod"], about_unit_id=units["psykiatri"])
        row.category, row.kind, row.raised_month = "contact_route", SignalKind.RISING, date(2026, 11, 1)
        row.raised_at = row.seen_at = room.site.moment
        row.reports, row.reporters, row.sentence = 7, 3, "7 rapporter från 3 olika rapportörer."
        session.add(row)
        session.flush()
        return row.id
