"""How often signals are false, and how soon true ones come: `./lexheller bench signals`.

Simulated areas: each pattern gets a rate from a gamma distribution (some common, most rare), months are Poisson.
Under no change every signal is false. Then one pattern's rate is doubled or tripled and the months are counted
until its signal comes. Reporters are taken to be as many as the reports, so that the test alone is measured.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from math import exp
from statistics import median

from models.signal import SignalKind
from worker.signals import BASE_MONTHS, FALLING_MONTHS, Pattern, Series, find_signals

PATTERNS = (10, 30, 100)
YEARLY = (12, 60, 300)  # reports a year in an area
AREAS = 200
MONTHS = 24
HISTORY = BASE_MONTHS + FALLING_MONTHS
RATES = (0.5, 1.0, 2.0)  # reports a month of the pattern that changes
MOST_MONTHS = 24


def main(areas: int = AREAS, seed: int = 1) -> None:
    """Print false signals for each area and quarter, and months until a changed rate is noticed."""
    dice = random.Random(seed)
    print("False signals an area and quarter under no change")
    print(f"{'patterns':>9} {'reports/year':>13} {'rising':>8} {'falling':>8} {'together':>9}")
    for patterns in PATTERNS:
        for yearly in YEARLY:
            rising, falling = _false(dice, patterns, yearly, areas)
            print(f"{patterns:>9} {yearly:>13} {rising:>8.3f} {falling:>8.3f} {rising + falling:>9.3f}")
    print(f"\nMonths until a changed rate is noticed (30 patterns, 60 reports a year; at most {MOST_MONTHS})")
    print(f"{'rate before':>12} {'times':>6} {'noticed':>8} {'median months':>14}")
    for rate in RATES:
        for times in (2, 3):
            noticed, months = _delay(dice, rate, times, areas)
            print(f"{rate:>12} {times:>6} {noticed:>8.0%} {months:>14}")


def _rates(dice: random.Random, patterns: int, yearly: int) -> list[float]:
    weights = [dice.gammavariate(0.7, 1) for _ in range(patterns)]
    return [weight / sum(weights) * yearly / 12 for weight in weights]


def _poisson(dice: random.Random, rate: float) -> int:
    """Knuth's method: multiply uniform numbers until they fall below e to the minus rate; rates here are small."""
    limit, product, count = exp(-rate), dice.random(), 0
    while product > limit:
        product *= dice.random()
        count += 1
    return count


def _series(histories: Sequence[Sequence[int]], month: int) -> list[Series]:
    windows = [list(history[month - HISTORY : month]) for history in histories]
    return [Series((index, 0, ""), window, sum(window[-3:])) for index, window in enumerate(windows)]


def _false(dice: random.Random, patterns: int, yearly: int, areas: int) -> tuple[float, float]:
    """(rising, falling) signals an area and quarter. A signal that stays is one signal, not one a month."""
    counts = dict.fromkeys(SignalKind, 0)
    for _ in range(areas):
        histories = [[_poisson(dice, rate) for _ in range(HISTORY + MONTHS)] for rate in _rates(dice, patterns, yearly)]
        standing: set[tuple[Pattern, SignalKind]] = set()
        for month in range(HISTORY, HISTORY + MONTHS):
            found = {(finding.pattern, finding.kind) for finding in find_signals(_series(histories, month))}
            for _, kind in found - standing:
                counts[kind] += 1
            standing = found
    quarters = areas * MONTHS / 3
    return counts[SignalKind.RISING] / quarters, counts[SignalKind.FALLING] / quarters


def _delay(dice: random.Random, rate: float, times: int, areas: int) -> tuple[float, str]:
    """(share noticed, median months) for one pattern whose rate is multiplied."""
    delays = [_months_until_noticed(dice, rate, times) for _ in range(areas)]
    noticed = [delay for delay in delays if delay is not None]
    middle = median(delay if delay is not None else MOST_MONTHS + 1 for delay in delays)
    return len(noticed) / areas, f"{middle:g}" if middle <= MOST_MONTHS else f"over {MOST_MONTHS}"


def _months_until_noticed(dice: random.Random, rate: float, times: int) -> int | None:
    others = [[_poisson(dice, other) for _ in range(HISTORY + MOST_MONTHS)] for other in _rates(dice, 29, 60)]
    changed = [_poisson(dice, rate) for _ in range(HISTORY)]
    changed += [_poisson(dice, rate * times) for _ in range(MOST_MONTHS)]
    for month in range(1, MOST_MONTHS + 1):
        found = find_signals(_series([changed, *others], HISTORY + month))
        if any(finding.pattern[0] == 0 and finding.kind is SignalKind.RISING for finding in found):
            return month
    return None


if __name__ == "__main__":
    main()
