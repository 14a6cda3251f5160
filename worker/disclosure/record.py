"""What was printed, without exact counts: kept with every summary, for later ones to be audited against. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import takewhile
from typing import Any

from schemas.disclosure import THRESHOLD, WITHHELD, Protected, Reason, protect_total
from schemas.months import add_months
from worker.disclosure.table import Key, Table

Bounds = tuple[int, float]
FEW = protect_total(1)
# What somebody knows who guesses rightly why a number is hidden.
GUESSES: Mapping[Reason, Bounds] = {
    Reason.FEW_REPORTS: (1, THRESHOLD - 1),
    Reason.FEW_REPORTERS: (1, math.inf),
    Reason.COMPLEMENTARY: (0, math.inf),
}


@dataclass(frozen=True)
class Printed:
    """A table as its readers see it. `cells` holds printed numbers and, for hidden ones, why: a key that is missing is
    printed as 0, or not printed where the table does not add up. `hidden` is what every hidden cell of it looks like,
    as nobody is told why."""

    name: str
    by: tuple[str, ...]
    months: tuple[str, ...]
    adds_up: bool
    hidden: Protected
    cells: Mapping[Key, int | Reason]

    def number(self, key: Key) -> Protected:
        cell = self.cells.get(key, 0)
        return self.hidden if isinstance(cell, Reason) else protect_total(cell)

    def told(self, key: Key) -> Bounds:
        """What the rule tells of a cell."""
        number = self.number(key)
        return number.at_least, number.at_most

    def guessed(self, key: Key) -> Bounds:
        """The same to a reader who also guesses rightly why it is hidden."""
        cell = self.cells.get(key, 0)
        return GUESSES[cell] if isinstance(cell, Reason) else self.told(key)

    def dump(self) -> dict[str, Any]:
        """Plain data; zeros are left out where they go without saying."""
        cells = [[*key, str(cell) if isinstance(cell, Reason) else cell] for key, cell in sorted(self.cells.items())]
        kept = [row for row in cells if row[-1] != 0 or not self.adds_up]
        return {
            "name": self.name,
            "by": list(self.by),
            "months": [self.months[0], self.months[-1]],
            "adds_up": self.adds_up,
            "few": self.hidden == FEW,
            "cells": kept,
        }


def show(table: Table, reasons: Mapping[Key, Reason], names_nobody: bool) -> Printed:
    """A table with these cells hidden.

    Arguments: names_nobody - its plain rule can hide nothing but counts below five, so that a hidden cell may be
    called that as long as no other is hidden for another reason.
    """
    cells = {key: reasons.get(key) or protect_total(table.count(key)).value or 0 for key in table.keys}
    few = names_nobody and all(reason is Reason.FEW_REPORTS for reason in reasons.values())
    return Printed(table.name, table.by, table.months, table.adds_up, FEW if few else WITHHELD, cells)


def load(row: Mapping[str, Any]) -> Printed:
    """A table from its plain data."""
    cells = {tuple(cell[:-1]): Reason(cell[-1]) if isinstance(cell[-1], str) else cell[-1] for cell in row["cells"]}
    months = tuple(_months_between(*row["months"]))
    hidden = FEW if row["few"] else WITHHELD
    return Printed(row["name"], tuple(row["by"]), months, row["adds_up"], hidden, cells)


def _months_between(first: str, last: str) -> Sequence[str]:
    start = date.fromisoformat(first)
    months = (add_months(start, number).isoformat() for number in range(12 * 100))
    return list(takewhile(lambda month: month <= last, months))
