"""Statements as a linear programme, made small before it is solved. Pure.

Unknowns that an earlier publication printed as zero are left out, statements about the same sum become one row, and
unknowns that no row tells apart become one variable. Hiding a number of this publication only widens its row, so that
the matrix is built once.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from scipy.optimize import Bounds as Box
from scipy.optimize import LinearConstraint, milp
from scipy.sparse import csr_array, hstack, vstack

from worker.disclosure.statements import Link, Statement


class ProgrammeError(Exception):
    """The solver gave no answer, so nothing may leave."""


class Programme:
    """`rows` are sums of variables, `low` and `high` their bounds; both are replaced when a number is hidden.

    Arguments: fixed - the statements of earlier publications; own - those of this one, which may be taken back; links -
    how the sums hang together.
    """

    def __init__(
        self,
        fixed: Sequence[Statement],
        own: Sequence[Statement],
        links: Iterable[Link],
    ) -> None:
        zeros = frozenset().union(*(one.unknowns for one in fixed if one.told[1] == 0))
        sums = [one.unknowns - zeros for one in [*fixed, *own]]
        self._row_of = {unknowns: row for row, unknowns in enumerate(dict.fromkeys(sums))}
        self.fixed = [self._row_of[unknowns] for unknowns in sums[: len(fixed)]]
        self.own = [self._row_of[unknowns] for unknowns in sums[len(fixed) :]]
        without = {(one - other - zeros, other - one - zeros, same) for one, other, same in links}
        different = sorted((link for link in without if link[1] or (link[0] and link[2])), key=_order)
        sides = [(one, other) for one, other, _ in different]
        self.matrix = _matrix([*((sum_, frozenset[int]()) for sum_ in self._row_of), *sides])
        self._most_of_links = np.array([0 if same else np.inf for _, _, same in different])
        self.sums = len(self._row_of)
        self.solved = 0

    def maximise(
        self, weights: Any, low: Any, high: Any, more: Any = None, low_more: Any = None, cap: int = 0
    ) -> tuple[float, Any]:
        """The whole numbers within the bounds that make a weighted sum as large as it can be.

        Arguments: weights - of the variables, then of further ones between 0 and `cap`; low, high -
        bounds of the sums; more - rows over all of these variables, at least `low_more`.
        Returns: the value and the variables. Raises: ProgrammeError when there is no answer.
        """
        width = self.matrix.shape[1]
        rows, most = self.matrix, np.concatenate([high, self._most_of_links])
        least = np.concatenate([low, np.zeros(len(self._most_of_links))])
        if more is not None:
            beside = csr_array((rows.shape[0], len(weights) - width))
            rows = vstack([hstack([rows, beside]), more])
            least, most = np.concatenate([least, low_more]), np.concatenate([most, np.full(len(low_more), np.inf)])
        top = np.concatenate([np.full(width, np.inf), np.full(len(weights) - width, float(cap))])
        self.solved += 1
        found = milp(
            -weights,
            constraints=LinearConstraint(rows.tocsr(), least, most),
            bounds=Box(0, top),
        )
        if not found.success:
            raise ProgrammeError(found.message)
        return -found.fun, found.x[:width]


def _order(link: tuple[frozenset[int], frozenset[int], bool]) -> tuple[list[int], list[int], bool]:
    return sorted(link[0]), sorted(link[1]), link[2]


def _matrix(rows: Sequence[tuple[frozenset[int], frozenset[int]]]) -> Any:
    """Sums less other sums, one column for all unknowns that stand in the same rows."""
    where: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for row, (plus, minus) in enumerate(rows):
        for unknown in plus:
            where[unknown].append((row, 1))
        for unknown in minus:
            where[unknown].append((row, -1))
    columns = sorted({tuple(places) for places in where.values()})
    entries = [(row, column, sign) for column, places in enumerate(columns) for row, sign in places]
    data = [sign for _, _, sign in entries]
    places = ([row for row, _, _ in entries], [column for _, column, _ in entries])
    return csr_array((data, places), shape=(len(rows), len(columns)), dtype=float)


def intersect(rows: int, statements: Sequence[tuple[int, tuple[float, float]]]) -> tuple[Any, Any]:
    """The tightest bounds of each row, from pairs of a row and bounds."""
    low, high = np.zeros(rows), np.full(rows, math.inf)
    for row, (least, most) in statements:
        low[row], high[row] = max(low[row], least), min(high[row], most)
    return low, high
