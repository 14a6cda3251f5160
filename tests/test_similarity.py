"""Likeness of reports: shared words that tell something, and why."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from schemas.similarity import MOST, Told, similar, stems
from schemas.words import UNASSESSED

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


# Events that share two words and no more.
OTHERS = (
    "Handläggaren ringde om ett läkarintyg som saknades i ansökan om sjukpenning.",
    "Handläggaren ringde därför att planeringen av praktikplatsen hade stannat helt.",
    "Handläggaren ringde två gånger innan mottagningen bokade ett besök åt familjen.",
    "Handläggaren ringde arbetsgivaren utan att fråga om rehabiliteringen var avslutad.",
    "Handläggaren ringde efter beslutet, trots att överklagandet redan låg hos domstolen.",
    "Handläggaren ringde fel enhet och bostaden hann hyras ut till någon annan sökande.",
    "Handläggaren ringde sent på fredagen, när väntrummet redan var stängt för helgen.",
)


def test_a_word_that_everybody_uses_tells_nothing() -> None:
    report = told(1, "Handläggaren ringde om remissen, som ingen psykolog hade bekräftat skriftligt.")
    others = [told(number, text) for number, text in enumerate(OTHERS, 2)]
    assert similar(report, others) == []
    assert len(similar(report, others[:3])) == 3


def test_an_event_that_recurs_does_not_hide_itself() -> None:
    """The same text thirty times of thirty-three: every word of it is common, and each of them is greatly alike."""
    others = [told(number, TEXT if number < 32 else OTHERS[number - 32]) for number in range(2, 35)]
    found = similar(told(1, TEXT), others)
    assert [(one.great, len(one.words)) for one in found] == [(True, 9)] * MOST
    (told_otherwise, *_) = similar(told(1, LIKE), others)
    assert {"läkarintyg", "sjukpenningen", "mottagningen"} <= set(told_otherwise.words)


def test_nearly_the_same_text_is_greatly_alike_whatever_its_pair_and_category() -> None:
    nearly = TEXT.replace("Läkarintyget", "Utlåtandet")
    others = [told(2, nearly, (3, 4), "handover"), *(told(number, TEXT) for number in range(3, 12))]
    found = {one.id: one for one in similar(told(1, TEXT), others[:3])}
    assert found[2].great
    assert not found[2].same_pair
    assert not found[2].same_category


def test_the_same_text_without_a_telling_word_is_greatly_alike() -> None:
    (found,) = similar(told(1, "Det var inte  så."), [told(2, "det var inte så."), told(3, "Som om de var så.")])
    assert (found.id, found.great, found.words) == (2, True, ())


def test_two_that_nobody_has_judged_have_no_category_in_common() -> None:
    (found,) = similar(told(1, TEXT, category=UNASSESSED), [told(2, LIKE, category=UNASSESSED)])
    assert (found.great, found.same_category) == (False, False)


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
