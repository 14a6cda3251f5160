"""What printed tables tell about the counts behind them. Pure.

The unknowns are counts of one area, one month and one pair of parties, or one category; where a table crosses pairs
with categories, of one pair and one category too. A printed number tells that the sum of some of them lies between two
bounds. Pairs and categories of a month add up to the same, which links the two.

A count that has changed since an earlier publication (a report merged, taken back, judged otherwise) is an unknown
of its own there, under a `label`; what has not changed is the same unknown for all. An attacker is thus given more than
he can know: which counts have not changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import compress, product
from typing import Any, NamedTuple

from worker.disclosure.record import Bounds, Printed, load
from worker.disclosure.table import Key

PAIR, CATEGORY = ("giver", "about"), ("category",)
CODES = (*PAIR, *CATEGORY)
# An area (or the areas together), giver, about, category (None when summed over), month.
Count = tuple[str, str | None, str | None, str | None, str]
Triple = tuple[str | None, str | None, str | None]


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


class Link(NamedTuple):
    """One sum is the same as another, or at least as large."""

    one: frozenset[int]
    other: frozenset[int]
    same: bool


class Unknowns:
    """Numbers the unknown counts of some publications, and tells which ones a printed number sums up."""

    def __init__(self, publications: Sequence[Publication]) -> None:
        tables = [table for publication in publications for table in publication.tables]
        self._codes: dict[str, Sequence[str]] = {name: sorted(set(_codes(tables, name))) for name in CODES}
        crossed = [dict(zip(table.by, key, strict=True)) for table in tables if _crosses(table) for key in table.cells]
        pairs_crossed = {(one["giver"], one["about"]) for one in crossed}
        self._crossed = sorted(pairs_crossed), sorted({one["category"] for one in crossed})
        pairs = list(product(self._codes["giver"], self._codes["about"]))
        self._members: dict[tuple[str, ...], list[Triple]] = {
            PAIR: [(*pair, None) for pair in pairs],
            CATEGORY: [(None, None, code) for code in self._codes["category"]],
            CODES: [(*pair, code) for pair, code in product(*self._crossed)],
        }
        if not any(self._members.values()):  # nothing but totals
            self._members[CATEGORY] = [(None, None, None)]
        self._numbers: dict[tuple[Any, ...], int] = {}
        self._found: dict[tuple[tuple[str, ...], Triple], Sequence[Triple]] = {}

    def statements(self, publication: Publication) -> Iterator[Statement]:
        """What a publication tells, cell by cell; cells that it leaves out are zeros where it adds up."""
        for table in publication.tables:
            for key in self._keys(publication, table):
                unknowns = frozenset(self._sum(publication, table, key))
                hidden = table.number(key).value is None
                yield Statement(unknowns, table.told(key), table.guessed(key), hidden, table.name, key)

    def links(self, publication: Publication) -> Iterator[Link]:
        """How the sums of one month hang together: pairs and categories add up to the same, and what is crossed is a
        part of both. With the last link, of all that is not crossed, these are all conditions under which there is a
        whole table with such sums (it is the condition for a flow through a network of two layers)."""
        plain = {month for table in publication.tables for month in table.months}
        crossed = {month for table in publication.tables if _crosses(table) for month in table.months}
        groups = list(dict.fromkeys([*((area,) for area in publication.areas), publication.areas]))
        for month, areas in product(sorted(plain), groups):
            find = partial(self._find, publication, areas, month)
            if self._members[PAIR] and self._members[CATEGORY]:
                yield Link(find(PAIR), find(CATEGORY), same=True)
            if month in crossed:
                yield from self._parts(find)

    def _parts(self, find: Callable[..., frozenset[int]]) -> Iterator[Link]:
        pairs, categories = self._crossed
        within = [find(PAIR, giver=giver, about=about) for giver, about in pairs]
        for pair, whole in zip(pairs, within, strict=True):
            yield Link(whole, find(CODES, giver=pair[0], about=pair[1]), same=False)
        for code in categories:
            yield Link(find(CATEGORY, category=code), find(CODES, category=code), same=False)
        outside = find(PAIR).difference(*within)
        yield Link(
            outside | find(CODES), frozenset().union(*(find(CATEGORY, category=c) for c in categories)), same=False
        )

    def _keys(self, publication: Publication, table: Printed) -> Iterable[Key]:
        if not table.adds_up:
            return table.cells
        known = {**self._codes, "area": publication.areas, "month": table.months}
        return dict.fromkeys([*table.cells, *product(*(known[name] for name in table.by))])

    def _sum(self, publication: Publication, table: Printed, key: Key) -> Iterator[int]:
        fixed = dict(zip(table.by, key, strict=True))
        months = [fixed.pop("month")] if "month" in fixed else table.months
        areas = (fixed.pop("area"),) if "area" in fixed else publication.areas
        family = next(names for names in (CATEGORY, PAIR, CODES) if {*fixed} <= {*names} and self._members[names])
        for month in months:
            yield from self._find(publication, areas, month, family, **fixed)

    def _find(
        self, publication: Publication, areas: tuple[str, ...], month: str, family: tuple[str, ...], **fixed: str
    ) -> frozenset[int]:
        """The unknowns of one month and some areas, told apart by the names of a family, where `fixed` does not say."""
        scope, found = areas[0] if len(areas) == 1 else "", set[int]()
        for triple in self._matching(family, self._triple(fixed)):
            label = publication.moved.get((scope, *triple, month))
            names = [((area,), None) for area in areas] if label is None else [(areas, label)]
            found |= {self._numbers.setdefault((*name, triple, month), len(self._numbers)) for name in names}
        return frozenset(found)

    def _matching(self, family: tuple[str, ...], wanted: Triple) -> Sequence[Triple]:
        """The members of a family that have the codes that are wanted, where any are."""
        if sum(code is not None for code in wanted) == len(family):
            return [wanted]
        if (family, wanted) not in self._found:
            fits = (
                all(want in (None, code) for want, code in zip(wanted, one, strict=True))
                for one in self._members[family]
            )
            self._found[family, wanted] = list(compress(self._members[family], fits))
        return self._found[family, wanted]

    def _triple(self, codes: Mapping[str, str]) -> Triple:
        return codes.get("giver"), codes.get("about"), codes.get("category")


def _crosses(table: Printed) -> bool:
    """Whether a table tells pairs apart by category. It must then name both parties."""
    return {*CODES} <= {*table.by}


def _codes(tables: Iterable[Printed], name: str) -> Iterator[str]:
    for table in tables:
        if name in table.by:
            place = table.by.index(name)
            yield from (key[place] for key in table.cells)
