"""Agreement beyond chance, advice about categories, and a drift that is more than chance."""

from __future__ import annotations

import pytest

from schemas.agreement import by_category, drift, kappa, to_merge, to_split

# Twenty-five reports judged twice; the textbook example of Cohen's kappa with 15 of 25 agreements.
BOOK = [("a", "a")] * 10 + [("a", "b")] * 5 + [("b", "a")] * 5 + [("b", "b")] * 5


def test_kappa_is_what_is_left_when_chance_is_taken_away() -> None:
    # Agreed 15/25; by chance (15 * 15 + 10 * 10) / 625 = 0.52.
    value, error = kappa(BOOK)
    assert value == pytest.approx((0.6 - 0.52) / 0.48)
    assert error == pytest.approx((0.6 * 0.4 / 25) ** 0.5 / 0.48)
    assert kappa([("a", "a")] * 5) == (1.0, 0.0)
    assert kappa([("a", "b"), ("b", "a")])[0] == -1.0


def test_the_weakest_category_comes_first_with_its_interval() -> None:
    found = by_category([*BOOK, *[("c", "c")] * 10])
    assert found[-1].category == "c"
    assert found[-1].kappa == 1.0
    assert all(one.low <= one.kappa <= one.high for one in found)
    assert {one.category: one.count for one in found} == {"a": 20, "b": 15, "c": 10}


def test_two_categories_that_are_taken_for_each_other_may_be_one() -> None:
    assert to_merge([*BOOK, *[("c", "c")] * 10]) == [("a", "b", 10, 25)]
    assert to_merge(BOOK[-9:]) == []


def test_a_large_category_with_one_second_code_may_be_two() -> None:
    judged = [("a", ["b"])] * 10 + [("a", [])] * 12 + [("b", ["a"])] * 10
    assert to_split(judged) == [("a", "b", 10, 22)]


def test_a_rise_is_told_only_when_it_is_more_than_chance() -> None:
    calm = [False] * 45 + [True] * 5
    assert not drift(calm * 2).rising
    assert drift(calm + [True, False] * 25).rising
    assert not drift([True] * 60).rising
    assert not drift([]).rising
