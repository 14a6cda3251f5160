"""A pack looks back: what became of earlier decisions, and what the reports have done since."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.packs import action, content_of, decision, effect
from tests.summaries import make_item
from worker.effect import Periods, judge
from worker.summary.followup import EARLY, FEWER, HIDDEN, MORE, UNSURE, tell_effect


def followup(decisions: list[dict[str, Any]], actions: list[dict[str, Any]]) -> dict[str, Any]:
    kept = {"previous": "2026-09-10", "decisions": decisions, "actions": actions}
    told: dict[str, Any] = content_of(make_item(), followup=kept)["pack"]["followup"]
    return told


def test_a_decision_is_followed_to_its_action_and_what_the_reports_have_done_since() -> None:
    told = followup([decision(0)], [action(late=True)])
    assert told["intro"] == "Beslut vid mötet den 10 september 2026, och forumets öppna åtgärder."
    assert told["rows"] == [
        {
            "what": "Gemensam ingång till psykiatrin",
            "decision": "Beslut 10 september 2026: Regionen öppnar en gemensam ingång.",
            "owner": "Enhetschef, Region Jönköpings län",
            "due": "31 oktober 2026",
            "state": "Försenad",
            "shape": "square",
            "effect": FEWER,
        }
    ]


def test_a_decision_without_action_and_an_action_without_decision_are_told_too() -> None:
    told = followup([decision()], [action(what="Egen"), action(what="Någon annans", own=False)])
    assert [(row["what"], row["state"], row["effect"]) for row in told["rows"]] == [
        ("SGI saknas", "Gått vidare", None),
        ("Egen", "Pågår", FEWER),
    ]


def test_what_does_not_fit_is_counted() -> None:
    told = followup([], [action(what=f"Åtgärd {number}") for number in range(11)])
    assert (len(told["rows"]), told["left_out"]) == (8, "Tre rader till finns i Lex Heller.")


def test_a_forum_that_never_met_has_nothing_to_look_back_on() -> None:
    told = content_of(make_item())["pack"]["followup"]
    assert (told["intro"], told["rows"]) == ("Inget tidigare beslut finns i Lex Heller.", [])


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        (effect(24, 0), FEWER),
        (effect(5, 40), MORE),
        (effect(0, 20), MORE),
        (effect(24, 14), UNSURE),
        (effect(24, 0, months=2), EARLY),
        (effect(4, 3), HIDDEN),
        (effect(0, 0), HIDDEN),
        (effect(0, 4), HIDDEN),
        (effect(40, 40, people=2), HIDDEN),
        # A few after many might be one busy colleague's many: it cannot be said that they became fewer.
        (effect(40, 3), UNSURE),
    ],
)
def test_an_effect_is_told_in_words_that_hold_however_the_rounding_fell_out(counts: dict[str, int], told: str) -> None:
    assert tell_effect(counts) == told


def test_too_few_reports_read_alike_on_the_page_in_the_summary_and_in_a_proposal() -> None:
    counts = effect(0, 0)
    page = judge(Periods(0, counts["before_months"], 0, counts["after_months"])).sentence
    kept = {"previous": None, "decisions": [], "actions": [action(effect=counts)]}
    first_page = content_of(make_item(), followup=kept)["sentences"][2]["text"]
    for told in (page, tell_effect(counts), first_page):
        assert "för få rapporter för att säga något." in told


@settings(deadline=None, max_examples=50)
@given(one=st.integers(1, 4), other=st.integers(1, 4), side=st.sampled_from(["before", "after"]))
def test_an_effect_says_the_same_of_every_hidden_count(one: int, other: int, side: str) -> None:
    shown = effect(30, 30)
    worlds = [shown | {side: count, f"{side}_reporters": count} for count in (one, other)]
    assert tell_effect(worlds[0]) == tell_effect(worlds[1])
