"""What worked, shown beside what failed: a card of the dashboard."""

from __future__ import annotations

from typing import Any

from models.count_queries import Window, good_sums
from webapp.filters import GOOD, Filter
from webapp.requests import reading

MOST_LINES = 6


def good_card(chosen: Filter, window: Window) -> dict[str, Any]:
    """How many reports told of something that worked, by counterpart, the most first; each leads to its reports."""
    sums = good_sums(reading(), window)
    units = sorted((unit for unit in chosen.units if unit.id in sums), key=lambda unit: (-sums[unit.id], unit.position))
    return {
        "total": sum(sums.values()),
        "href": chosen.address("avvikelser.list_reports", slag=GOOD, kategori=""),
        "lines": [
            {
                "label": unit.name,
                "count": sums[unit.id],
                "href": chosen.address("avvikelser.list_reports", slag=GOOD, om=unit.code, kategori=""),
            }
            for unit in units[:MOST_LINES]
        ],
    }
