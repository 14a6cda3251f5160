"""The audit of small numbers: what an attacker recovers, how long it takes and how much it hides.

The attacker is the one of the tests (tests/attacker.py), who shares no code with the audit. He reads `<5` as the rule
says it, or he guesses rightly for each one why it is hidden: then few reports are one to four. Random publications are
small and many. Areas are followed month by month, with a report taken back and one judged anew between any two; they
print all that a monthly report prints (benchmarks/disclosure_area.py).
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from itertools import product
from pathlib import Path
from typing import Any

from benchmarks import disclosure_area
from benchmarks.output import print_facts, print_table
from tests.attacker import Solver
from tests.publishing import file_reports, months, whole
from worker.disclosure import Table, guard
from worker.disclosure.plan import Plan
from worker.disclosure.record import Bounds, Printed
from worker.disclosure.table import Key

Reading = Callable[[Printed, Key], Bounds]

MEANS = (1.5, 4, 10, 25)  # reports a month in a random publication; fewer are hardly ever shown
OUTCOMES = ("exactly", "two values", "three values")


def main(cells: int, areas: int, federation: int, seed: int) -> None:
    """Arguments: cells - hidden numbers to attack; areas - followed for each rate; federation - areas of the one that
    is followed, or 0; seed - the same seed gives the same reports."""
    print_facts(Path(), "sqlite://")
    dice, tallies = random.Random(seed), [Counter[str]() for _ in ATTACKS]
    while tallies[-1]["attacked"] < cells:
        for tally, found in zip(tallies, _attack(dice), strict=True):
            tally += found
    names = ("attacked", *OUTCOMES)
    rows = [(way, *(tally[name] for name in names)) for way, tally in zip(ATTACKS, tallies, strict=True)]
    print_table(("hidden numbers of random publications", *names), rows)
    disclosure_area.follow(areas, federation, seed)


# What is printed, and whether reasons are guessed.
ATTACKS = ("plain rule alone, guessed", "audited, guessed", "audited, read as the rule says")


def _attack(dice: random.Random) -> list[Counter[str]]:
    """One publication, attacked in each way."""
    window, codes = months(3), list("abcdefg")[: dice.randint(2, 7)]
    parties = ["af", "fk", "kommun", "region"][: dice.randint(2, 4)]
    tables = whole(file_reports(dice, window, parties, codes, dice.choice(MEANS)), window, parties, codes)
    pairs = list(product(parties, parties))
    inside = {
        (table.name, key): _counts(table.name, key, window, pairs, codes) for table in tables for key in table.keys
    }
    same = [(_cells(pairs, [month]), _cells(codes, [month])) for month in window]
    plain, audited = Plan.by_plain_rule(tables).printed(), _decided(tables).printed()
    ways = ((plain, Printed.guessed), (audited, Printed.guessed), (audited, Printed.told))
    return [_recover(printed, inside, same, read) for printed, read in ways]


def _decided(tables: list[Table]) -> Plan:
    return Plan.of(tables, guard(tables, ["A"]).withheld)


def _cells(keys: Iterable[Any], window: Iterable[str]) -> frozenset[Any]:
    return frozenset(product(keys, window))


def _counts(name: str, key: Key, window: list[str], pairs: list[Any], codes: list[str]) -> frozenset[Any]:
    """The counts behind a number: by pair and month, or by category and month."""
    if name == "categories":
        return _cells(key, window)
    return _cells([key] if name == "pairs" else pairs, key if name == "months" else window)


def _recover(
    printed: Mapping[str, Printed], inside: Mapping[tuple[str, Key], frozenset[Any]], same: Any, read: Reading
) -> Counter[str]:
    kept = {(name, key): cells for (name, key), cells in inside.items() if name in printed}
    solver = Solver([(cells, *read(printed[name], key)) for (name, key), cells in kept.items()], same)
    tally = Counter[str]()
    for (name, key), cells in kept.items():
        if printed[name].number(key).value is None:
            width = solver.width(cells)
            tally += Counter(
                ["attacked", *OUTCOMES[int(width) : int(width) + 1]] if width < len(OUTCOMES) else ["attacked"]
            )
    return tally
