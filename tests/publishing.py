"""Publications made by hand and at random, for the tests of the audit: reports in, printed tables out."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from itertools import product
from typing import Any, NamedTuple

from schemas.months import add_months
from worker.disclosure import Guarded, Table, guard
from worker.disclosure.table import Key


class Filed(NamedTuple):
    giver: str
    about: str
    category: str
    month: str
    person: int


def months(number: int) -> list[str]:
    """ISO first days."""
    return [add_months(date(2024, 1, 1), place).isoformat() for place in range(number)]


def table(
    name: str, by: Sequence[str], window: Sequence[str], keys: Sequence[Key], reports: Sequence[Filed], **more: Any
) -> Table:
    counts, people = Counter[Key](), defaultdict[Key, set[int]](set)
    for report in reports:
        if report.month in window:
            key = tuple(getattr(report, part) for part in by)
            counts[key] += 1
            people[key].add(report.person)
    reporters = None if more.pop("names_nobody", False) else {key: len(found) for key, found in people.items()}
    return Table(name, tuple(by), tuple(window), keys, counts, reporters, **more)


def whole(reports: Sequence[Filed], window: Sequence[str], parties: Sequence[str], codes: Sequence[str]) -> list[Table]:
    """A year and its months, pairs and categories, as a summary prints them."""
    return [
        table("year", (), window, [()], reports),
        table("months", ("month",), window, [(month,) for month in window], reports, names_nobody=True, part_of="year"),
        table("pairs", ("giver", "about"), window, list(product(parties, parties)), reports, part_of="year"),
        table("categories", ("category",), window, [(code,) for code in codes], reports, part_of="year"),
    ]


def file_reports(
    dice: random.Random, window: Sequence[str], parties: Sequence[str], codes: Sequence[str], mean: float
) -> list[Filed]:
    """Reports of everyday variety: some pairs and categories hold most, a few people file a lot."""
    pairs = list(product(parties, parties))
    weights = [dice.paretovariate(0.8) for _ in pairs]
    heavy = [dice.paretovariate(0.8) for _ in codes]
    people = dice.randint(1, 8)
    return [
        Filed(*dice.choices(pairs, weights)[0], dice.choices(codes, heavy)[0], month, dice.randrange(people))
        for month in window
        for _ in range(round(dice.expovariate(1 / mean)))
    ]


def publish(tables: Sequence[Table], history: list[dict[str, Any]], moved: Sequence[Any] = ()) -> Guarded:
    """Guard some tables against what was published before, and add them to it."""
    found = guard(tables, ["Sävsjö"], history[-12:])
    history.append({"areas": ["Sävsjö"], "tables": found.record, "moved": list(moved)})
    return found
