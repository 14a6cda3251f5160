"""Which hidden numbers can be worked out from everything that the same readers have seen. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from schemas.disclosure import MIN_SPREAD
from worker.disclosure.audit import Search
from worker.disclosure.programme import Programme, intersect
from worker.disclosure.record import Bounds, Printed
from worker.disclosure.statements import Publication, Statement, Unknowns
from worker.disclosure.table import Key

# Who guesses rightly why each number is hidden is to be left with three values at least.
MIN_GUESSED = 2
ANYTHING: Bounds = (0, math.inf)


class Leaks:
    """The statements of earlier publications and of one's own, as one programme; `known` are the targets that could be
    worked out whatever one hid."""

    def __init__(self, earlier: Sequence[Publication], own: Publication, *, guessed: bool) -> None:
        """Arguments: guessed - to somebody who guesses why each number is hidden; else to who knows the rule."""
        unknowns = Unknowns([*earlier, own])
        self._fixed = [one for publication in earlier for one in unknowns.statements(publication)]
        self._own = list(unknowns.statements(own))
        links = [link for publication in [*earlier, own] for link in unknowns.links(publication)]
        self.programme = Programme(self._fixed, self._own, links)
        self.known: list[tuple[str, Key]] = []
        self._guessed, self._enough = guessed, MIN_GUESSED if guessed else MIN_SPREAD
        self._seen: dict[int, Any] = {}

    def targets(self, printed: Mapping[str, Printed]) -> dict[int, tuple[str, Key]]:
        """The rows of all that is hidden, with the table and key of one cell that each stands for; those that have been
        asked for before are left out.

        Arguments: printed - one's own tables, those that are left out too.
        """
        own = ((row, one) for row, one in zip(self.programme.own, self._own, strict=True) if _is_hidden(one, printed))
        before = ((row, one) for row, one in zip(self.programme.fixed, self._fixed, strict=True) if one.hidden)
        return {row: (one.table, one.key) for row, one in reversed([*own, *before]) if row not in self._seen}

    def find(self, rows: Sequence[int], printed: Mapping[str, Printed], *, keep: bool = False) -> list[int]:
        """The targets that can be worked out when these tables are printed.

        Arguments: keep - remember what was seen, as nothing that is hidden here will be shown again.
        Raises: worker.disclosure.programme.ProgrammeError when the solver gives no answer.
        """
        search = Search(self.programme, rows, self._recall(rows))
        stuck = search.fixed(*self._bounds(printed), self._enough)
        if keep:
            self._seen |= dict(zip(rows, np.transpose(search.seen()), strict=True))
        return [rows[place] for place in stuck]

    def _recall(self, rows: Sequence[int]) -> tuple[Any, Any] | None:
        """What was seen of these rows when less was hidden: it still fits."""
        if not rows or not all(row in self._seen for row in rows):
            return None
        least, most = np.transpose([self._seen[row] for row in rows])
        return least.copy(), most.copy()

    def _bounds(self, printed: Mapping[str, Printed]) -> tuple[Any, Any]:
        before = [one.guessed if self._guessed else one.told for one in self._fixed]
        now = [_bounds_of(one, printed.get(one.table), self._guessed) for one in self._own]
        rows = [*zip(self.programme.fixed, before, strict=True), *zip(self.programme.own, now, strict=True)]
        return intersect(self.programme.sums, rows)


def _is_hidden(one: Statement, printed: Mapping[str, Printed]) -> bool:
    return printed[one.table].number(one.key).value is None


def _bounds_of(one: Statement, table: Printed | None, guessed: bool) -> Bounds:
    if table is None:
        return ANYTHING
    return table.guessed(one.key) if guessed else table.told(one.key)
