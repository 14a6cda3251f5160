"""Counting one slice: the full table comes from the rows of reports, its two margins from the full table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple


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
    grouped: defaultdict[tuple[int, int], list[Cell]] = defaultdict(list)
    for cell in cells:
        grouped[cell.from_unit_id, cell.about_unit_id].append(cell)
    return {pair: _sum(group) for pair, group in grouped.items()}


def by_category(cells: Iterable[Cell]) -> dict[str, Margin]:
    """The margin over pairs, by category."""
    grouped: defaultdict[str, list[Cell]] = defaultdict(list)
    for cell in cells:
        grouped[cell.category].append(cell)
    return {category: _sum(group) for category, group in grouped.items()}


def _sum(cells: list[Cell]) -> Margin:
    return Margin(*(sum(column) for column in zip(*(cell[3:] for cell in cells), strict=True)))
