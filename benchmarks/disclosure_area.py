"""Areas that print a monthly report each month, and a federation with its areas: seconds, programmes, share hidden."""

from __future__ import annotations

import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any

from benchmarks.output import percentile, print_table
from models.snapshot_history import ELSEWHERE, LAST_OF_AREA
from schemas.taxonomy import UNASSESSED, category_labels
from tests.publishing import Filed, file_reports, months
from worker.disclosure import Guarded, guard
from worker.summary.registered import tables_of

PARTIES = ("af", "fk", "kommun", "region", "kriminalvard", "ideburen", "other")
CATEGORIES = (*category_labels(), UNASSESSED)
RATES = (2, 5, 10, 40)  # reports a month in an area
YEARS, EARLIER = 24, 12  # months in a snapshot; reports that were printed before the ones that are measured
MEASURED = 6
HEADINGS = ("median s", "p95 s", "most s", "programmes", "hidden %", "in company %", "tables left out", "known before")


class Area:
    """The reports of one area, and its counts as they stood at each publication."""

    def __init__(self, name: str, dice: random.Random, rate: float, span: Sequence[str]) -> None:
        self.name, self.dice = name, dice
        self.reports = file_reports(dice, span, PARTIES, CATEGORIES, rate)

    def correct(self) -> None:
        """Take one report back and judge another one anew."""
        if len(self.reports) > 1:
            self.reports.pop(self.dice.randrange(len(self.reports)))
            place = self.dice.randrange(len(self.reports))
            self.reports[place] = self.reports[place]._replace(category=self.dice.choice(CATEGORIES))


Kept = tuple[list[Area], list[Any], Sequence[Any]]  # who printed, from which counts, and the record


def follow(areas: int, federation: int, seed: int) -> None:
    """Print what the audit of areas, and of a federation with its areas, takes."""
    rows = []
    for rate in RATES if areas else ():
        runs = [_follow([Area("A", random.Random(seed + number), rate, _span())], 1) for number in range(areas)]
        rows.append((f"one area, {rate} reports a month", *_figures([one for run in runs for one in run])))
    if federation:
        members = [Area(chr(65 + number), random.Random(seed + number), 5, _span()) for number in range(federation)]
        rows.append((f"all {federation} areas and the federation", *_figures(_follow(members, federation + 1))))
    if rows:
        print_table((f"reports after {EARLIER} earlier ones", *HEADINGS), rows)


def _span() -> list[str]:
    return months(YEARS + EARLIER + MEASURED - 1)


def _follow(areas: Sequence[Area], prints: int) -> list[tuple[float, Guarded, int]]:
    """Each area prints each month and, with more than one, all of them together do too.

    Returns: for each measured publication the seconds, what was decided, and how many numbers it has.
    """
    kept, measured = list[Kept](), []
    groups = [[area] for area in areas] + ([list(areas)] if prints > len(areas) else [])
    for number in range(EARLIER + MEASURED):
        window = _span()[number : number + YEARS]
        for group in groups:
            snapshot = _snapshot(group, window)
            history = [_entry(*one, group) for one in _of_audience(kept, group, areas)]
            began = time.perf_counter()
            tables = tables_of(snapshot)
            found = guard(tables, [area.name for area in group], history)
            seconds = time.perf_counter() - began
            kept.append((group, snapshot["counts"], found.record))
            if number >= EARLIER:
                measured.append((seconds, found, sum(len(table.keys) for table in tables)))
        for area in areas:
            area.correct()
    return measured


def _of_audience(kept: Sequence[Kept], group: list[Area], areas: Sequence[Area]) -> list[Kept]:
    """As models.snapshot_history chooses: of the same areas, of all together, and for these the last of each area."""
    found = []
    for number, one in enumerate(kept):
        later = sum(other[0] == one[0] for other in kept[number + 1 :])
        near = one[0] == group or len(one[0]) == len(areas)
        found += [one] if later < (EARLIER if near else LAST_OF_AREA if len(group) == len(areas) else 0) else []
    return found


