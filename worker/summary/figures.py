"""From a snapshot's exact counts to protected numbers. Pure.

Everything that is written or drawn is made from `Figures`, and they from the tables of worker/summary/registered.py, so
no sentence, table or chart can tell more than the rule and the audit of small numbers allow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from schemas.disclosure import ZERO, Protected, typical
from worker.disclosure.table import Key
from worker.summary.names import Pair
from worker.summary.registered import YEAR as YEAR
from worker.summary.registered import map_months, numbers_of

# A typical month can be told from half a year on; with fewer months one busy month would set the norm.
MIN_MONTHS_FOR_NORM = 6


@dataclass(frozen=True)
class Figures:
    """Protected numbers; pairs and categories without reports are missing. What there is nothing to compare with, as
    counting had not begun, is None. `dropped` names the tables that are left out, as too much of them is hidden.
    `map_months` is what the pairs sum up."""

    months: Sequence[tuple[date, Protected]]
    month: Protected
    norm: Protected | None
    year: Protected
    year_before: Protected | None
    pairs: Mapping[Pair, Protected]
    categories: Mapping[str, Protected]
    categories_before: Mapping[str, Protected] | None
    parties_reporting: int | None
    dropped: frozenset[str] = frozenset()
    map_months: int = YEAR

    @property
    def map_span(self) -> str:
        """The months of the map in words."""
        return "tolv månader" if self.map_months == YEAR else "två år"


def protect(snapshot: Mapping[str, Any]) -> Figures:
    """The numbers of a snapshot, protected: totals by month and year, cells by pair and by category."""
    found = numbers_of(snapshot)
    numbers = found.numbers
    series = [(date.fromisoformat(month), number) for (month,), number in numbers["months"].items()]
    pairs = {(giver, about): number for (giver, about), number in _held(numbers["pairs"]).items()}
    before = numbers.get("categories_before")
    return Figures(
        months=series,
        month=_last_month(series, numbers["month"], found.dropped),
        norm=typical_month(series, snapshot["first_month"]),
        year=numbers["year"][()],
        year_before=numbers["year_before"][()] if "year_before" in numbers else None,
        pairs=pairs,
        categories={code: number for (code,), number in _held(numbers["categories"]).items()},
        categories_before=None if before is None else {code: number for (code,), number in _held(before).items()},
        parties_reporting=_parties_reporting(snapshot, pairs),
        dropped=found.dropped,
        map_months=map_months(snapshot),
    )


def _last_month(
    series: Sequence[tuple[date, Protected]], alone: Mapping[Key, Protected], dropped: frozenset[str]
) -> Protected:
    """As in the chart where there is one, for text and chart must agree; else alone."""
    (number,) = alone.values()
    return number if "months" in dropped or number.value is None else series[-1][1]


def _held(numbers: Mapping[Key, Protected]) -> dict[Key, Protected]:
    return {key: number for key, number in numbers.items() if number != ZERO}


def typical_month(series: Sequence[tuple[date, Protected]], first_month: str | None) -> Protected | None:
    """The median of the months before the last one that somebody could report in, when there are enough of them."""
    began = date.fromisoformat(first_month) if first_month else date.max
    earlier = [number for month, number in series[:-1] if month >= began]
    return typical(earlier) if len(earlier) >= MIN_MONTHS_FOR_NORM else None


def _parties_reporting(snapshot: Mapping[str, Any], pairs: Mapping[Pair, Protected]) -> int | None:
    """How many parties have reported in the months of the map; nothing where it would tell that a hidden number is a
    zero."""
    inside = {party["code"] for party in snapshot["parties"] if not party["outside"]}
    first = snapshot["months"][-map_months(snapshot)]
    reporting = {row[0] for row in snapshot["counts"] if row[2] >= first and row[-1]} & inside
    return len(reporting) if reporting == {giver for giver, _ in pairs} & inside else None
