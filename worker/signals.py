"""Signals: which patterns rise, fall silent, or recur in spite of an action. Pure: counts in, findings out.

A pattern is a pair of units and a category in one area. Counts are small, so the test is exact and conditional
(Przyborowski and Wilenski 1940): given the n reports of a pattern in two periods, the number in the later one is
binomial with the later period's share of the time, if nothing has changed. No normal approximation, no model.

Many patterns are tested at once. Patterns so small that no outcome could reach the limit are left out of the
count (Tarone 1990), and the limit is divided by the number of those that remain. By the union bound the expected
number of false signals of one kind is then at most `EXPECTED_FALSE` a month and area, whatever the counts are:
rising and falling together at most 0.99 a quarter. benchmarks/signals.py measures it by simulation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import comb

from schemas.words import SignalKind

BASE_MONTHS = 12
RISING_MONTHS, FALLING_MONTHS = 3, 6
EXPECTED_FALSE = {SignalKind.RISING: 0.25, SignalKind.FALLING: 0.08}  # a month and area; three months give 0.99
LEAST_RISING = 3  # reports; fewer are never a signal, however rare the pattern was before
LEAST_REPORTERS = 2  # one diligent reporter is not a trend
QUIET_DAYS = 60  # an action gets this long before what still comes in counts as recurring
LEAST_RECURRING = 3
Pattern = tuple[int, int, str]


@dataclass(frozen=True)
class Series:
    """One pattern. `months` are counts of closed months, oldest first, the last one closed most recently;
    `reporters` distinct people behind the last `RISING_MONTHS`; `days_since_action` since the oldest open or
    finished action on it was decided, if there is one."""

    pattern: Pattern
    months: Sequence[int]
    reporters: int
    days_since_action: int | None = None


@dataclass(frozen=True)
class Finding:
    """A signal with its evidence: reports in the later and the earlier period, and the chance under no change."""

    pattern: Pattern
    kind: SignalKind
    later: int
    later_months: int
    earlier: int
    reporters: int
    chance: float | None


def find_signals(area: Iterable[Series]) -> list[Finding]:
    """Every signal of one area at the end of a closed month; at most one kind for each pattern."""
    series = list(area)
    found = {finding.pattern: finding for finding in _falling(series)}
    found |= {finding.pattern: finding for finding in _recurring(series)}
    found |= {finding.pattern: finding for finding in _rising(series)}
    return list(found.values())


def _rising(series: Sequence[Series]) -> list[Finding]:
    findings = _tested(series, SignalKind.RISING, RISING_MONTHS, upper_tail)
    return [item for item in findings if item.later >= LEAST_RISING and item.reporters >= LEAST_REPORTERS]


def _falling(series: Sequence[Series]) -> list[Finding]:
    """Silence: nothing at all for half a year where something used to come."""
    return [item for item in _tested(series, SignalKind.FALLING, FALLING_MONTHS, lower_tail) if item.later == 0]


def _recurring(series: Sequence[Series]) -> list[Finding]:
    """No test: a plain statement that reports still come though an action was decided a good while ago."""
    findings = (_finding(row, SignalKind.RECURRING, RISING_MONTHS, None) for row in series if _had_time(row))
    return [item for item in findings if item.later >= LEAST_RECURRING and item.reporters >= LEAST_REPORTERS]


def _had_time(row: Series) -> bool:
    """All months looked at lie after the action and its quiet time."""
    return row.days_since_action is not None and row.days_since_action > QUIET_DAYS + 31 * RISING_MONTHS


def _tested(
    series: Sequence[Series], kind: SignalKind, months: int, tail: Callable[[int, int, float], float]
) -> list[Finding]:
    share = months / (months + BASE_MONTHS)
    findings = []
    for row in series:
        later, earlier = _split(row.months, months)
        if later + earlier:
            findings.append(_finding(row, kind, months, tail(later, later + earlier, share)))
    smallest = [least_chance(item.later + item.earlier, kind, share) for item in findings]
    limit = tarone_limit(smallest, EXPECTED_FALSE[kind])
    return [item for item in findings if item.chance is not None and item.chance <= limit]


def _finding(row: Series, kind: SignalKind, months: int, chance: float | None) -> Finding:
    later, earlier = _split(row.months, months)
    return Finding(row.pattern, kind, later, months, earlier, row.reporters, chance)


def _split(counts: Sequence[int], months: int) -> tuple[int, int]:
    return sum(counts[-months:]), sum(counts[-months - BASE_MONTHS : -months])


def upper_tail(later: int, total: int, share: float) -> float:
    """The chance of at least `later` of `total` reports in a period that is `share` of the time."""
    return sum(comb(total, k) * share**k * (1 - share) ** (total - k) for k in range(later, total + 1))


def lower_tail(later: int, total: int, share: float) -> float:
    """The chance of at most `later` of `total` reports in a period that is `share` of the time."""
    return sum(comb(total, k) * share**k * (1 - share) ** (total - k) for k in range(later + 1))


def least_chance(total: int, kind: SignalKind, share: float) -> float:
    """The smallest chance that a pattern of `total` reports can reach: all of them late, or none."""
    return share**total if kind is SignalKind.RISING else (1 - share) ** total


def tarone_limit(smallest: Sequence[float], expected_false: float) -> float:
    """The limit for one test, so that at most `expected_false` of all tests are expected to pass it by chance.

    Arguments: smallest - the least chance that each pattern can reach. Source: Tarone, Biometrics 46 (1990) 515-522.
    """
    divisor = 1
    while sum(chance <= expected_false / divisor for chance in smallest) > divisor:
        divisor += 1
    return expected_false / divisor
