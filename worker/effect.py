"""Did it help? The rate of a pattern before and after a decision, compared exactly. Pure: counts in, verdict out.

Given the reports in both periods together, those after the decision are binomial. The limits for their share are
Clopper and Pearson's (Biometrika 26 (1934) 404-413), which turn into limits for the ratio of the two rates
(Przyborowski and Wilenski, Biometrika 31 (1940) 313-323). They are exact: the true ratio lies outside them at most
five times in a hundred, also for the smallest counts.
"""

from __future__ import annotations

from dataclasses import dataclass

LEAST_REPORTS = 6  # before and after together; with fewer no outcome could reach 95 %
LEAST_MONTHS = 3  # after the decision; an action needs some time to work
BEFORE_MONTHS = 12
LEVEL = 0.95


@dataclass(frozen=True)
class Periods:
    """Reports of one pattern and full months, before and after the month of the decision."""

    before: int
    before_months: int
    after: int
    after_months: int


@dataclass(frozen=True)
class Verdict:
    """`ratio` of the rates after and before, with its 95 % limits; all empty when it cannot be decided at all.
    `high` is empty when there is no upper limit."""

    sentence: str
    ratio: float | None = None
    low: float | None = None
    high: float | None = None


def judge(periods: Periods) -> Verdict:
    """Say in one sentence whether reports became fewer or more, or that it cannot be decided."""
    if periods.after_months < LEAST_MONTHS:
        return Verdict(f"Kan inte avgöras än: det har bara gått {_months(periods.after_months)} sedan beslutet.")
    if periods.before + periods.after < LEAST_REPORTS:
        return Verdict(f"Kan inte avgöras: {_counts(periods)} är för få rapporter för att säga något.")
    ratio, low, high = rate_ratio(periods)
    return Verdict(_sentence(periods, ratio, low, high), ratio, low, high)


def rate_ratio(periods: Periods, level: float = LEVEL) -> tuple[float | None, float, float | None]:
    """(ratio, lower limit, upper limit) of the rate after the decision to the rate before it.

    The ratio and the upper limit are None when nothing came before, for then they have no end.
    """
    from scipy.stats import binomtest  # Here, since it takes a second to load and few tasks need it.

    exposure = periods.before_months / periods.after_months
    total = periods.before + periods.after
    limits = binomtest(periods.after, total).proportion_ci(level, method="exact")
    ratio = periods.after / periods.before * exposure if periods.before else None
    high = limits.high / (1 - limits.high) * exposure if limits.high < 1 else None
    return ratio, float(limits.low / (1 - limits.low) * exposure), None if high is None else float(high)


def _sentence(periods: Periods, ratio: float | None, low: float, high: float | None) -> str:
    facts = _counts(periods)
    if high is not None and high < 1:
        return f"Ser ut att ha hjälpt: {facts}. {_times(ratio, low, high)}"
    if low > 1:
        return f"Det har blivit fler: {facts}. {_times(ratio, low, high)}"
    return f"Kan inte avgöras: {facts}. Skillnaden kan vara slump ({_limits(low, high)})."


def _times(ratio: float | None, low: float, high: float | None) -> str:
    rate = f"Takten är {_number(ratio)} gånger den tidigare" if ratio else "Skillnaden är större än slumpen"
    return f"{rate} ({_limits(low, high)})."


def _counts(periods: Periods) -> str:
    before = f"{_reports(periods.before)} på {_months(periods.before_months)} före"
    return f"{before} och {periods.after or 'ingen'} på {_months(periods.after_months)} efter beslutet"


def _reports(count: int) -> str:
    return "ingen rapport" if count == 0 else "1 rapport" if count == 1 else f"{count} rapporter"


def _months(count: int) -> str:
    return "ingen hel månad" if count == 0 else "1 månad" if count == 1 else f"{count} månader"


def _limits(low: float, high: float | None) -> str:
    return f"95 %: {_number(low)} till {_number(high) if high is not None else 'ingen övre gräns'}"


def _number(value: float | None) -> str:
    return f"{value or 0:.2f}".rstrip("0").rstrip(".").replace(".", ",")
