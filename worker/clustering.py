"""Finds reports that tell of the same problem, months apart and in other words. Pure: texts in, groups out.

Machines only add: a report that stands in a cluster stays there until a person takes it out, and what a person took
out or dissolved does not come back. So a cluster keeps its identity however many reports come.

Likeness is the cosine of what two texts share: stems, and pieces of five letters for what compounds have in common,
each weighted by how rare it is among the classifier's texts and the area's reports together. The shipped texts make
likeness mean the same in an area of ten reports as in one of a thousand. data/patterns/clusters.jsonl measures it.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import lru_cache
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from schemas.cluster import FEWEST, FEWEST_PEOPLE, FEWEST_WORDS, LEAST_SHARE, Telling
from schemas.similarity import stems
from worker.classification_model import DEFAULT

NEAR = 0.25  # Two texts that may found a cluster together.
JOIN = 0.3  # A text and the middle of a cluster.
PIECE, PIECE_WEIGHT = 5, 0.35  # Letters of a piece, and what it weighs beside a whole stem.
BREVITY = 100.0  # Added to the squared length of each text, so that one shared word makes no two short texts alike.
EVERYDAY = 0.1  # What stands in more than this share of the texts makes nothing alike.
ROUNDS = 3  # A new cluster is drawn around its middle so many times.

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Standing:
    """What is so already, by the id of each cluster: its reports, the reports that a dissolved one had, and the
    reports that people took out."""

    clusters: Mapping[int, Sequence[int]] = field(default_factory=dict)
    dissolved: Mapping[int, Sequence[int]] = field(default_factory=dict)
    taken_out: Mapping[int, Set[int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Grouping:
    """What is new: report to the cluster it joins, report to the dissolved one it is like, and new clusters."""

    joins: dict[int, int]
    like_dissolved: dict[int, int]
    new: list[list[int]]


def group(tellings: Sequence[Telling], standing: Standing) -> Grouping:
    """Place the reports that stand in no cluster. The same reports give the same answer, whatever their order."""
    tellings = sorted(tellings, key=lambda telling: telling.id)
    vectors = vectors_of([telling.text for telling in tellings])
    place = {telling.id: at for at, telling in enumerate(tellings)}
    placed = {report for reports in standing.clusters.values() for report in reports}
    free = [telling.id for telling in tellings if telling.id not in placed]
    joins = _nearest(free, place, vectors, standing.clusters, standing.taken_out)
    bound = {report for reports in standing.dissolved.values() for report in reports}
    left = [report for report in free if report not in joins and report not in bound]
    like_dissolved = _nearest(left, place, vectors, standing.dissolved, {})
    pool = [place[report] for report in left if report not in like_dissolved]
    people = [telling.reporter_id for telling in tellings]
    held = [found for found in _found(vectors, pool, people) if _held([tellings[at].text for at in found])]
    new = [[tellings[at].id for at in found] for found in held]
    return Grouping(joins, like_dissolved, new)


def _held(texts: Sequence[str]) -> bool:
    """Whether enough words hold these texts together: words that each stand in a good part of them."""
    counts = Counter(stem for text in texts for stem in stems(text))
    shared = [stem for stem in rarity(texts) if counts[stem] >= max(2, LEAST_SHARE * len(texts))]
    return len(shared) >= FEWEST_WORDS


def rarity(texts: Sequence[str]) -> dict[str, float]:
    """By stem, how much its being shared tells in these texts; everyday stems are left out."""
    found = _rarity([stems(text).keys() for text in texts])
    return {stem: weight for stem, weight in found.items() if weight >= -log(EVERYDAY)}


def features(text: str) -> dict[str, float]:
    """Stems and pieces of the words that can tell something, with their weights."""
    words = stems(text)
    pieces = {f"c:{word[at : at + PIECE]}" for word in words.values() for at in range(len(word) - PIECE + 1)}
    return dict.fromkeys(words, 1.0) | dict.fromkeys(pieces, PIECE_WEIGHT)


@lru_cache(maxsize=1)
def _background() -> tuple[int, Counter[str]]:
    """How many texts the classifier was taught with, and how many of them hold each feature."""
    lines = (DEFAULT.parent / "training.jsonl").read_text(encoding="utf-8").splitlines()
    return len(lines), Counter(name for line in lines for name in features(json.loads(line)["text"]))


def _rarity(texts: Sequence[Set[str]]) -> dict[str, float]:
    total, counts = _background()
    own = Counter(name for text in texts for name in text)
    everything = 1 + total + len(texts)
    return {name: log(everything / (1 + counts[name] + count)) for name, count in own.items()}


def vectors_of(texts: Sequence[str]) -> csr_matrix:
    """A line of length one for each text. What stands in one text only has no column, and weighs in the length."""
    found = [features(text) for text in texts]
    weight = _rarity([one.keys() for one in found])
    shared = Counter(name for one in found for name in one)
    telling = [name for name in sorted(shared) if shared[name] > 1 and weight[name] >= -log(EVERYDAY)]
    columns = {name: at for at, name in enumerate(telling)}
    cells: list[tuple[int, int, float]] = []
    for line, one in enumerate(found):
        length = sqrt(BREVITY + sum((value * weight[name]) ** 2 for name, value in one.items()))
        cells += [
            (line, columns[name], value * weight[name] / length) for name, value in one.items() if name in columns
        ]
    lines, places, values = zip(*cells, strict=True) if cells else ((), (), ())
    return csr_matrix((values, (lines, places)), shape=(len(texts), max(1, len(columns))))


def _nearest(
    reports: Sequence[int],
    place: Mapping[int, int],
    vectors: csr_matrix,
    clusters: Mapping[int, Sequence[int]],
    barred: Mapping[int, Set[int]],
) -> dict[int, int]:
    """Each report's nearest cluster that is near enough and that nobody took it out of."""
    known = {name: [place[report] for report in own if report in place] for name, own in sorted(clusters.items())}
    names = [name for name, own in known.items() if own]
    if not reports or not names:
        return {}
    middles = np.vstack([_middle(vectors, known[name]) for name in names])
    near = np.round(vectors[[place[report] for report in reports]] @ middles.T, 6)
    for at, name in enumerate(names):
        near[[line for line, report in enumerate(reports) if name in barred.get(report, ())], at] = 0
    best = near.argmax(axis=1)
    return {
        report: names[column]
        for line, (report, column) in enumerate(zip(reports, best, strict=True))
        if near[line, column] >= JOIN
    }


