"""How often "did it help?" is right: `./lexheller bench effect`.

Simulated decisions: twelve months before, some months after, Poisson reports. Under no change every verdict other
than "kan inte avgöras" is false. Planted effects halve the rate, cut it to a tenth, or stop it.
"""

from __future__ import annotations

import random

from benchmarks.signals import _poisson
from worker.effect import BEFORE_MONTHS, Periods, judge

DECISIONS = 1000
RATES = (0.5, 1.0, 2.0, 5.0)  # reports a month before the decision
AFTER_MONTHS = (3, 6, 12)
TIMES = (1.0, 0.5, 0.1, 0.0)  # what the rate is multiplied by; 1 is no change


def main(decisions: int = DECISIONS, seed: int = 1) -> None:
    """Print the share of decisions that are called helpful, by rate, months after, and what really happened."""
    dice = random.Random(seed)
    print("Share of decisions called 'ser ut att ha hjälpt' (and, under no change, 'har blivit fler')")
    print(f"{'rate before':>12} {'months after':>13} {'no change':>16} {'halved':>8} {'to a tenth':>11} {'stopped':>8}")
    for rate in RATES:
        for months in AFTER_MONTHS:
            null, *planted = (_verdicts(dice, rate, months, times, decisions) for times in TIMES)
            found = " ".join(f"{helped:>{width}.0%}" for (helped, _), width in zip(planted, (8, 11, 8), strict=True))
            print(f"{rate:>12} {months:>13} {null[0]:>8.2%} ({null[1]:.2%}) {found}")


def _verdicts(dice: random.Random, rate: float, months: int, times: float, decisions: int) -> tuple[float, float]:
    """(share called helpful, share called worse)."""
    helped = worse = 0
    for _ in range(decisions):
        after = _poisson(dice, rate * times * months) if times else 0
        verdict = judge(Periods(_poisson(dice, rate * BEFORE_MONTHS), BEFORE_MONTHS, after, months))
        helped += verdict.sentence.startswith("Ser ut att ha hjälpt")
        worse += verdict.sentence.startswith("Det har blivit fler")
    return helped / decisions, worse / decisions


if __name__ == "__main__":
    main()
