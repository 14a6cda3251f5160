"""From a snapshot's exact counts to protected numbers. Pure.

This is the only step that sees exact counts. Everything that is written or drawn is made from `Figures`,
so no sentence, table or chart can tell more than the rule in schemas/disclosure.py allows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import product
from typing import Any, TypeVar

from schemas.disclosure import Protected, protect_cell, protect_total, typical

Pair = tuple[str, str]  # codes of the party that reports and of the party that the report is about
Key = TypeVar("Key")
YEAR = 12  # months
# A typical month can be told from half a year on; with fewer months one busy month would set the norm.
MIN_MONTHS_FOR_NORM = 6


@dataclass(frozen=True)
class Figures:
    """Protected numbers. What there is nothing to compare with, as counting had not begun, is None."""

    months: Sequence[tuple[date, Protected]]
    norm: Protected | None
    year: Protected
    year_before: Protected | None
    pairs: Mapping[Pair, Protected]
    categories: Mapping[str, Protected]
    categories_before: Mapping[str, Protected] | None
    parties_reporting: int

    @property
    def month(self) -> Protected:
        return self.months[-1][1]


def protect(snapshot: Mapping[str, Any]) -> Figures:
    """The numbers of a snapshot, protected: totals by month and year, cells by pair and by category."""
    months, now, before = _split(snapshot)
    reporters, began = snapshot["reporters"], snapshot["first_month"]
    comparable = began is not None and began <= snapshot["months"][0]
    year = protect_cell(sum(row[-1] for row in now), reporters["all"])
    series = _series(months, now, year)
    inside = {party["code"] for party in snapshot["parties"] if not party["outside"]}
    return Figures(
        months=series,
        norm=_norm(series, began),
        year=year,
        year_before=protect_cell(sum(row[-1] for row in before), reporters["all_before"]) if comparable else None,
        pairs=_pairs(now, snapshot),
        categories=_categories(now, reporters["categories"], snapshot),
        categories_before=_categories(before, reporters["categories_before"], snapshot) if comparable else None,
        parties_reporting=len({row[0] for row in now} & inside),
    )


def _split(snapshot: Mapping[str, Any]) -> tuple[list[str], list[list[Any]], list[list[Any]]]:
    """The twelve months that are told about, their rows, and the rows of the twelve months before."""
    months = snapshot["months"][-YEAR:]
    now = [row for row in snapshot["counts"] if row[2] >= months[0]]
    before = [row for row in snapshot["counts"] if row[2] < months[0]]
    return months, now, before


def _series(months: Sequence[str], rows: Sequence[Sequence[Any]], year: Protected) -> list[tuple[date, Protected]]:
    """When the year is hidden its months are too, or they would add up to it."""
    counts = Counter[str]()
    for _, _, month, _, count in rows:
        counts[month] += count
    guard = protect_total if year.shown else partial(protect_cell, reporters=0)
    return [(date.fromisoformat(month), guard(counts[month])) for month in months]


def _norm(series: Sequence[tuple[date, Protected]], first_month: str | None) -> Protected | None:
    began = date.fromisoformat(first_month) if first_month else date.max
    earlier = [number for month, number in series[:-1] if month >= began]
    return typical(earlier) if len(earlier) >= MIN_MONTHS_FOR_NORM else None


def _cells(rows: Sequence[Sequence[Any]], key: Callable[[Any], Key], people: Mapping[Key, int]) -> dict[Key, Protected]:
    counts = Counter[Key]()
    for row in rows:
        counts[key(row)] += row[-1]
    return {name: protect_cell(count, people.get(name, 0)) for name, count in counts.items()}


def _pairs(rows: Sequence[Sequence[Any]], snapshot: Mapping[str, Any]) -> dict[Pair, Protected]:
    people = {(giver, about): number for giver, about, number in snapshot["reporters"]["pairs"]}
    codes = [party["code"] for party in snapshot["parties"]]
    return _in_order(_cells(rows, lambda row: (row[0], row[1]), people), product(codes, codes))


def _categories(
    rows: Sequence[Sequence[Any]], people: Sequence[Sequence[Any]], snapshot: Mapping[str, Any]
) -> dict[str, Protected]:
    cells = _cells(rows, lambda row: row[3], {row[0]: row[1] for row in people})
    # A category that the taxonomy no longer knows still counts, after the others.
    return _in_order(cells, [*(code for code, _ in snapshot["categories"]), *sorted(cells)])


def _in_order(cells: Mapping[Key, Protected], order: Iterable[Key]) -> dict[Key, Protected]:
    """As on paper, so that ties are told in one order on every machine."""
    return {name: cells[name] for name in order if name in cells}
