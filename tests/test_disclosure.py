"""The guard at the way out: no number from 1 to 4, and none that shows one colleague, in any disguise."""

from __future__ import annotations

from statistics import median_low

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.disclosure import (
    HIDDEN,
    ZERO,
    Protected,
    change,
    protect_cell,
    protect_total,
    share,
    surely_above,
    typical,
)

counts = st.integers(0, 500)
people = st.integers(0, 30)
numbers = st.one_of(counts.map(protect_total), st.builds(protect_cell, counts, people))


@pytest.mark.parametrize(
    ("count", "printed"),
    [(0, "0"), (1, "<5"), (4, "<5"), (5, "5"), (7, "5"), (8, "10"), (12, "10"), (13, "15"), (998, "1000")],
)
def test_totals_are_hidden_or_rounded_to_the_nearest_five(count: int, printed: str) -> None:
    assert protect_total(count).text == printed
    assert protect_cell(count, reporters=3).text == printed


@pytest.mark.parametrize(("count", "reporters"), [(1, 1), (4, 4), (5, 2), (60, 1), (60, 0)])
def test_hidden_cells_look_alike_whatever_hides_them(count: int, reporters: int) -> None:
    assert protect_cell(count, reporters) == protect_cell(2, 2)
    assert protect_cell(count, reporters).dump() == {"value": None, "text": HIDDEN}


@given(count=counts, reporters=people)
def test_what_is_printed_is_zero_hidden_or_a_multiple_of_five(count: int, reporters: int) -> None:
    for number in (protect_total(count), protect_cell(count, reporters)):
        assert number.text in {"0", HIDDEN} or (int(number.text) >= 5 and int(number.text) % 5 == 0)
        assert (number.text == "0") == (count == 0)


@given(count=counts, reporters=people)
def test_a_reader_knows_a_number_no_better_than_within_three(count: int, reporters: int) -> None:
    for number in (protect_total(count), protect_cell(count, reporters)):
        assert number.at_least <= count <= number.at_most
        assert number == ZERO or number.at_most - number.at_least >= 2


@given(count=counts, reporters=people)
def test_no_number_can_be_told_from_another_with_the_same_print(count: int, reporters: int) -> None:
    """Everything that leaves is made from these fields, so what is equal here is equal on paper."""
    same_print = [other for other in range(505) if protect_total(other).text == protect_total(count).text]
    assert {protect_total(other) for other in same_print} == {protect_total(count)}
    assert len(same_print) >= 3 or count == 0


def test_a_negative_count_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        protect_total(-1)


@pytest.mark.parametrize(
    ("part", "whole", "per_cent"),
    [(13, 52, 30), (40, 40, 100), (0, 20, 0), (9, 17, None), (3, 60, None), (9, 18, 50)],
)
def test_per_cent_comes_from_printed_numbers_and_a_base_of_twenty(part: int, whole: int, per_cent: int | None) -> None:
    assert share(protect_total(part), protect_total(whole)) == per_cent


@given(part=numbers, whole=numbers)
def test_per_cent_can_be_worked_out_by_the_reader(part: Protected, whole: Protected) -> None:
    per_cent = share(part, whole)
    if per_cent is not None:
        assert whole.value is not None
        assert part.value is not None
        assert whole.value >= 20
        assert per_cent == min(100, round(100 * part.value / whole.value))


@given(now=numbers, before=numbers)
def test_a_change_is_the_difference_of_two_printed_numbers(now: Protected, before: Protected) -> None:
    difference = change(now, before)
    if HIDDEN in (now.text, before.text):
        assert difference is None
    else:
        assert difference == int(now.text) - int(before.text)


@given(one=counts, other=counts, people_one=people, people_other=people, by=st.integers(1, 20))
def test_what_is_surely_above_is_above(one: int, other: int, people_one: int, people_other: int, by: int) -> None:
    if surely_above(protect_cell(one, people_one), protect_cell(other, people_other), by):
        assert one - other >= by
    if surely_above(protect_total(one), protect_total(other), by):
        assert one - other >= by


@given(st.lists(counts, min_size=1, max_size=11))
def test_the_typical_number_is_the_protected_median(exact: list[int]) -> None:
    assert typical([protect_total(count) for count in exact]) == protect_total(median_low(exact))
