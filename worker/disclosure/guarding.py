"""Hiding more until nothing that is hidden can be worked out. Pure.

Nothing here depends on the way that the solver took, only on how far a number can move, which is the same for every
solver: the same tables and the same history hide the same cells on every machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from schemas.disclosure import WITHHELD, Protected, Reason
from worker.disclosure.leaks import Leaks
from worker.disclosure.plan import Place, Plan, dump, withheld
from worker.disclosure.statements import Publication, load_publication
from worker.disclosure.table import Key, Table


@dataclass(frozen=True)
class Guarded:
    """`numbers` by table and key; `by` tells what the parts of a key are; `dropped` names the tables that are left
    out; `withheld` lists table, key and reason of every hidden cell; `record` is plain data for the history of later
    publications; `known` lists hidden cells, of this publication or earlier ones, that can be worked out whatever is
    hidden now; `programmes` were solved."""

    numbers: Mapping[str, Mapping[Key, Protected]]
    by: Mapping[str, Sequence[str]]
    dropped: frozenset[str]
    withheld: Sequence[tuple[str, Key, Reason]]
    record: Sequence[Mapping[str, Any]]
    known: Sequence[Place]
    programmes: int


def guard(tables: Sequence[Table], areas: Sequence[str], history: Sequence[Mapping[str, Any]] = ()) -> Guarded:
    """Decide what may leave.

    Arguments: areas - what the tables count, by name; history - what the same readers have seen before, oldest first,
    from models.snapshot_history.
    Raises: worker.disclosure.programme.ProgrammeError when the solver gives no answer.
    """
    earlier = [load_publication(entry) for entry in history]
    plan = Plan.by_plain_rule(tables, [table for publication in earlier for table in publication.tables])
    leaks = Leaks(earlier, Publication(tuple(areas), list(plan.whole().values())))
    names: dict[int, Place] = {}
    known: list[Place] = []
    while new := {row: name for row, name in leaks.targets(plan.whole()).items() if row not in names}:
        names |= new
        found = leaks.find(list(new), plan.printed(), keep=True)
        beyond = set(_beyond_help(found, names, leaks, plan))
        for row in found:
            plan.hide(_needed(names[row], row, leaks, plan) if row not in beyond else [])
        known += [names[row] for row in leaks.told(sorted(beyond), plan.printed())]
    plan.drop()
    return _result(plan, known, leaks.programme.solved)


def _beyond_help(found: Sequence[int], names: Mapping[int, Place], leaks: Leaks, plan: Plan) -> list[int]:
    """What can be worked out even if this publication hid all that it still shows."""
    return leaks.find(found, plan.printed(plan.candidates(names[found[0]]))) if found else []


def _needed(name: Place, row: int, leaks: Leaks, plan: Plan) -> list[Place]:
    """The fewest and smallest numbers to hide so that one cannot be worked out: of those in order of harm, the first
    ones up to where it is free; of these the last is needed, and with that hidden the same is asked again."""
    order, needed = plan.candidates(name), list[Place]()
    while order and leaks.find([row], plan.printed(needed)):
        least, most = 0, len(order) - 1
        while least < most:
            middle = (least + most) // 2
            if leaks.find([row], plan.printed([*needed, *order[: middle + 1]])):
                least = middle + 1
            else:
                most = middle
        needed.append(order[least])
        order = order[:least]
    return needed


def restore(tables: Sequence[Table], hidden: Sequence[tuple[str, Key, Reason]]) -> Guarded:
    """The numbers of a decision that was made before, from what it withheld: nothing is worked out anew."""
    return _result(Plan.of(tables, hidden), (), 0)


def _result(plan: Plan, known: Sequence[Place], programmes: int) -> Guarded:
    printed = plan.printed()
    numbers = {
        name: {key: printed[name].number(key) if name in printed else WITHHELD for key in table.keys}
        for name, table in plan.tables.items()
    }
    by = {name: table.by for name, table in plan.tables.items()}
    return Guarded(numbers, by, frozenset(plan.dropped), withheld(plan), dump(printed), known, programmes)
