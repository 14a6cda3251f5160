"""What a score is worth, measured on voices that a model has not read.

One temperature makes confidence mean something (Guo, Pleiss, Sun and Weinberger 2017); a threshold below
which the model abstains makes what it does decide right often enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from worker.classification import shares

TEMPERATURES = tuple(step / 4 for step in range(2, 61))


@dataclass(frozen=True)
class HeldOut:
    """A prediction for a text by a model that has not seen its voice."""

    writer: str
    label: str
    scores: list[float]


def best_temperature(held_out: Sequence[HeldOut], labels: Sequence[str]) -> float:
    """The temperature under which the held-out labels are likeliest."""
    places = [labels.index(one.label) for one in held_out]

    def surprise(temperature: float) -> float:
        likely = (shares(one.scores, temperature)[place] for one, place in zip(held_out, places, strict=True))
        return -sum(map(log, likely))

    return min(TEMPERATURES, key=surprise)


def judged(held_out: Sequence[HeldOut], labels: Sequence[str], temperature: float) -> list[tuple[float, bool]]:
    """Each held-out text's confidence and whether the guess was right, the surest first."""
    pairs = []
    for one in held_out:
        confidence, label = max(zip(shares(one.scores, temperature), labels, strict=True))
        pairs.append((confidence, label == one.label))
    return sorted(pairs, reverse=True)


def lowest_threshold(pairs: Sequence[tuple[float, bool]], precision: float) -> float:
    """The lowest confidence, in hundredths, from which on the held-out guesses are right often enough.

    Arguments: pairs - as `judged` gives them; precision - the wanted share of right guesses, 0-1.
    Returns: 1.0 when no confidence is high enough.
    """
    for hundredths in range(20, 100):
        kept = [right for confidence, right in pairs if confidence >= hundredths / 100]
        if kept and sum(kept) >= precision * len(kept):
            return hundredths / 100
    return 1.0
