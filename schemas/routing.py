"""Who receives a report: rules in, one route out. There is always a receiver; nothing falls between."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """A rule of models/post.py as plain values; an empty condition matches everything."""

    area_id: int | None = None
    about_party_id: int | None = None
    between: frozenset[int] = frozenset()
    to_federation: bool = False
    refer_to: str = ""
    advice: str = ""


@dataclass(frozen=True)
class Desk:
    """A post as plain values; `substitute_id` is set only while the holder is absent."""

    id: int
    area_id: int | None
    held: bool
    substitute_id: int | None = None


@dataclass(frozen=True)
class Route:
    """`post_id` is empty only where the federation has no post at all."""

    post_id: int | None
    refer_to: str = ""
    advice: str = ""


def route(rules: Iterable[Rule], desks: Iterable[Desk], area_id: int, from_party_id: int, about_party_id: int) -> Route:
    """The post that receives a report, and the advice that goes with it.

    The area's own post comes first when somebody holds it, else the federation's. Rules may send reports to the
    federation, or say that another organisation's routine owns them. An absent holder's substitute receives instead,
    unless nobody holds that post either.
    """
    matching = [rule for rule in rules if _matches(rule, area_id, from_party_id, about_party_id)]
    by_id = {desk.id: desk for desk in desks}
    federation = next((desk for desk in by_id.values() if desk.area_id is None), None)
    own = next((desk for desk in by_id.values() if desk.area_id == area_id and desk.held), None)
    chosen = federation if own is None or any(rule.to_federation for rule in matching) else own
    chosen = chosen or own
    if chosen is not None:
        found = by_id[stand_in(by_id, chosen.id)]
        chosen = found if found.held else federation or chosen
    return Route(
        post_id=chosen.id if chosen else None,
        refer_to=next((rule.refer_to for rule in matching if rule.refer_to), ""),
        advice=next((rule.advice for rule in matching if rule.advice), ""),
    )


def stand_in(desks: Mapping[int, Desk], desk_id: int) -> int:
    """The desk that works for another one today: itself, its substitute, or the substitute's own substitute.

    Where substitutes name each other in a circle nobody is there, and the desk keeps its reports.
    """
    seen = [desk_id]
    while (next_id := desks[seen[-1]].substitute_id) is not None and next_id in desks:
        if next_id in seen:
            return desk_id
        seen.append(next_id)
    return seen[-1]


def _matches(rule: Rule, area_id: int, from_party_id: int, about_party_id: int) -> bool:
    return (
        rule.area_id in (None, area_id)
        and rule.about_party_id in (None, about_party_id)
        and rule.between in (frozenset(), frozenset({from_party_id, about_party_id}))
    )
