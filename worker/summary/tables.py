"""The tables and charts of a summary, as data: every number in them is protected already. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from math import ceil
from typing import Any

from schemas.disclosure import HIDDEN, HIDDEN_MEANS, STEP, ZERO, Protected, change
from schemas.months import NAMES, add_months, month_name
from schemas.taxonomy import UNASSESSED
from worker.summary.figures import YEAR, Figures
from worker.summary.names import Names
from worker.summary.sentences import NO_BLAME, tell_month
from worker.summary.words import about, listed, number_word, reports, signed

HIDDEN_LEVEL, MAX_LEVEL = 1, 5
MOST_PARTIES = 12
LEAST_SCALE = 20  # reports; a category of five must not look large because the others are smaller


def draw_heat_map(figures: Figures, parties: Sequence[Mapping[str, Any]], names: Names) -> dict[str, Any]:
    """Rows report, columns are reported about. `level` is the shade: 0 for none, 1 for hidden, 2 to 5 by size."""
    everybody, parties = parties, _that_fit(figures, parties)
    givers = [party for party in parties if not party["outside"] or _reports(party["code"], figures)]
    step = _step(figures)
    return {
        "reading": NO_BLAME + _longer(figures) + _left_out(len(everybody), len(parties)),
        "first_month": month_name(add_months(figures.months[-1][0], 1 - figures.map_months)),
        "columns": [_heading(party) for party in parties],
        "rows": [
            {
                **_heading(giver),
                "cells": [_cell(figures, (giver["code"], party["code"]), names, step) for party in parties],
            }
            for giver in givers
        ],
        "legend": _legend(figures, step),
    }


def _that_fit(figures: Figures, parties: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """As many parties as a page is wide for: those with the largest printed numbers, in the order they had."""
    size = Counter[str]()
    for pair, number in figures.pairs.items():
        for code in pair:
            size[code] = max(size[code], number.value or 0)
    places = sorted(range(len(parties)), key=lambda place: (-size[parties[place]["code"]], place))
    return [parties[place] for place in sorted(places[:MOST_PARTIES])]


def _longer(figures: Figures) -> str:
    return f" Kartan visar {figures.map_span}, för ett enda har för få rapporter." if figures.map_months > YEAR else ""


def _left_out(total: int, shown: int) -> str:
    return f" Kartan visar {number_word(shown)} av {total} parter, de med störst tal." if shown < total else ""


def _heading(party: Mapping[str, Any]) -> dict[str, str]:
    """Whoever stands outside the register shares one column."""
    if party["outside"]:
        return {"name": "Annan", "short": "Annan"}
    return {"name": party["name"], "short": party["short"]}


def _reports(code: str, figures: Figures) -> bool:
    return any(giver == code for giver, _ in figures.pairs)


def _cell(figures: Figures, pair: tuple[str, str], names: Names, step: int) -> dict[str, Any]:
    number = figures.pairs.get(pair, ZERO)
    return {
        "number": number.dump(),
        "level": _level(number, step),
        "spoken": f"{names.pair(pair)}: {reports(number)}",
        "same": pair[0] == pair[1],
    }


def _step(figures: Figures) -> int:
    """How much one shade holds: a quarter of the largest printed number, as a multiple of five."""
    largest = max((number.value or 0 for number in figures.pairs.values()), default=0)
    return max(1, ceil(largest / (MAX_LEVEL - HIDDEN_LEVEL) / STEP)) * STEP


def _level(number: Protected, step: int) -> int:
    if number.value is None:
        return HIDDEN_LEVEL
    return HIDDEN_LEVEL + ceil(number.value / step) if number.value else 0


def _legend(figures: Figures, step: int) -> list[dict[str, Any]]:
    """What each shade means, up to the darkest one in use."""
    darkest = max((_level(number, step) for number in figures.pairs.values()), default=0)
    shades = [
        {"level": 0, "text": "0"},
        {
            "level": HIDDEN_LEVEL,
            "text": f"{HIDDEN} {HIDDEN_MEANS}",
        },
    ]
    for level in range(HIDDEN_LEVEL + 1, darkest + 1):
        last = (level - HIDDEN_LEVEL) * step
        first = last - step + STEP
        most = f"{first} eller fler" if level == MAX_LEVEL else f"{first}–{last}"
        shades.append({"level": level, "text": str(last) if first == last else most})
    return shades


def list_categories(figures: Figures, names: Names) -> dict[str, Any]:
    """Every category with its number, the largest first; those that wait for a judgement stand last."""
    order = [*names.categories, *sorted(figures.categories)]
    codes = sorted(
        {*names.categories, *figures.categories},
        key=lambda code: (code == UNASSESSED, -_size(figures.categories.get(code, ZERO)), order.index(code)),
    )
    tallest = max([number.value or 0 for number in figures.categories.values()] + [LEAST_SCALE])
    return {
        "compared": figures.categories_before is not None,
        "rows": [_category(code, figures, names, tallest) for code in codes],
    }


def _size(number: Protected) -> int:
    """What rows are ordered by: the printed number, with hidden ones between zero and five."""
    return 1 if number.value is None else number.value


def _category(code: str, figures: Figures, names: Names, tallest: int) -> dict[str, Any]:
    now = figures.categories.get(code, ZERO)
    before = figures.categories_before
    difference = signed(change(now, before.get(code, ZERO))) if before is not None else None
    return {
        "label": names.category(code),
        "number": now.dump(),
        "change": difference,
        "twentieths": _twentieths(now, tallest),
    }


def _twentieths(number: Protected, tallest: int) -> int:
    """The length of a bar in twentieths of the longest, from the printed number; a hidden one has no length."""
    return ceil(20 * (number.value or 0) / tallest)


def _extremes(figures: Figures) -> str:
    """The highest and the lowest of the months that can be told: a year moves up and down."""
    told = [(number.at_least, month, number) for month, number in figures.months if number.value is not None]
    if not told or all(number == told[0][2] for _, _, number in told):
        return "Månaderna skiljer sig inte åt i de antal som visas."
    high, low = max(row[0] for row in told), min(row[0] for row in told)
    return f"Högst antal: {_those(told, high)}. Lägst av dem som visas: {_those(told, low)}."


def _those(told: Sequence[tuple[int, date, Protected]], level: int) -> str:
    months = [NAMES[month.month - 1] for at_least, month, _ in told if at_least == level]
    number = next(number for at_least, _, number in told if at_least == level)
    return f"{listed(months)}, {reports(number)}{' vardera' if len(months) > 1 and number.value else ''}"


def draw_trend(figures: Figures, *, yearly: bool = False) -> dict[str, Any]:
    """Twelve months of totals, and what a typical month before the last one holds."""
    return {
        "reading": _extremes(figures) if yearly else "{claim} {text}".format(**tell_month(figures)),
        "months": [
            {"name": month_name(month), "short": NAMES[month.month - 1][:3], "number": number.dump()}
            for month, number in figures.months
        ],
        "norm": figures.norm.dump() if figures.norm else None,
        "spoken": "; ".join(f"{month_name(month)}: {about(number)}" for month, number in figures.months),
    }
