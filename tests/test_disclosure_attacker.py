"""Nothing that is hidden can be worked out by an attacker of the tests' own."""

from __future__ import annotations

import random
from collections import Counter
from itertools import product
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from schemas.disclosure import MIN_SPREAD, Reason
from tests.attacker import Claim, Solver, try_all
from tests.publishing import file_reports, months, table, whole
from worker.disclosure import Guarded, guard
from worker.disclosure.table import Key

dice = st.integers(0, 10**9).map(random.Random)


def seen(found: Guarded) -> dict[tuple[str, Key], tuple[int, float]]:
    """What is printed, as bounds; tables that are left out tell nothing."""
    return {
        (name, key): (number.at_least, number.at_most)
        for name, numbers in found.numbers.items()
        if name not in found.dropped
        for key, number in numbers.items()
    }


def sum_of(name: str, key: Key, window: list[str], pairs: list[Key], codes: list[str]) -> frozenset[Any]:
    """The counts behind a number: by pair and month, or by category and month."""
    if name == "categories":
        return frozenset((key[0], month) for month in window)
    span = [key[0]] if name == "months" else window
    return frozenset((pair, month) for pair in pairs if name != "pairs" or pair == key for month in span)


@settings(max_examples=1000, deadline=None)
@given(dice=dice, mean=st.sampled_from((0.5, 1.5, 4, 10)), parties=st.integers(2, 4), categories=st.integers(2, 7))
def test_an_attacker_recovers_nothing_from_a_thousand_publications(
    dice: random.Random, mean: float, parties: int, categories: int
) -> None:
    window, names, codes = months(3), ["af", "fk", "kommun", "region"][:parties], list("abcdefg")[:categories]
    reports = file_reports(dice, window, names, codes, mean)
    found = guard(whole(reports, window, names, codes), ["Sävsjö"])
    pairs: list[Key] = list(product(names, names))
    told = seen(found)
    claims: list[Claim] = [(sum_of(*cell, window, pairs, codes), *bounds) for cell, bounds in told.items()]
    equal = [
        (frozenset((pair, month) for pair in pairs), frozenset((code, month) for code in codes)) for month in window
    ]
    solver = Solver(claims, equal)
    for name, key, _ in found.withheld:
        if (name, key) in told:
            assert solver.width(sum_of(name, key, window, pairs, codes)) >= MIN_SPREAD, (name, key)


@settings(max_examples=150, deadline=None)
@given(dice=dice, mean=st.sampled_from((0.5, 1, 2)))
def test_trying_out_every_table_finds_at_least_four_for_each_hidden_number(dice: random.Random, mean: float) -> None:
    """By counting through all whole numbers up to nine, which no solver has rounded."""
    codes, window = list("abcd"), months(1)
    reports = file_reports(dice, window, ["fk"], codes, mean * 3)
    tables = [
        table("year", (), window, [()], reports),
        table("categories", ("category",), window, [(c,) for c in codes], reports),
    ]
    found = guard(tables, ["Sävsjö"])
    told = seen(found)
    claims: list[Claim] = [
        (frozenset(codes if name == "year" else key), *bounds) for (name, key), bounds in told.items()
    ]
    for name, key, _ in found.withheld:
        if (name, key) in told:
            values = try_all(claims, frozenset(codes if name == "year" else key), 9)
            assume(values)  # The true table has a number above nine, which is not tried out.
            assert max(values) - min(values) >= MIN_SPREAD
            assert len(values) > MIN_SPREAD


class Diary:
    """The months of a year as they are counted at each publication, with corrections in between."""

    def __init__(self, dice: random.Random, mean: float) -> None:
        self.dice, self.codes, self.parties = dice, list("abcde"), ["af", "fk", "kommun"]
        self.window = months(24)
        self.reports = file_reports(dice, self.window, self.parties, self.codes, mean)
        self.pairs: list[Key] = list(product(self.parties, self.parties))
        self.runs: list[dict[tuple[Any, str], tuple[int, int]]] = []

    def correct(self) -> None:
        """Take a report back, and judge another one anew."""
        for change in (self.reports.pop, self._judge):
            if self.reports:
                change(self.dice.randrange(len(self.reports)))

    def _judge(self, place: int) -> None:
        self.reports[place] = self.reports[place]._replace(category=self.dice.choice(self.codes))

    def count(self) -> None:
        """Note each count with the number of values that it has had before."""
        counts: Counter[Any] = Counter(
            cell for one in self.reports for cell in (((one.giver, one.about), one.month), (one.category, one.month))
        )
        before = self.runs[-1] if self.runs else {}
        cells = [(key, month) for key in [*self.pairs, *self.codes] for month in self.window]
        run = {cell: before.get(cell, (counts[cell], 0)) for cell in cells}
        self.runs.append({c: (counts[c], n if counts[c] == old else len(self.runs)) for c, (old, n) in run.items()})

    def history(self, kept: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """What was published, with what has changed since."""
        now = self.runs[-1]
        return [
            {**entry, "moved": [self._moved(cell, run) for cell, (_, run) in runs.items() if now[cell][1] != run]}
            for entry, runs in zip(kept, self.runs, strict=False)
        ]

    def _moved(self, cell: tuple[Any, str], run: int) -> list[Any]:
        key, month = cell
        return [
            "Sävsjö",
            *(key if isinstance(key, tuple) else (None, None)),
            None if isinstance(key, tuple) else key,
            month,
            run,
        ]

    def claims(self, number: int, found: Guarded, window: list[str]) -> tuple[list[Claim], list[Any]]:
        def name(cells: frozenset[Any]) -> frozenset[Any]:
            return frozenset((cell, self.runs[number][cell][1]) for cell in cells)

        told = [(name(sum_of(*cell, window, self.pairs, self.codes)), *bounds) for cell, bounds in seen(found).items()]
        equal = [
            (
                name(frozenset((pair, month) for pair in self.pairs)),
                name(frozenset((code, month) for code in self.codes)),
            )
            for month in window
        ]
        return told, equal


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("mean", [6, 20])
def test_a_year_of_months_with_corrections_gives_nothing_away(seed: int, mean: float) -> None:
    """Twelve months, each with a correction of what was published before, to one and the same reader."""
    diary = Diary(random.Random(seed), mean)
    kept, told, equal, hidden = list[dict[str, Any]](), list[Claim](), list[Any](), list[frozenset[Any]]()
    for number in range(12):
        diary.count()
        window = diary.window[number : number + 12]
        tables = whole([one for one in diary.reports if one.month in window], window, diary.parties, diary.codes)
        found = guard(tables, ["Sävsjö"], diary.history(kept))
        kept.append({"areas": ["Sävsjö"], "tables": found.record, "moved": []})
        claims, links = diary.claims(number, found, window)
        told, equal = told + claims, equal + links
        assert {name for name, _ in found.known} <= found.dropped
        cells = [(name, key) for name, key, reason in found.withheld if reason is not Reason.DROPPED]
        sums = [sum_of(*cell, window, diary.pairs, diary.codes) for cell in cells]
        hidden += [frozenset((cell, diary.runs[number][cell][1]) for cell in cells) for cells in sums]
        diary.correct()
    solver = Solver(told, equal)
    assert len(set(hidden)) >= 3
    assert min(solver.width(cells) for cells in dict.fromkeys(hidden)) >= MIN_SPREAD
