"""The figures of a classifier, from what it guessed and what was right: values in, values out."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from worker.classification import Suggestion, classify
from worker.classification_model import Model

BINS = 10


@dataclass(frozen=True)
class Guess:
    """What was said of a text, what is right, and the other codes that are accepted."""

    confidence: float
    said: str
    right: str
    also: Sequence[str] = ()
    decided: bool = True
    group: str = ""

    @property
    def strict(self) -> bool:
        return self.said == self.right

    @property
    def lenient(self) -> bool:
        return self.strict or self.said in self.also


def share(hits: Iterable[bool]) -> float:
    """The share of what is true; not a number when there is nothing."""
    hits = list(hits)
    return sum(hits) / len(hits) if hits else float("nan")


def macro_f1(guesses: Sequence[Guess], *, lenient: bool = False) -> float:
    """The mean F1 over the categories that occur. Lenient: an accepted second code counts as the right one."""
    pairs = [(one.said, one.said if lenient and one.lenient else one.right) for one in guesses]
    said, right = Counter(said for said, _ in pairs), Counter(right for _, right in pairs)
    hit = Counter(code for code, other in pairs if code == other)
    return sum(2 * hit[code] / (said[code] + right[code]) for code in right) / len(right)


def coverage(guesses: Sequence[Guess], precision: float = 0.9) -> float:
    """The largest share of the texts, the surest first, of which this share is right."""
    hits, best = 0, 0
    for place, one in enumerate(sorted(guesses, key=lambda one: -one.confidence), 1):
        hits += one.strict
        best = place if hits >= precision * place else best
    return best / len(guesses)


def calibration_bins(guesses: Sequence[Guess]) -> list[tuple[int, float, float]]:
    """Texts, mean confidence and share right, in bins of equal size from the least sure."""
    ordered = sorted(guesses, key=lambda one: one.confidence)
    size = len(ordered) / BINS
    bins = [ordered[round(size * at) : round(size * (at + 1))] for at in range(BINS)]
    return [
        (len(bin_), sum(one.confidence for one in bin_) / len(bin_), share(one.strict for one in bin_)) for bin_ in bins
    ]


def calibration_error(guesses: Sequence[Guess]) -> float:
    """The mean distance between what is said and what is right (expected calibration error, ten bins)."""
    return sum(count * abs(said - right) for count, said, right in calibration_bins(guesses)) / len(guesses)


def kappa(pairs: Sequence[tuple[str, str]]) -> float:
    """Agreement beyond chance of two labellings (Cohen 1960)."""
    first, second = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    agreed = share(one == other for one, other in pairs)
    chance = sum(first[code] * second[code] for code in first) / len(pairs) ** 2
    return (agreed - chance) / (1 - chance) if chance < 1 else 1.0


def wilson(share_right: float, count: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927)."""
    z, n = 1.96, count
    middle = (share_right + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * (share_right * (1 - share_right) / n + z * z / (4 * n * n)) ** 0.5
    return middle - half, middle + half


@dataclass(frozen=True)
class Fidelity:
    """What happens to the confidence when words are taken out of one text."""

    strongest_lowers: bool
    drop_by_reasons: float
    drop_by_others: float


def fidelity(model: Model, text: str, dice: random.Random) -> Fidelity | None:
    """Take the strongest reason out, then all reasons, then as many other words. None for a text without reasons."""
    found = classify(model, text)
    told = [word for reason in found.reasons for word in re.findall(r"\w+", reason)]
    others = [word for word in dict.fromkeys(re.findall(r"[^\W\d_]{3,}", text)) if word not in told]
    if not told or len(others) < len(told):
        return None
    without = _without(model, text, found)
    drawn = dice.sample(others, len(told))
    strongest = without(found.reasons[:1])
    return Fidelity(
        strongest < found.confidence, found.confidence - without(found.reasons), found.confidence - without(drawn)
    )


def _without(model: Model, text: str, found: Suggestion) -> Callable[[Sequence[str]], float]:
    def confidence(words: Sequence[str]) -> float:
        left = re.sub(rf"\b({'|'.join(map(re.escape, words))})\b", "", text)
        again = classify(model, left)
        return dict([(again.category, again.confidence), *again.alternatives]).get(found.category, 0.0)

    return confidence
