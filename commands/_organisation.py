"""Putting an organisation file (data/hoglandet.json) into the database. Loading it again brings it up to date."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from commands._routing import load_routing
from models import Area, Federation, Forum, ForumMember, Party, Unit
from models.base import Base
from models.forum import ForumKind
from models.organisation import OUTSIDE_PARTY, OUTSIDE_UNIT, UNKNOWN_UNIT

Row = TypeVar("Row", bound=Base)
SHORT_PARTIES = {"kommun": "Kom.", "af": "AF", "fk": "FK", "region": "Reg."}
OUTSIDE = {
    "code": OUTSIDE_PARTY,
    "name": "Utanför registret",
    "short": "Övr.",
    "per_area": False,
    "units": [{"code": OUTSIDE_UNIT, "name": "Annan verksamhet"}, {"code": UNKNOWN_UNIT, "name": "Vet inte"}],
}


def load_organisation(session: Session, data: dict[str, Any], active_from: date) -> Federation:
    """Add or update a federation with its parties, units, areas and forums, all found by their codes.
    A forum that is there already is left as it is.

    Arguments: data - the contents of the file; active_from - the first month that new forums are owed a summary for.
    Raises: ValueError when two units share a code, since codes stand in addresses.
    """
    _check_codes(data)
    facts = data["federation"]
    federation = _put(session, Federation, {"code": facts["code"]}, {"name": facts["name"]})
    parties = [_load_party(session, federation, row, index) for index, row in enumerate([*data["parties"], OUTSIDE])]
    for row in data["areas"]:
        area = _put(session, Area, {"federation_id": federation.id, "code": row["code"]}, {"name": row["name"]})
        for forum in row["forums"]:
            _load_forum(session, federation, area, forum, parties, active_from)
    for forum in data["federation_forums"]:
        _load_forum(session, federation, None, forum, parties, active_from)
    load_routing(session, federation, data.get("routing", []))
    return federation


def _check_codes(data: dict[str, Any]) -> None:
    codes = [unit["code"] for party in data["parties"] for unit in party["units"]]
    codes += [party["code"] for party in data["parties"]]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise ValueError(f"these codes stand twice: {', '.join(twice)}")


def _load_party(session: Session, federation: Federation, row: dict[str, Any], position: int) -> Party:
    short = row.get("short") or SHORT_PARTIES.get(row["code"], _short(row["name"]))
    facts = {"name": row["name"], "short": short, "position": position, "per_area": row["per_area"]}
    party = _put(session, Party, {"federation_id": federation.id, "code": row["code"]}, facts)
    for index, unit in enumerate(row["units"]):
        words = {"name": unit["name"], "short": unit.get("short") or _short(unit["name"]), "position": index}
        _put(session, Unit, {"party_id": party.id, "code": unit["code"]}, words)
    return party


def _short(name: str) -> str:
    """The abbreviation in brackets, as in `Arbetsmarknadsenheten (AME)`, else the first letters."""
    found = re.search(r"\(([A-ZÅÄÖ]{2,5})\)", name)
    return found.group(1) if found else name if len(name) <= 5 else f"{name[:4]}."


def _load_forum(
    session: Session, federation: Federation, area: Area | None, row: dict[str, Any], parties: list[Party], start: date
) -> None:
    key = {"federation_id": federation.id, "code": row["code"]}
    if session.scalar(select(Forum.id).filter_by(**key)) is not None:
        return  # Once it is there a forum is kept in the product, with its names, seats and convener.
    facts = {
        "area_id": area.id if area else None,
        "kind": ForumKind(row["kind"]),
        "name": row["name"],
        "convener": row["convener"],
        "note": row.get("note", ""),
        "meetings_per_year": row["meetings_per_year"],
        "active_from": start,
    }
    forum = _put(session, Forum, key, facts)
    for party in parties:
        if party.code in row["members"]:
            _put(session, ForumMember, {"forum_id": forum.id, "party_id": party.id, "function": "Chef"}, {})


def _put(session: Session, table: type[Row], key: dict[str, Any], facts: dict[str, Any]) -> Row:
    row = session.scalars(select(table).filter_by(**key)).one_or_none() or table(**key)
    for name, value in facts.items():
        setattr(row, name, value)
    session.add(row)
    session.flush()
    return row
