"""Somebody who reads every publication and tries to work out what was hidden, with code that shares nothing with the
product's: he knows the rule as it is printed, thinks in whole numbers, and tries out or solves.

He reads `<5` as the rule says it: nothing is known of it, but where only small sums can be hidden it is 1 to 4.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
from scipy.optimize import linprog

Cell = Hashable
Claim = tuple[frozenset[Cell], int, float]  # cells, and what their sum is at the least and at the most


def try_all(claims: Sequence[Claim], target: frozenset[Cell], most: int) -> set[int]:
    """Every value that a sum can have, by trying out all whole numbers up to `most` for each cell."""
    cells = sorted({cell for inside, _, _ in claims for cell in inside} | target, key=str)
    found = set()
    for values in _fill(cells, claims, most):
        found.add(sum(values[cell] for cell in target))
    return found


def _fill(cells: Sequence[Cell], claims: Sequence[Claim], most: int) -> Iterator[Mapping[Cell, int]]:
    for numbers in product(range(most + 1), repeat=len(cells)):
        values = dict(zip(cells, numbers, strict=True))
        if all(least <= sum(values[cell] for cell in inside) <= top for inside, least, top in claims):
            yield values


class Solver:
    """The same for larger tables: the least and the greatest by linear programmes of his own."""

    def __init__(self, claims: Iterable[Claim], equal: Iterable[tuple[frozenset[Cell], frozenset[Cell]]] = ()) -> None:
        claims, equal = list(claims), list(equal)
        cells = {cell for inside, _, _ in claims for cell in inside} | {
            cell for both in equal for cell in both[0] | both[1]
        }
        self.column = {cell: number for number, cell in enumerate(sorted(cells, key=str))}
        upper = [(inside, 1, top) for inside, _, top in claims if top != float("inf")]
        lower = [(inside, -1, -least) for inside, least, _ in claims if least > 0]
        self.above = np.array([sign * self._row(inside) for inside, sign, _ in upper + lower])
        self.limits = np.array([limit for _, _, limit in upper + lower])
        self.same = np.array([self._row(one) - self._row(other) for one, other in equal]) if equal else None

    def _row(self, inside: Iterable[Cell]) -> Any:
        row = np.zeros(len(self.column))
        row[[self.column[cell] for cell in inside]] = 1
        return row

    def width(self, target: Iterable[Cell]) -> float:
        """How many more than one value a sum can have."""
        if not self.column or not self.above.size:
            return float("inf")
        row = self._row(target)
        low, high = self._solve(row), self._solve(-row)
        return float("inf") if high is None or low is None else np.floor(-high + 1e-6) - np.ceil(low - 1e-6)

    def _solve(self, row: Any) -> float | None:
        same = {} if self.same is None else {"A_eq": self.same, "b_eq": np.zeros(len(self.same))}
        found = linprog(row, A_ub=self.above, b_ub=self.limits, bounds=(0, None), method="highs", **same)
        assert found.status in (0, 3), found.message
        return None if found.status == 3 else float(found.fun)
