"""Hiding more until nothing that is hidden can be worked out. Pure.

Two readers try. One has this publication alone, and guesses rightly for each hidden number why it is hidden: to him few
reports are one to four. The other has everything that was printed before as well, and reads each number as the rule
says it. To guess over time too is not held against: where numbers rise above five and fall below it again, the hidden
ones tell each other, and nothing that could be hidden would help.

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
    own = Publication(tuple(areas), list(plan.whole().values()))
    alone, together = Leaks([], own, guessed=True), Leaks(earlier, own, guessed=False)
    while _close(alone, plan) or _close(together, plan):
        pass
    plan.drop()
    return _result(plan, together.known, alone.programme.solved + together.programme.solved)


def _close(leaks: Leaks, plan: Plan) -> bool:
    """Hide more until nothing that is hidden can be worked out, but for what nothing can help.

    Returns: whether there was anything that had not been asked for before.
    """
    names = leaks.targets(plan.whole())
    found = leaks.find(list(names), plan.printed(), keep=True)
    everything = plan.candidates(names[found[0]]) if found else []
    beyond = leaks.find(found, plan.printed(everything))
    leaks.known += [names[row] for row in beyond]
    found = [row for row in found if row not in beyond]
    # What was hidden before and is shown now tells of itself first: hide it again, and look whether that is enough.
    plan.hide(names[row] for row in found if plan.shows(names[row]))
    for row in leaks.find(found, plan.printed(), keep=True):
        plan.hide(_needed(names[row], row, leaks, plan))
    return bool(names)


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
