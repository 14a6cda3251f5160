"""Did it help? Exact limits, plain sentences, and silence where the numbers say nothing."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from benchmarks.signals import _poisson
from worker.effect import Periods, judge, rate_ratio
from worker.turnaround import median_days


def test_a_clear_fall_seems_to_have_helped() -> None:
    verdict = judge(Periods(before=20, before_months=12, after=1, after_months=6))
    assert verdict.sentence.startswith("Ser ut att ha hjälpt: 20 rapporter på 12 månader före och 1 på 6 månader efter")
    assert verdict.high is not None
    assert verdict.high < 1


def test_a_clear_rise_is_said_plainly() -> None:
    assert judge(Periods(2, 12, 12, 6)).sentence.startswith("Det har blivit fler")


@pytest.mark.parametrize(
    "periods", [Periods(3, 12, 1, 6), Periods(12, 12, 6, 6), Periods(20, 12, 0, 2), Periods(0, 12, 0, 9)]
)
def test_what_cannot_be_decided_is_called_so(periods: Periods) -> None:
    assert judge(periods).sentence.startswith("Kan inte avgöras")


def test_too_few_reports_give_no_ratio_at_all() -> None:
    verdict = judge(Periods(3, 12, 1, 6))
    assert (verdict.ratio, verdict.low, verdict.high) == (None, None, None)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(3, 24))
def test_limits_are_clopper_and_pearsons(before: int, after: int, months: int) -> None:
    if before + after == 0:
        return
    ratio, low, high = rate_ratio(Periods(before, 12, after, months))
    exposure = 12 / months
    share = beta.ppf(0.025, after, before + 1) if after else 0.0
    assert low == pytest.approx(share / (1 - share) * exposure)
    assert ratio is None or high is None or low <= ratio <= high


def test_no_change_is_called_a_change_at_most_five_times_in_a_hundred() -> None:
    """2 000 decisions that changed nothing, 12 months before and 6 after, at one report a month."""
    dice = random.Random(11)
    judged = [judge(Periods(_poisson(dice, 12), 12, _poisson(dice, 6), 6)) for _ in range(2000)]
    wrong = sum(not verdict.sentence.startswith("Kan inte avgöras") for verdict in judged)
    assert wrong <= 100


def test_a_planted_effect_is_found_more_often_than_not() -> None:
    """A pattern of two reports a month that nearly stops."""
    dice = random.Random(12)
    judged = [judge(Periods(_poisson(dice, 24), 12, _poisson(dice, 2), 6)) for _ in range(300)]
    assert sum(verdict.sentence.startswith("Ser ut att ha hjälpt") for verdict in judged) > 250


def test_those_who_still_wait_count_for_as_long_as_they_have_waited() -> None:
    assert median_days([1, 2, 3, 4, 5], []) == 3
    assert median_days([1, 2, 3, 4, 5], [30] * 6) is None
    assert median_days([1, 2, 3, 4, 5], [30] * 3) == 4
    assert median_days([1, 2], []) is None
