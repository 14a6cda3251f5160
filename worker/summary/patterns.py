"""The protected patterns of a snapshot: recurring problems, counterparts by month, areas. Pure.

A problem crosses a pair with a category over twelve months, a counterpart a party with a month; nothing here crosses
all three.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any

from schemas.disclosure import Protected
from worker.summary.figures import typical_month
from worker.summary.registered import NO_PATTERNS, can_be_told, numbers_of

Pattern = tuple[str, str, str]  # codes of the party that reports, of the one it is about, and of the category


@dataclass(frozen=True)
class Problem:
    """A pattern that can be shown. `before` is None where counting had not begun; `paraphrase` may be empty."""

    pattern: Pattern
    now: Protected
    before: Protected | None
    paraphrase: str
    meeting: date | None


@dataclass(frozen=True)
class Counterpart:
    """What was reported about one party, month by month, and what a typical month before the last one holds."""

    code: str
    months: Sequence[tuple[date, Protected]]
    norm: Protected | None


@dataclass(frozen=True)
class AreaLine:
    name: str
    now: Protected
    before: Protected | None


def recurring_problems(snapshot: Mapping[str, Any]) -> list[Problem]:
    """Every problem that can be shown, the largest first; those of one size as they stand in the map."""
    numbers = numbers_of(snapshot).numbers
    now, before = numbers.get("problems", {}), numbers.get("problems_before", {})
    found = []
    for giver, about, category, _, _, paraphrase, meeting in _frozen(snapshot)["problems"]:
        pattern = (giver, about, category)
        if pattern in now and now[pattern].shown:
            day = date.fromisoformat(meeting) if meeting else None
            found.append(Problem(pattern, now[pattern], before.get(pattern), paraphrase, day))
    places = _places(snapshot)
    return sorted(found, key=lambda problem: (-problem.now.at_least, places.get(problem.pattern, len(places))))


def _frozen(snapshot: Mapping[str, Any]) -> Mapping[str, Any]:
    """A snapshot that was frozen before there were patterns has none."""
    return snapshot.get("patterns") or NO_PATTERNS


def _places(snapshot: Mapping[str, Any]) -> dict[Pattern, int]:
    codes = [party["code"] for party in snapshot["parties"]]
    categories = [code for code, _ in snapshot["categories"]]
    return {pattern: place for place, pattern in enumerate(product(codes, codes, categories))}


def counterparts(snapshot: Mapping[str, Any]) -> list[Counterpart]:
    """Each party that enough can be told about, in the order of the map."""
    lines: dict[str, list[tuple[date, Protected]]] = {}
    for (about, month), number in numbers_of(snapshot).numbers.get("counterparts", {}).items():
        lines.setdefault(about, []).append((date.fromisoformat(month), number))
    return [
        Counterpart(about, cells, typical_month(cells, snapshot["first_month"]))
        for about, cells in lines.items()
        if can_be_told([number for _, number in cells])
    ]


def area_lines(snapshot: Mapping[str, Any]) -> list[AreaLine]:
    """The areas in the order of their names, for a forum of the whole federation; else none."""
    found = numbers_of(snapshot)
    now, before = found.numbers.get("areas", {}), found.numbers.get("areas_before", {})
    return (
        [] if "areas" in found.dropped else [AreaLine(key[0], number, before.get(key)) for key, number in now.items()]
    )
