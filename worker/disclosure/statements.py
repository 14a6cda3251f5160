"""What printed tables tell about the counts behind them. Pure.

The unknowns are counts of one area, one month and one pair of parties, or one category; where a table crosses pairs
with categories, of one pair and one category. A printed number tells that the sum of some of them lies between two
bounds. Pairs and categories of a month add up to the same, which links the two.

A count that has changed since an earlier publication (a report merged, taken back, judged otherwise) is an unknown
of its own there, under a `label`; what has not changed is the same unknown for all. An attacker is thus given more than
he can know: which counts have not changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any, NamedTuple

from worker.disclosure.record import Bounds, Printed, load
from worker.disclosure.table import Key

PAIR, CATEGORY = ("giver", "about"), ("category",)
CODES = (*PAIR, *CATEGORY)
# An area (or the areas together), giver, about, category (None when summed over), month.
Count = tuple[str, str | None, str | None, str | None, str]


@dataclass(frozen=True)
class Publication:
    """The tables that went to its readers at once, over some areas. `moved` gives the label of counts that have changed
    since; one of all areas together stands under the area ""."""

    areas: tuple[str, ...]
    tables: Sequence[Printed]
    moved: Mapping[Count, int] = field(default_factory=dict)


class Statement(NamedTuple):
    """The sum of `unknowns` lies within `told`, and within `guessed` for who guesses why it is hidden."""

    unknowns: frozenset[int]
    told: Bounds
    guessed: Bounds
    hidden: bool
    table: str
    key: Key


def load_publication(entry: Mapping[str, Any]) -> Publication:
    """An earlier publication from a snapshot's history."""
    moved: dict[Count, int] = {tuple(row[:-1]): row[-1] for row in entry["moved"]}
    return Publication(tuple(entry["areas"]), [load(table) for table in entry["tables"]], moved)


class Unknowns:
    """Numbers the unknown counts of some publications, and tells which ones a printed number sums up."""

    def __init__(self, publications: Sequence[Publication]) -> None:
        tables = [table for publication in publications for table in publication.tables]
        crossed = any({*PAIR} & {*table.by} and {*CATEGORY} & {*table.by} for table in tables)
        self._families = [CODES] if crossed else [PAIR, CATEGORY]
        self._codes: dict[str, Sequence[str]] = {name: sorted(set(_codes(tables, name))) for name in CODES}
        self._numbers: dict[tuple[Any, ...], int] = {}

    def statements(self, publication: Publication) -> Iterator[Statement]:
        """What a publication tells, cell by cell; cells that it leaves out are zeros where it adds up."""
        for table in publication.tables:
            for key in self._keys(publication, table):
                unknowns = frozenset(self._sum(publication, table, key))
                hidden = table.number(key).value is None
                yield Statement(unknowns, table.told(key), table.guessed(key), hidden, table.name, key)

    def links(self, publication: Publication) -> Iterator[tuple[frozenset[int], frozenset[int]]]:
        """Sums of different unknowns that are the same: pairs and categories of one month."""
        months = sorted({month for table in publication.tables for month in table.months})
        if len(self._families) == 1:
            return
        for month in months:
            groups = [*((area,) for area in publication.areas), publication.areas]
            for areas in dict.fromkeys(groups):
                pairs, categories = (self._family(publication, areas, name, {}, month) for name in self._families)
                yield frozenset(pairs), frozenset(categories)

    def _keys(self, publication: Publication, table: Printed) -> Iterable[Key]:
        if not table.adds_up:
            return table.cells
        known = {**self._codes, "area": publication.areas, "month": table.months}
        return dict.fromkeys([*table.cells, *product(*(known[name] for name in table.by))])

    def _sum(self, publication: Publication, table: Printed, key: Key) -> Iterator[int]:
        fixed = dict(zip(table.by, key, strict=True))
        months = [fixed["month"]] if "month" in fixed else table.months
        areas = (fixed["area"],) if "area" in fixed else publication.areas
        family = next(names for names in self._families[::-1] if {*CODES} & {*fixed} <= {*names})
        for month in months:
            yield from self._family(publication, areas, family, fixed, month)

    def _family(
        self,
        publication: Publication,
        areas: tuple[str, ...],
        family: tuple[str, ...],
        fixed: Mapping[str, str],
        month: str,
    ) -> Iterator[int]:
        """The unknowns of one month and some areas, told apart by the names of a family, where `fixed` does not say."""
        choices = [
            [None] if name not in family else [fixed[name]] if name in fixed else self._codes[name] for name in CODES
        ]
        scope = areas[0] if len(areas) == 1 else ""
        for giver, about, category in product(*choices):
            label = publication.moved.get((scope, giver, about, category, month))
            if label is None:
                yield from (self._number(area, giver, about, category, month) for area in areas)
            else:
                yield self._number(areas, giver, about, category, month, label)

    def _number(self, *name: Any) -> int:
        return self._numbers.setdefault(name, len(self._numbers))


def _codes(tables: Iterable[Printed], name: str) -> Iterator[str]:
    for table in tables:
        if name in table.by:
            place = table.by.index(name)
            yield from (key[place] for key in table.cells)
