"""From a snapshot's exact patterns to protected ones: recurring problems, counterparts by month, areas. Pure.

With `figures` and `followup` this is all that sees exact counts. A problem crosses a pair with a category over twelve
months, a counterpart a party with a month; nothing here crosses all three.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from typing import Any

from schemas.disclosure import Protected, protect_cell, typical
from worker.summary.figures import MIN_MONTHS_FOR_NORM, YEAR
from worker.summary.names import VAGUE

Pattern = tuple[str, str, str]  # codes of the party that reports, of the one it is about, and of the category
MIN_TOLD = 6  # months of a counterpart that can be told; with fewer its chart would be a row of empty boxes
NO_PATTERNS: Mapping[str, Any] = {"problems": [], "counterparts": [], "areas": []}


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


def comparable(snapshot: Mapping[str, Any]) -> bool:
    """Whether somebody could report during all of the twelve months before."""
    began = snapshot["first_month"]
    return began is not None and began <= snapshot["months"][0]


def recurring_problems(snapshot: Mapping[str, Any]) -> list[Problem]:
    """Every problem that can be shown, the largest first; those of one size as they stand in the map."""
    now, before = _count_patterns(snapshot, recent=True), _count_patterns(snapshot, recent=False)
    found = []
    for giver, about, category, people, people_before, paraphrase, meeting in _frozen(snapshot)["problems"]:
        pattern = (giver, about, category)
        number = protect_cell(now[pattern], people)
        if number.shown and category not in VAGUE:
            earlier = protect_cell(before[pattern], people_before) if comparable(snapshot) else None
            day = date.fromisoformat(meeting) if meeting else None
            found.append(Problem(pattern, number, earlier, paraphrase, day))
    places = _places(snapshot)
    return sorted(found, key=lambda problem: (-problem.now.at_least, places.get(problem.pattern, len(places))))


def _frozen(snapshot: Mapping[str, Any]) -> Mapping[str, Any]:
    """A snapshot that was frozen before there were patterns has none."""
    return snapshot.get("patterns") or NO_PATTERNS


def _places(snapshot: Mapping[str, Any]) -> dict[Pattern, int]:
    codes = [party["code"] for party in snapshot["parties"]]
    categories = [code for code, _ in snapshot["categories"]]
    return {pattern: place for place, pattern in enumerate(product(codes, codes, categories))}


def _count_patterns(snapshot: Mapping[str, Any], *, recent: bool) -> Counter[Pattern]:
    first = snapshot["months"][-YEAR]
    counts = Counter[Pattern]()
    for giver, about, month, category, count in snapshot["counts"]:
        if (month >= first) == recent:
            counts[giver, about, category] += count
    return counts


def counterparts(snapshot: Mapping[str, Any]) -> list[Counterpart]:
    """Each party that enough can be told about, in the order of the map."""
    people = {(about, month): number for about, month, number in _frozen(snapshot)["counterparts"]}
    counts = Counter[tuple[str, str]]()
    for _, about, month, _, count in snapshot["counts"]:
        counts[about, month] += count
    found = []
    for party in snapshot["parties"]:
        code = party["code"]
        cells = [
            (date.fromisoformat(month), protect_cell(counts[code, month], people.get((code, month), 0)))
            for month in snapshot["months"][-YEAR:]
        ]
        if _can_be_told([number for _, number in cells]):
            found.append(Counterpart(code, cells, _norm(cells, snapshot["first_month"])))
    return found


def _can_be_told(numbers: Sequence[Protected]) -> bool:
    told = [number for number in numbers if number.value is not None]
    return len(told) >= MIN_TOLD and any(number.shown for number in told)


def _norm(cells: Sequence[tuple[date, Protected]], began: str | None) -> Protected | None:
    """The median of the months before the last one that somebody could report in, when there are enough of them."""
    first = date.fromisoformat(began) if began else date.max
    earlier = [number for month, number in cells[:-1] if month >= first]
    return typical(earlier) if len(earlier) >= MIN_MONTHS_FOR_NORM else None


def area_lines(snapshot: Mapping[str, Any]) -> list[AreaLine]:
    """The areas in the order of their names, for a forum of the whole federation; else none.

    A single hidden area would be what the others leave of the total: then the smallest one beside it is hidden too.
    """
    if not snapshot["forum"]["whole_federation"]:
        return []
    lines = [
        AreaLine(name, protect_cell(now, people), protect_cell(before, earlier) if comparable(snapshot) else None)
        for name, now, people, before, earlier in _frozen(snapshot)["areas"]
    ]
    return _hide_in_company(lines)


def _hide_in_company(lines: Sequence[AreaLine]) -> list[AreaLine]:
    hidden = protect_cell(1, 0)
    now = _company([line.now for line in lines])
    before = _company([line.before for line in lines if line.before])
    return [
        replace(
            line,
            now=hidden if place == now else line.now,
            before=hidden if line.before and place == before else line.before,
        )
        for place, line in enumerate(lines)
    ]


def _company(numbers: Sequence[Protected]) -> int | None:
    """The place of the smallest shown number, when exactly one number is hidden."""
    if sum(number.value is None for number in numbers) != 1:
        return None
    shown = [(number.at_least, place) for place, number in enumerate(numbers) if number.shown]
    return min(shown)[1] if shown else None
