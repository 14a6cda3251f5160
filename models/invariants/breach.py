"""A broken rule, told by ids only: what people have written stands nowhere in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

SHOWN = 10  # ids in a line; who has more to mend begins with these


def _in_order(found: object) -> tuple[int, str]:
    """Numbers by their size, whatever the database's order was."""
    return len(str(found)), str(found)


@dataclass(frozen=True)
class Breach:
    """`rule` is I1 to I8, `what` the sentence that does not hold, `ids` the rows for which it does not."""

    rule: str
    what: str
    ids: tuple[object, ...]

    def __str__(self) -> str:
        more = f" and {len(self.ids) - SHOWN} more" if len(self.ids) > SHOWN else ""
        return f"{self.rule}: {self.what}: {', '.join(map(str, sorted(self.ids, key=_in_order)[:SHOWN]))}{more}"


Rule = Callable[[Session, datetime], Iterator[Breach]]


def found(rule: str, what: str, ids: Iterable[object]) -> Iterator[Breach]:
    """A breach, unless no row breaks the rule."""
    broken = tuple(ids)
    if broken:
        yield Breach(rule, what, broken)


def doubles(session: Session, *columns: InstrumentedAttribute[Any]) -> list[int]:
    """The first id of each group of rows that have the same values, though only one may. Nothing equals nothing."""
    table, there = columns[0].class_, (column.is_not(None) for column in columns)
    query: Select[int] = select(func.min(table.id)).where(*there).group_by(*columns).having(func.count() > 1)
    return list(session.scalars(query))
