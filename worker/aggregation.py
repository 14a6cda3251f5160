"""Counting one slice: the full table comes from the rows of reports, its margins from the full table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from typing import NamedTuple, TypeVar

Key = TypeVar("Key", bound=Hashable)


class Cell(NamedTuple):
    """What one slice holds for one pair and category: deviations, how many of them nobody has reviewed yet,
    and reports of what worked."""

    from_unit_id: int
    about_unit_id: int
    category: str
    reports: int
    awaiting: int
    good: int


class Margin(NamedTuple):
    reports: int
    awaiting: int
    good: int


def by_pair(cells: Iterable[Cell]) -> dict[tuple[int, int], Margin]:
    """The margin over categories, by (from_unit_id, about_unit_id)."""
    return _margin(cells, lambda cell: (cell.from_unit_id, cell.about_unit_id))


def by_about(cells: Iterable[Cell]) -> dict[int, Margin]:
    """The margin over senders and categories, by about_unit_id."""
    return _margin(cells, lambda cell: cell.about_unit_id)


def by_category(cells: Iterable[Cell]) -> dict[str, Margin]:
    """The margin over pairs, by category."""
    return _margin(cells, lambda cell: cell.category)


def _margin(cells: Iterable[Cell], key_of: Callable[[Cell], Key]) -> dict[Key, Margin]:
    grouped: defaultdict[Key, list[Cell]] = defaultdict(list)
    for cell in cells:
        grouped[key_of(cell)].append(cell)
    return {key: _sum(group) for key, group in grouped.items()}


def _sum(cells: list[Cell]) -> Margin:
    return Margin(*(sum(column) for column in zip(*(cell[3:] for cell in cells), strict=True)))