def _middle(vectors: csr_matrix, places: Sequence[int]) -> Vector:
    mean: Vector = np.asarray(vectors[places].mean(axis=0)).ravel()
    return mean / (np.linalg.norm(mean) or 1.0)


def _found(vectors: csr_matrix, pool: Sequence[int], people: Sequence[int]) -> list[list[int]]:
    """New clusters, begun by whatever has most neighbours, until nothing has enough."""
    free, near, found = set(pool), _neighbours(vectors, pool), []
    crowded = sorted(pool, key=lambda at: (-len(near[at]), -sum(near[at].values()), at))
    for leader in crowded:
        around = [leader, *(at for at in near[leader] if at in free)]
        if leader not in free or len(around) < FEWEST:
            continue
        own = _drawn_around(vectors, around, sorted(free))
        if len(own) >= FEWEST and len({people[at] for at in own}) >= FEWEST_PEOPLE:
            found.append(own)
            free -= set(own)
    return found


def _drawn_around(vectors: csr_matrix, own: Sequence[int], free: Sequence[int]) -> list[int]:
    """Whatever is near enough to the middle, and then to the middle of those."""
    for _ in range(ROUNDS):
        near = np.round(vectors[free] @ _middle(vectors, own), 6)
        drawn = [at for at, share in zip(free, near, strict=True) if share >= JOIN]
        if drawn == own or not drawn:
            return drawn
        own = drawn
    return list(own)


def _neighbours(vectors: csr_matrix, pool: Sequence[int]) -> dict[int, dict[int, float]]:
    """Of each text in the pool the others that are near it, with how near."""
    near: dict[int, dict[int, float]] = defaultdict(dict)
    if pool:
        own = vectors[list(pool)]
        pairs = (own @ own.T).tocoo()
        for one, other, share in zip(pairs.row, pairs.col, np.round(pairs.data, 6), strict=True):
            if one != other and share >= NEAR:
                near[pool[one]][pool[other]] = float(share)
    return near
