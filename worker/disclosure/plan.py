"""What is hidden in the tables of one publication so far, and what could be hidden next. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from schemas.disclosure import MOST_HIDDEN, Reason, protect_total
from worker.disclosure.record import Printed, show
from worker.disclosure.table import Key, Table

Place = tuple[str, Key]  # the name of a table and one of its keys


class Plan:
    """`reasons` holds the hidden cells of each table, `dropped` the names of the tables that are left out."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self.tables = {table.name: table for table in tables}
        self.reasons: dict[str, dict[Key, Reason]] = {table.name: {} for table in tables}
        self.dropped: set[str] = set()

    @classmethod
    def by_plain_rule(cls, tables: Sequence[Table], earlier: Sequence[Printed] = ()) -> Plan:
        """What has to be hidden in any case.

        Arguments: earlier - tables that the same readers have seen, oldest first.
        """
        plan = cls(tables)
        for table in tables:
            plan.reasons[table.name] = table.plain_reasons(plan._whole_is_hidden(table))
        plan._hide_beside_lone_cells({table.name: table for table in earlier})
        plan.drop()
        return plan

    @classmethod
    def of(cls, tables: Sequence[Table], hidden: Sequence[tuple[str, Key, Reason]]) -> Plan:
        """What was decided before."""
        plan = cls(tables)
        for name, key, reason in hidden:
            plan.reasons[name][key] = reason
            plan.dropped |= {name} if reason is Reason.DROPPED else set()
        return plan

    def hide(self, places: Iterable[Place]) -> None:
        for name, key in places:
            self.reasons[name][key] = Reason.COMPLEMENTARY

    def drop(self) -> None:
        """Leave out tables of which too much is hidden, and the parts of a whole that is hidden: beside their zeros the
        few that are left would tell each other."""
        for name, table in self.tables.items():
            too_much = len(self.reasons[name]) > MOST_HIDDEN * len(table.keys)
            if table.adds_up and len(table.keys) > 1 and (too_much or self._whole_is_hidden(table)):
                self.dropped.add(name)

    def printed(self, more: Sequence[Place] = ()) -> dict[str, Printed]:
        """The tables as they would be printed, with `more` hidden too."""
        return {name: self._show(name, more) for name in self.tables if name not in self.dropped}

    def whole(self) -> dict[str, Printed]:
        """The same with the tables that are left out: what they hide must not be worked out from the others."""
        return {name: self._show(name) for name in self.tables}

    def shows(self, place: Place) -> bool:
        """Whether a cell is printed here, and is not hidden."""
        name, key = place
        known = name in self.tables and name not in self.dropped and key in self.tables[name].keys
        return known and key not in self.reasons[name]

    def candidates(self, target: tuple[str, Key]) -> list[Place]:
        """What may still be hidden to protect a cell, of this publication or an earlier one: the least harm first. That
        is its row and column, then its table, then the others; small numbers before large ones, zeros last."""
        found = []
        for number, (name, table) in enumerate(self.tables.items()):
            near = {key for line in table.lines() if target[1] in line for key in line} | {target[1]}
            for index, key in enumerate(table.keys):
                if name not in self.dropped and key not in self.reasons[name]:
                    size = protect_total(table.count(key)).value or math.inf
                    found.append(((name != target[0], key not in near, size, number, index), (name, key)))
        return [place for _, place in sorted(found)]

    def _show(self, name: str, more: Sequence[Place] = ()) -> Printed:
        table = self.tables[name]
        extra = {key: Reason.COMPLEMENTARY for other, key in more if other == name}
        return show(table, self.reasons[name] | extra, table.reporters is None and not self._whole_is_hidden(table))

    def _whole_is_hidden(self, table: Table) -> bool:
        return bool(self.reasons.get(table.part_of))

    def _hide_beside_lone_cells(self, last: Mapping[str, Printed]) -> None:
        """Where all reports of a row or column lie in one hidden cell, its zeros would tell where a report that
        somebody knows of went: hide one of them too."""
        for name, table in self.tables.items():
            for line in table.lines() if table.adds_up else ():
                held = [key for key in line if table.count(key) or key in self.reasons[name]]
                zeros = [key for key in line if key not in held]
                if zeros and len(held) == 1 and held[0] in self.reasons[name]:
                    self.hide([(name, min(zeros, key=lambda key: _harm(table, key, last.get(name))))])


def _harm(table: Table, key: Key, last: Printed | None) -> tuple[bool, int, int]:
    """What hiding a zero takes from the readers: least where it was hidden last time, as showing it now would tell
    what it was; then where fewest of its lines are empty, as a party without reports may be told of; then in order."""
    was_hidden = last is not None and isinstance(last.cells.get(key), Reason)
    empty = sum(key in line and not any(table.count(other) for other in line) for line in table.lines())
    return not was_hidden, empty, list(table.keys).index(key)


def withheld(plan: Plan) -> list[tuple[str, Key, Reason]]:
    """Every hidden cell with its table and why, in the order of the tables."""
    return [
        (name, key, Reason.DROPPED if name in plan.dropped else reasons[key])
        for name, reasons in plan.reasons.items()
        for key in plan.tables[name].keys
        if key in reasons
    ]


def dump(printed: Mapping[str, Printed]) -> list[dict[str, Any]]:
    """The record of what is printed, as plain data."""
    return [table.dump() for table in printed.values()]
