"""How far apart the least and the greatest that a hidden number can be lie. Pure.

Every answer of the solver is a set of counts that fits everything printed, so it is a witness for all hidden numbers
at once: one that has been seen with two values far enough apart is safe, without a programme of its own. Therefore all
that are not yet safe are pushed up together, and down together, each by no more than needed; only what still does not
move is solved alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.sparse import csr_array, hstack, identity

from worker.disclosure.programme import Programme

TINY = 1e-6  # what the solver may be wrong by


class Search:
    """The least and the greatest that each of some sums has been seen with, by answers that fit everything printed."""

    def __init__(self, programme: Programme, rows: Sequence[int], seen: tuple[Any, Any] | None = None) -> None:
        """Arguments: seen - the least and the greatest of each sum, seen within the same or narrower bounds."""
        self._programme = programme
        self._sums = programme.matrix[list(rows)]
        self._least: Any = np.full(len(rows), np.inf) if seen is None else seen[0]
        self._most: Any = np.full(len(rows), -np.inf) if seen is None else seen[1]

    def fixed(self, low: Any, high: Any, enough: int) -> list[int]:
        """The places of the sums that cannot be moved as far as `enough` within the bounds.

        What was seen within narrower bounds counts, so the narrower ones are to be asked about first.
        Raises: worker.disclosure.programme.ProgrammeError when the solver gives no answer.
        """
        if not len(self._least):
            return []
        if np.isinf(self._least).any():
            self._see(self._programme.maximise(np.zeros(self._sums.shape[1]), low, high)[1])
        before = -1.0
        while len(stuck := self._stuck(enough)) > 1 and self._seen(enough) > before + TINY:
            before = self._seen(enough)
            self._push(stuck, low, high, enough, up=True)
            self._push(self._stuck(enough), low, high, enough, up=False)
        for place in stuck:
            for up in (True, False):
                if place in self._stuck(enough):
                    self._push([place], low, high, enough, up=up)
        return self._stuck(enough)

    def seen(self) -> tuple[Any, Any]:
        """The least and the greatest so far."""
        return self._least.copy(), self._most.copy()

    def _spread(self) -> Any:
        """Only whole numbers count: what was seen as 0.5 can be 1 at the least."""
        return np.floor(self._most + TINY) - np.ceil(self._least - TINY)

    def _seen(self, enough: int) -> float:
        return float(np.minimum(self._most - self._least, enough).sum())

    def _stuck(self, enough: int) -> list[int]:
        return [int(place) for place in np.flatnonzero(self._spread() < enough)]

    def _push(self, places: Sequence[int], low: Any, high: Any, enough: int, *, up: bool) -> None:
        """Move some sums away from the other end of what has been seen, all at once; by one more than needed, as the
        other end need not be a whole number."""
        if not places:
            return
        sums, count = self._sums[places] * (1 if up else -1), len(places)
        ends = self._least[places] if up else -self._most[places]
        weights = np.concatenate([np.zeros(sums.shape[1]), np.ones(count)])
        moved = csr_array(hstack([sums, -identity(count)]))
        self._see(self._programme.maximise(weights, low, high, moved, ends, enough + 1)[1])

    def _see(self, found: Any) -> None:
        values = self._sums @ found
        self._least, self._most = np.minimum(self._least, values), np.maximum(self._most, values)
