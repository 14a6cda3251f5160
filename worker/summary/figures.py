"""From a snapshot's exact counts to protected numbers. Pure.

This is the only step that sees exact counts. Everything that is written or drawn is made from `Figures`,
so no sentence, table or chart can tell more than the rule in schemas/disclosure.py allows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from schemas.disclosure import Protected, protect_cell, protect_total, typical

Pair = tuple[str, str]  # codes of the party that reports and of the party that the report is about
YEAR = 12
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
        pairs=_pairs(now, reporters["pairs"]),
        categories=_categories(now, reporters["categories"]),
        categories_before=_categories(before, reporters["categories_before"]) if comparable else None,
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


def _pairs(rows: Sequence[Sequence[Any]], reporters: Sequence[Sequence[Any]]) -> dict[Pair, Protected]:
    people = {(giver, about): number for giver, about, number in reporters}
    counts = Counter[Pair]()
    for giver, about, _, _, count in rows:
        counts[giver, about] += count
    return {pair: protect_cell(count, people.get(pair, 0)) for pair, count in sorted(counts.items())}


def _categories(rows: Sequence[Sequence[Any]], reporters: Sequence[Sequence[Any]]) -> dict[str, Protected]:
    people = {row[0]: row[1] for row in reporters}
    counts = Counter[str]()
    for _, _, _, category, count in rows:
        counts[category] += count
    return {code: protect_cell(count, people.get(code, 0)) for code, count in sorted(counts.items())}
