"""The heat map: counts by pair, shaped into rows, cells, totals and a legend. Pure: values in, values out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

SMALL_BREAKS = (1, 3, 5, 8, 11)  # lower limits of the five shades while the largest count is at most 15
SHARES = (0.15, 0.30, 0.55, 0.80)  # upper limits of the first four shades of a larger table, as shares of the maximum


@dataclass(frozen=True)
class Line:
    """One row or column: a party or a unit."""

    code: str
    label: str
    short: str


Address = Callable[[str | None, str | None], str]


def lower_limits(largest: int) -> tuple[int, ...]:
    """The lowest count of each of the five shades (ux.md, section 3); strictly rising."""
    if largest <= 15:
        return SMALL_BREAKS
    return (1, *(ceil(largest * share) + 1 for share in SHARES))


def shade(count: int, limits: Sequence[int]) -> int:
    """0 for an empty cell, else 1-5."""
    return sum(1 for limit in limits if count >= limit)


def legend(limits: Sequence[int]) -> list[dict[str, Any]]:
    """What each shade stands for, in words."""
    ends = [limit - 1 for limit in limits[1:]]
    labels = [str(low) if low == high else f"{low}–{high}" for low, high in zip(limits, ends, strict=False)]
    return [{"shade": index, "label": label} for index, label in enumerate(["0", *labels, f"{limits[-1]} eller fler"])]


def heat_map(
    counts: Mapping[tuple[str, str], int],
    rows: Sequence[Line],
    columns: Sequence[Line],
    address: Address,
    marked: Container[tuple[str, str]] = (),
) -> dict[str, Any]:
    """The table for the page.

    Arguments: counts - reports by (code of sender, code of counterpart); address - gives the address of the
    reports between a sender and a counterpart, where None stands for all; marked - pairs with an open signal.
    """
    limits = lower_limits(max(counts.values(), default=0))
    by_row: Counter[str] = Counter()
    by_column: Counter[str] = Counter()
    for (sender, about), count in counts.items():
        by_row[sender] += count
        by_column[about] += count
    return {
        "columns": [{"label": line.label, "short": line.short} for line in columns],
        "rows": [
            {
                "label": row.label,
                "short": row.short,
                "cells": [
                    _cell(counts.get((row.code, column.code), 0), row, column, limits, address)
                    | {"signal": (row.code, column.code) in marked}
                    for column in columns
                ],
                "total": {"count": by_row[row.code], "href": address(row.code, None)},
            }
            for row in rows
        ],
        "column_totals": [{"count": by_column[line.code], "href": address(None, line.code)} for line in columns],
        "total": {"count": sum(counts.values()), "href": address(None, None)},
        "legend": legend(limits),
    }


def _cell(count: int, row: Line, column: Line, limits: Sequence[int], address: Address) -> dict[str, Any]:
    noun = "avvikelse" if count == 1 else "avvikelser"
    return {
        "count": count,
        "href": address(row.code, column.code),
        "sentence": f"{count} {noun} från {row.label} om {column.label}",
        "shade": shade(count, limits),
        "same": row.code == column.code and count == 0,
    }
