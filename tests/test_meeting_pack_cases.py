"""A meeting pack tells the forum's own agenda, case by case, and what changed since the last version."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.agenda_changes import agenda_changes
from tests.packs import QUOTE, case_of, content_of
from tests.summaries import make_agenda, make_item


def texts(case: dict[str, Any]) -> list[str]:
    return [sentence["text"] for sentence in case["sentences"]]


def test_the_pack_tells_the_forums_own_agenda_in_its_order() -> None:
    content = content_of(make_item(number=1), make_item(number=2, title="SGI saknas", minutes=10))
    pack = content["pack"]
    assert content["heading"] == "Två ärenden till mötet"
    assert [case["heading"] for case in pack["cases"]] == ["Psykiatrin svarar inte på kallelser", "SGI saknas"]
    assert (pack["own_agenda"], pack["minutes"], pack["notices"]) == (True, 25, [])
    assert (pack["stays"], pack["moves_on"]) == ("Stannar i LSG", "Till styrgruppen")


def test_a_case_has_its_question_two_sentences_a_rounded_number_and_a_quote() -> None:
    case = case_of(count=13, people=5)
    assert case["question"] == "Vilken funktion tar emot kallelser, och vem ersätter vid frånvaro?"
    assert case["number"] == {"value": 15, "text": "15"}
    assert texts(case) == [
        "De flesta gäller ”Kontaktväg saknas eller fungerar inte”, och de flesta är lämnade från kommunen om "
        "Region Jönköpings län.",
        "I mars 2026 hade minst fem rapporter kommit.",
    ]
    assert case["quotes"] == [QUOTE]


@pytest.mark.parametrize(("count", "people"), [(4, 4), (9, 2), (1, 1), (0, 0)])
def test_too_few_reports_keep_the_question_but_no_number_and_no_quote(count: int, people: int) -> None:
    case = case_of(count=count, people=people)
    assert case["question"]
    assert (case["number"], case["quotes"]) == (None, [])
    assert texts(case) == ["Färre än fem rapporter, eller färre än tre personer, ligger bakom ärendet."]


def test_what_was_handed_up_says_where_it_comes_from() -> None:
    origin = {"forum": "Arbetsgruppen", "day": "2026-10-02"}
    told = "Frågan kommer från Arbetsgruppen, som tog upp den 2 oktober 2026."
    assert texts(case_of(origin=origin))[1] == told
    assert texts(case_of(count=2, people=2, origin=origin))[1] == told


def test_most_is_said_only_of_what_may_be_shown() -> None:
    """Four of six reports are a majority, but four may not be told."""
    split = [["contact_route", 4, 4], ["rules", 2, 2]]
    assert texts(case_of(count=6, people=6, categories=split, pairs=[["kommun", "fk", 4, 4], ["fk", "af", 2, 2]])) == [
        "I oktober 2026 hade minst fem rapporter kommit."
    ]
    one_busy_colleague = [["contact_route", 6, 2], ["rules", 1, 1]]
    assert "gäller" not in " ".join(texts(case_of(count=7, people=3, categories=one_busy_colleague)))


def test_reports_that_no_category_fits_are_not_said_to_be_about_it() -> None:
    assert texts(case_of(categories=[["unassessed", 13, 5]]))[0].startswith("De flesta är lämnade från kommunen")


def test_without_an_agenda_the_numbers_propose_and_the_pack_says_so() -> None:
    content = content_of()
    pack = content["pack"]
    assert content["heading"] == "Tre frågor att ta upp på mötet"
    assert pack["own_agenda"] is False
    assert "ingen dagordning" in pack["notices"][0]
    assert [case["question"] for case in pack["cases"]] == [row["question"] for row in content["questions"]]


def test_a_steering_group_and_the_highest_forum_have_their_own_ways_on() -> None:
    agenda = make_agenda([make_item()], above=None)
    pack = content_of(agenda=agenda, forum_kind="board")["pack"]
    assert (pack["stays"], pack["moves_on"]) == ("Stannar i styrelsen", "Till parterna")


def test_a_new_version_says_what_has_changed() -> None:
    agenda = make_agenda([make_item()], replaces=1, changes=["Nytt ärende: Fyra rapporter om kallelser"])
    notices = content_of(agenda=agenda)["pack"]["notices"]
    assert notices == ["Ändrat på dagordningen sedan version 1:", "Nytt ärende: Några rapporter om kallelser"]


def test_changes_of_an_agenda_are_told_item_by_item() -> None:
    one, two = make_item(number=1, title="Ett"), make_item(number=2, title="Två")
    assert agenda_changes([one, two], [one, two]) == []
    assert agenda_changes([], [one]) == ["Mötet hade ingen dagordning då."]
    assert agenda_changes([one], [two]) == ["Nytt ärende: Två", "Borttaget ärende: Ett"]
    assert agenda_changes([one, two], [two, one]) == ["Ärendena har en annan ordning."]
    changed = one | {"question": "Vem?", "minutes": 30, "reports": [1]}
    assert agenda_changes([one], [changed]) == ["Ändrat ärende: Ett (frågan, tiden, rapporterna)"]
