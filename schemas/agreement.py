"""Do two judgements agree beyond chance? For reports that a person judged without seeing the machine's suggestion,
and for how often a shown suggestion is changed: values in, values out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

Z = 1.96  # a 95 % interval
FEWEST = 20  # judgements before a change of habit is told
FEW_PAIRS = 10  # judgements of two categories before advice is given about them
MIXED = 0.3  # the share of them that the two judgements tell apart differently
LARGE, SPLIT = 0.25, 0.4  # a category with a quarter of all reports, and a second code on two of five of them
RECENT = 50

Pair = tuple[str, str]


@dataclass(frozen=True)
class Agreement:
    """Cohen's kappa of one category against all others, with its 95 % interval; `count` are judgements with it."""

    category: str
    count: int
    kappa: float
    low: float
    high: float


def kappa(pairs: Sequence[Pair]) -> tuple[float, float]:
    """Cohen's kappa and its standard error (Cohen 1960). Arguments: pairs - the two judgements of each report.

    Returns: 1 and 0 when both have always said one and the same thing, as there is nothing to agree about.
    """
    count = len(pairs)
    agreed = sum(one == other for one, other in pairs) / count
    first, second = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    chance = sum(first[code] * second[code] for code in first) / count**2
    if chance == 1:
        return 1.0, 0.0
    return (agreed - chance) / (1 - chance), sqrt(agreed * (1 - agreed) / count) / (1 - chance)


def by_category(pairs: Sequence[Pair]) -> list[Agreement]:
    """Each category that somebody has used, the one with the weakest agreement first."""
    found = []
    for code in sorted({code for pair in pairs for code in pair}):
        value, error = kappa([(str(one == code), str(other == code)) for one, other in pairs])
        count = sum(code in pair for pair in pairs)
        found.append(Agreement(code, count, value, max(-1.0, value - Z * error), min(1.0, value + Z * error)))
    return sorted(found, key=lambda one: one.kappa)


def to_merge(pairs: Sequence[Pair]) -> list[tuple[str, str, int, int]]:
    """Two categories that are so often taken for each other that one may do, with how many of how many."""
    used = sorted({code for pair in pairs for code in pair})
    found = []
    for at, one in enumerate(used):
        for other in used[at + 1 :]:
            both = [pair for pair in pairs if set(pair) <= {one, other}]
            mixed = sum(first != second for first, second in both)
            if len(both) >= FEW_PAIRS and mixed >= MIXED * len(both):
                found.append((one, other, mixed, len(both)))
    return found


def to_split(judged: Sequence[tuple[str, Sequence[str]]]) -> list[tuple[str, str, int, int]]:
    """A large category that often needs the same second code: the two together may be a category of their own.

    Arguments: judged - the category and the second codes of each report. Returns: category, second code, how many
    of how many.
    """
    totals = Counter(category for category, _ in judged)
    seconds = Counter((category, code) for category, also in judged for code in also)
    large = {code for code, count in totals.items() if count >= max(FEWEST, LARGE * len(judged))}
    often = [
        (category, code, count, totals[category])
        for (category, code), count in sorted(seconds.items())
        if category in large and count >= SPLIT * totals[category]
    ]
    return often


def wilson_low(hits: int, count: int) -> float:
    """The lower end of the 95 % interval of a share (Wilson 1927)."""
    share, square = hits / count, Z * Z
    middle = (share + square / (2 * count)) / (1 + square / count)
    return middle - Z / (1 + square / count) * sqrt(share * (1 - share) / count + square / (4 * count**2))


@dataclass(frozen=True)
class Drift:
    """How often shown suggestions were changed: lately, and before. `rising` when the rise is more than chance."""

    recent: int
    recent_changed: int
    before: int
    before_changed: int
    rising: bool


def drift(changed: Sequence[bool]) -> Drift:
    """Arguments: changed - for each shown suggestion, oldest first, whether a person chose another category."""
    recent, before = list(changed[-RECENT:]), list(changed[:-RECENT])
    enough = len(recent) >= FEWEST and len(before) >= FEWEST
    rising = enough and wilson_low(sum(recent), len(recent)) > sum(before) / len(before)
    return Drift(len(recent), sum(recent), len(before), sum(before), rising)
