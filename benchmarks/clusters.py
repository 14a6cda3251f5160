"""How well reports of the same problem are put together, and what it costs: `./lexheller bench clusters`.

Planted problems (data/patterns/clusters.jsonl) stand among texts of the classifier's, which tell of everything else.
A pair of planted reports is right when both tell of one problem. Costs are CPU seconds of this process.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from datetime import date
from itertools import combinations

from benchmarks.classifier_sets import ROOM, Row, lines
from benchmarks.output import print_table
from schemas.cluster import Telling, portrait
from settings import ROOT
from worker.clustering import Grouping, Standing, group, rarity

OTHERS = (0, 30, 300, 1000)
SIZES = (100, 500, 2500, 4000)  # 50 000 reports in twenty areas are 2 500 each; 4 000 are compared at most
LATER = 20  # reports that come between two looks
PEOPLE, MONTHS = 9, 12
ANY = date(2026, 1, 1)


def main(seed: int = 1) -> None:
    """Print quality, the same when reports come month by month, and the cost."""
    every, texts = lines(ROOT / "data" / "patterns" / "clusters.jsonl"), lines(ROOM / "training.jsonl")
    for part, held_out in (("limits set on these", False), ("written afterwards", True)):
        print(f"\n{part}")
        _print_quality([row for row in every if row.get("held_out", False) is held_out], texts, seed)
    _print_cost([row["text"] for row in texts], seed)


def _print_quality(planted: Sequence[Row], texts: Sequence[Row], seed: int) -> None:
    problems = {at: row["problem"] for at, row in enumerate(planted)}
    own = tellings([row["text"] for row in planted])
    table = []
    for count in OTHERS:
        dice = random.Random(seed + count)
        rest = tellings([row["text"] for row in dice.sample(texts, count)], len(own))
        for label, found in (("at once", group([*own, *rest], Standing()).new), ("by month", monthly(own, rest, dice))):
            table.append([count, label, *_figures(found, problems)])
    print_table(["other reports", "looked", "clusters", "precision", "recall", "others beside planted"], table)
    _print_names(own)


def tellings(texts: Sequence[str], first: int = 0) -> list[Telling]:
    """Texts as reports with running ids, by several people in turn."""
    return [Telling(first + at, at % PEOPLE, ANY, text) for at, text in enumerate(texts)]


def monthly(own: Sequence[Telling], rest: Sequence[Telling], dice: random.Random) -> list[list[int]]:
    """The clusters after twelve looks, with a twelfth of the reports new each time."""
    drawn = dice.sample([*own, *rest], len(own) + len(rest))
    clusters: dict[int, list[int]] = {}
    for month in range(1, MONTHS + 1):
        known = drawn[: len(drawn) * month // MONTHS]
        _take_in(clusters, group(known, Standing(clusters)))
    return list(clusters.values())


def _take_in(clusters: dict[int, list[int]], found: Grouping) -> None:
    for report, cluster in found.joins.items():
        clusters[cluster].append(report)
    for reports in found.new:
        clusters[len(clusters)] = reports


def _figures(found: Sequence[Sequence[int]], problems: dict[int, str]) -> list[object]:
    cluster = {report: at for at, reports in enumerate(found) for report in reports}
    pairs = list(combinations(problems, 2))
    same = {pair for pair in pairs if problems[pair[0]] == problems[pair[1]]}
    together = {pair for pair in pairs if pair[0] in cluster and cluster[pair[0]] == cluster.get(pair[1])}
    right = len(same & together)
    mixed = [reports for reports in found if any(report in problems for report in reports)]
    beside = sum(report not in problems for reports in mixed for report in reports)
    return [len(found), right / max(1, len(together)), right / len(same), beside]


def _print_names(own: Sequence[Telling]) -> None:
    weights = rarity([telling.text for telling in own])
    for reports in group(own, Standing()).new:
        found = portrait([own[report] for report in reports], weights)
        print(f"{found.reports} reports: {found.name}")


def _print_cost(texts: Sequence[str], seed: int) -> None:
    """Each text is made of the beginning of one and the end of another, so that there are enough different ones."""
    dice = random.Random(seed)
    table = []
    for size in SIZES:
        made = [_mixed(dice.choice(texts), dice.choice(texts)) for _ in range(size + LATER)]
        every = tellings(made)
        started = time.process_time()
        found = group(every[:size], Standing())
        first = time.process_time()
        group(every, Standing(dict(enumerate(found.new))))
        table.append([size, first - started, time.process_time() - first])
    print_table(["reports of an area", "first look, s", f"with {LATER} new, s"], table)


def _mixed(one: str, other: str) -> str:
    head, tail = one.split(), other.split()
    return " ".join([*head[: len(head) // 2], *tail[len(tail) // 2 :]])
