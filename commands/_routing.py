"""Posts and routing rules, from the `routing` part of an organisation file."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models import Area, Federation, Party, Post, RoutingRule

TO_FEDERATION = "coordinator of the federation"


def load_routing(session: Session, federation: Federation, rows: list[dict[str, Any]]) -> None:
    """Give the federation and each of its areas a post, unless it has one, and replace the rules.

    An area that the rules send to the federation, or a post that nobody holds, needs no post of its own.
    """
    areas = {area.code: area for area in session.scalars(select(Area).where(Area.federation_id == federation.id))}
    parties = {row.code: row.id for row in session.scalars(select(Party).where(Party.federation_id == federation.id))}
    _add_posts(session, federation, areas, rows)
    session.execute(delete(RoutingRule).where(RoutingRule.federation_id == federation.id))
    for position, row in enumerate(rows):
        session.add(RoutingRule(federation_id=federation.id, position=position, **_facts(row, areas, parties)))
    session.flush()


def _add_posts(session: Session, federation: Federation, areas: dict[str, Area], rows: list[dict[str, Any]]) -> None:
    there = set(session.scalars(select(Post.area_id).where(Post.federation_id == federation.id)))
    without = {row["when"].get("area") for row in rows if row.get("to") == TO_FEDERATION}
    if None not in there:
        session.add(Post(federation_id=federation.id, title=f"Samverkanskoordinator, {federation.name}"))
    for code, area in areas.items():
        if area.id not in there and not without & {code, "*"}:
            title = f"Samverkanskoordinator, {area.name}"
            session.add(Post(federation_id=federation.id, area_id=area.id, title=title))
    session.flush()


def _facts(row: dict[str, Any], areas: dict[str, Area], parties: dict[str, int]) -> dict[str, Any]:
    when = row["when"]
    # The reporter reads the advice too, so a sentence for reporters goes before the coordinators' rule.
    advice = row.get("advice_reporter_sv") or row.get("advice_sv")
    area = areas.get(when.get("area", ""))
    between = when.get("between", [])
    return {
        "area_id": area.id if area else None,
        "about_party_id": parties.get(when.get("counterpart", "")),
        "party_a_id": parties[between[0]] if between else None,
        "party_b_id": parties[between[1]] if between else None,
        "to_federation": row.get("to") == TO_FEDERATION,
        "refer_to": row.get("refer_to", ""),
        "advice": advice or (row.get("why", "") if row.get("refer_to") else ""),
    }
