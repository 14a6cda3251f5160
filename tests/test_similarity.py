"""Likeness of reports: shared words that tell something, and why."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from schemas.similarity import MOST, Told, similar, stems

TEXT = "Läkarintyget saknades och sjukpenningen drogs in innan mottagningen hann svara på frågorna."
LIKE = "Sjukpenningen drogs in därför att läkarintyg saknades; mottagningen svarade inte på frågan."


def told(number: int, text: str, pair: tuple[int, int] = (1, 2), category: str = "documentation") -> Told:
    return Told(number, pair, category, text)


def test_the_same_thing_in_other_forms_of_the_words_is_greatly_alike() -> None:
    (found,) = similar(told(1, TEXT), [told(2, LIKE)])
    assert found.great
    assert found.same_pair
    assert found.same_category
    assert {"läkarintyget", "sjukpenningen", "mottagningen"} <= set(found.words)


def test_without_the_same_pair_or_category_the_likeness_is_some() -> None:
    for other in (told(2, LIKE, pair=(1, 3)), told(2, LIKE, category="handover")):
        assert [found.great for found in similar(told(1, TEXT), [other])] == [False]


def test_one_shared_word_or_none_is_no_likeness() -> None:
    assert similar(told(1, TEXT), [told(2, "Bostaden saknades."), told(3, "Ekonomin räckte inte.")]) == []


def test_a_report_is_not_like_itself() -> None:
    assert similar(told(1, TEXT), [told(1, TEXT)]) == []


def test_a_word_that_everybody_uses_tells_nothing() -> None:
    others = [
        told(number, f"Handläggaren ringde kommunen om ärende{letter * 6}")
        for number, letter in enumerate("abcdefg", 2)
    ]
    assert similar(told(1, "Handläggaren ringde kommunen igen"), others) == []
    assert len(similar(told(1, "Handläggaren ringde kommunen igen"), others[:3])) == 3


def test_small_words_are_no_stems() -> None:
    assert stems("Det var inte som om de hade en plan") == {"plan": "plan"}


@given(
    st.lists(st.tuples(st.integers(1, 30), st.sampled_from([TEXT, LIKE, "", "Bostaden saknades och intyget drogs in"])))
)
def test_at_most_five_are_shown_great_ones_first(rows: list[tuple[int, str]]) -> None:
    found = similar(told(0, TEXT), [told(number, text) for number, text in dict(rows).items()])
    assert len(found) <= MOST
    assert [one.great for one in found] == sorted((one.great for one in found), reverse=True)
    assert all(len(one.words) >= 2 for one in found)