def _entry(group: list[Area], counts: list[Any], record: Sequence[Any], reader: list[Area]) -> dict[str, Any]:
    """What was printed, with what has changed since. The labels are of this publication alone."""
    older = _margins(counts)
    newer = _margins(_counts(group, sorted({row[2] for row in counts})))
    scope = group[0].name if len(group) == 1 else ""
    moved = [[scope, *key, id(record)] for key in {*older, *newer} if older[key] != newer[key]]
    apart = len(reader) == len(group) or len(group) == 1
    names = [area.name for area in group] if apart else [reader[0].name, ELSEWHERE]
    tables = [row for row in record if row["by"] != ["area"]]
    return {"areas": names, "tables": tables, "moved": moved}


def _margins(rows: Iterable[Sequence[Any]]) -> Counter[tuple[Any, ...]]:
    sums = Counter[tuple[Any, ...]]()
    for giver, about, month, category, count in rows:
        for key in ((giver, about, None), (None, None, category), (giver, about, category)):
            sums[*key, month] += count
    return sums


def _counts(group: Iterable[Area], window: Iterable[str]) -> list[list[Any]]:
    inside = set(window)
    rows = Counter(
        (one.giver, one.about, one.month, one.category) for area in group for one in area.reports if one.month in inside
    )
    return [[*key, count] for key, count in rows.items()]


def _snapshot(group: Sequence[Area], window: Sequence[str]) -> dict[str, Any]:
    """As much of a snapshot as its tables need."""
    now, before = window[-12:], window[:-12]
    people = {name: _people(group, span) for name, span in (("now", now), ("before", before))}
    return {
        "months": list(window),
        "first_month": window[0],
        "forum": {"whole_federation": len(group) > 1, "areas": [area.name for area in group]},
        "parties": [{"code": code} for code in PARTIES],
        "categories": [[code, code] for code in CATEGORIES],
        "counts": _counts(group, window),
        "reporters": {
            "all": people["now"][()],
            "all_before": people["before"][()],
            "pairs": [[*pair, people["now"][pair]] for pair in product(PARTIES, PARTIES)],
            "categories": [[code, people["now"][code,]] for code in CATEGORIES],
            "categories_before": [[code, people["before"][code,]] for code in CATEGORIES],
        },
        "patterns": {
            "problems": [
                [*key, people["now"][key], people["before"][key], "", None] for key in people["now"] if len(key) == 3
            ],
            "counterparts": [[*key[1:3], number] for key, number in people["now"].items() if len(key) == 4],
            "areas": [_line(area, now, before) for area in group],
        },
    }


def _people(group: Sequence[Area], window: Sequence[str]) -> Counter[tuple[str, ...]]:
    found, inside = defaultdict[tuple[str, ...], set[Any]](set), set(window)
    for area in group:
        for one in area.reports:
            if one.month in inside:
                pair = (one.giver, one.about)
                for key in ((), pair, (one.category,), (*pair, one.category), ("month of", one.about, one.month, "")):
                    found[key].add((area.name, one.person))
    return Counter({key: len(who) for key, who in found.items()})


def _line(area: Area, now: Sequence[str], before: Sequence[str]) -> list[Any]:
    told: list[Any] = [area.name]
    for span in (now, before):
        inside: list[Filed] = [one for one in area.reports if one.month in set(span)]
        told += [len(inside), len({one.person for one in inside})]
    return told


def _figures(measured: Sequence[tuple[float, Guarded, int]]) -> tuple[float, ...]:
    seconds = [row[0] for row in measured]
    numbers = sum(row[2] for row in measured)
    hidden = sum(len(row[1].withheld) for row in measured)
    company = sum(str(reason) == "complementary" for row in measured for _, _, reason in row[1].withheld)
    return (
        percentile(seconds, 0.5),
        percentile(seconds, 0.95),
        max(seconds),
        sum(row[1].programmes for row in measured) / len(measured),
        100 * hidden / numbers,
        100 * company / numbers,
        sum(len(row[1].dropped) for row in measured) / len(measured),
        sum(len(row[1].known) for row in measured) / len(measured),
    )
