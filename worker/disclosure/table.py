"""A table of exact counts, and the plain rule for each of its cells. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from schemas.disclosure import MIN_REPORTERS, THRESHOLD, Reason

Key = tuple[str, ...]
DIMENSIONS = ("area", "giver", "about", "category", "month")


@dataclass(frozen=True)
class Table:
    """Counts that are to be printed beside each other.

    `by` names what tells the cells apart (of DIMENSIONS); each key holds one code for each. `months` are summed over,
    unless the cells are told apart by month. `reporters` is None for sums that name nobody. `adds_up` says that there
    is nothing outside the keys, so that the cells add up to the whole. `part_of` names a table of one cell: where that
    is hidden, so is every part of it, or they would add up to it, and a table of several parts is left out.
    """

    name: str
    by: tuple[str, ...]
    months: tuple[str, ...]
    keys: Sequence[Key]
    counts: Mapping[Key, int]
    reporters: Mapping[Key, int] | None
    adds_up: bool = True
    part_of: str = ""

    def count(self, key: Key) -> int:
        return self.counts.get(key, 0)

    def plain_reasons(self, whole_is_hidden: bool = False) -> dict[Key, Reason]:
        """The cells that the plain rule hides, and why."""
        found = ((key, self._reason(key, whole_is_hidden)) for key in self.keys)
        return {key: reason for key, reason in found if reason}

    def _reason(self, key: Key, whole_is_hidden: bool) -> Reason | None:
        count = self.count(key)
        if count == 0:
            return None
        if count < THRESHOLD:
            return Reason.FEW_REPORTS
        people = self.reporters.get(key, 0) if self.reporters is not None else MIN_REPORTERS
        return Reason.FEW_REPORTERS if whole_is_hidden or people < MIN_REPORTERS else None

    def lines(self) -> Iterator[list[Key]]:
        """The rows and columns: cells that differ in one thing only. Giver and counterpart are rows and columns of
        their own, so a table of pairs has both."""
        for place in range(len(self.by)):
            lines: dict[Key, list[Key]] = {}
            for key in self.keys:
                lines.setdefault(key[:place] + key[place + 1 :], []).append(key)
            yield from lines.values()
