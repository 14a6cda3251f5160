"""Signals: exact tests on small counts, what they cost in false alarms, and how they are stored."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from benchmarks.signals import _poisson
from models.signal import SignalKind
from worker.notice import evidence
from worker.signals import Finding, Series, find_signals, least_chance, lower_tail, tarone_limit, upper_tail

QUIET = [0] * 12


def series(later: list[int], earlier: list[int] | None = None, reporters: int = 3, action: int | None = None) -> Series:
    months = [*QUIET[: 18 - len(later) - len(earlier or [])], *(earlier or []), *later]
    return Series((1, 2, "rules"), [0] * (18 - len(months)) + months, reporters, action)


@given(st.integers(0, 60), st.floats(0.05, 0.95), st.data())
def test_tails_are_those_of_the_binomial_distribution(total: int, share: float, data: st.DataObject) -> None:
    later = data.draw(st.integers(0, total))
    assert upper_tail(later, total, share) == pytest.approx(binom.sf(later - 1, total, share), abs=1e-9)
    assert lower_tail(later, total, share) == pytest.approx(binom.cdf(later, total, share), abs=1e-9)


def test_a_burst_after_quiet_months_is_rising() -> None:
    (found,) = find_signals([series([2, 3, 4], [0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0])])
    assert (found.kind, found.later, found.earlier, found.reporters) == (SignalKind.RISING, 9, 2, 3)


def test_one_diligent_reporter_is_not_a_trend() -> None:
    assert find_signals([series([2, 3, 4], reporters=1)]) == []


def test_two_reports_are_never_a_signal() -> None:
    assert find_signals([series([0, 0, 2])]) == []


def test_the_same_rate_is_no_signal() -> None:
    assert find_signals([series([1, 1, 1], [1] * 12)]) == []


def test_silence_after_many_reports_is_falling() -> None:
    (found,) = find_signals([series([0] * 6, [2] * 12)])
    assert (found.kind, found.later, found.earlier) == (SignalKind.FALLING, 0, 24)


def test_silence_after_few_reports_says_nothing() -> None:
    assert find_signals([series([0] * 6, [0] * 10 + [1, 1])]) == []


def test_reports_that_go_on_long_after_an_action_recur() -> None:
    (found,) = find_signals([series([1, 1, 1], [1] * 12, action=300)])
    assert found.kind is SignalKind.RECURRING
    assert find_signals([series([1, 1, 1], [1] * 12, action=90)]) == []


def test_the_limit_grows_stricter_only_for_patterns_that_could_pass_it() -> None:
    assert tarone_limit([1.0] * 1000, 0.2) == 0.2
    assert tarone_limit([0.0] * 4, 0.2) == pytest.approx(0.05)
    assert tarone_limit([0.0] * 4 + [0.15] * 50, 0.2) == pytest.approx(0.05)


@given(st.lists(st.floats(0, 1), max_size=60))
def test_the_expected_number_of_false_signals_is_bounded(smallest: list[float]) -> None:
    limit = tarone_limit(smallest, 0.25)
    assert limit * max(1, sum(chance <= limit for chance in smallest)) <= 0.25 + 1e-12


def test_the_least_chance_is_that_of_the_most_extreme_outcome() -> None:
    assert least_chance(5, SignalKind.RISING, 0.2) == pytest.approx(upper_tail(5, 5, 0.2))
    assert least_chance(5, SignalKind.FALLING, 0.2) == pytest.approx(lower_tail(0, 5, 0.2))


def test_areas_that_do_not_change_get_few_signals() -> None:
    """A small run of the simulation in benchmarks/signals.py; 200 area months, so 66 quarters."""
    dice = random.Random(7)
    raised = 0
    for _ in range(200):
        rates = [dice.gammavariate(0.7, 1) * 0.2 for _ in range(30)]
        area = [
            Series((index, 0, ""), [_poisson(dice, rate) for _ in range(18)], 9) for index, rate in enumerate(rates)
        ]
        raised += len(find_signals(area))
    assert raised <= 66


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (
            SignalKind.RISING,
            "7 rapporter från 3 olika rapportörer de senaste 3 månaderna, mot 2 under tolv månader före.",
        ),
        (SignalKind.RECURRING, "7 rapporter de senaste 3 månaderna, fast en åtgärd har beslutats."),
        (SignalKind.FALLING, "Ingen rapport de senaste 3 månaderna, mot 2 under tolv månader före."),
    ],
)
def test_evidence_is_one_plain_sentence(kind: SignalKind, words: str) -> None:
    assert evidence(Finding((1, 2, "rules"), kind, 7, 3, 2, 3, None)) == words
