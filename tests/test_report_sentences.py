"""The sentences of a monthly and a yearly report, rule by rule, and the gate that they pass."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError

from schemas.disclosure import Protected, protect_cell, protect_total
from tests.summaries import Row, busy_rows, make_action, make_followup, make_snapshot, random_rows
from worker.summary import write_summary
from worker.summary.honesty import Proof, honest
from worker.summary.looking_back import LONGEST, tell_followup
from worker.summary.names import Names
from worker.summary.words import shortened

CONTACT = "”Kontaktväg saknas eller fungerar inte” från kommunen om Region Jönköpings län."
TOP = "det största talet bland problem som kan visas."
FEWER = {"before": 40, "before_months": 12, "before_reporters": 9, "after": 0, "after_months": 6, "after_reporters": 0}
MORE = {"before": 6, "before_months": 12, "before_reporters": 3, "after": 40, "after_months": 6, "after_reporters": 9}
ALIKE = {"before": 20, "before_months": 12, "before_reporters": 9, "after": 10, "after_months": 6, "after_reporters": 5}
FEW = {"before": 3, "before_months": 12, "before_reporters": 3, "after": 9, "after_months": 6, "after_reporters": 2}


def told(rows: list[Row], place: int, **changes: Any) -> tuple[str, str]:
    sentence = write_summary(make_snapshot(rows, **changes))["sentences"][place]
    return sentence["claim"], sentence["text"]


def year(now: int, before: int | None, people: int = 9) -> list[Row]:
    rows: list[Row] = [("kommun", "region", 2, "contact_route", now, people)] if now else []
    if before is not None:
        rows += [("kommun", "region", 23, "contact_route", before, people)]
    return rows


# How a year went


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], ("Inga avvikelser under 2026.", "Ingen av årets tolv månader har någon rapport.")),
        (year(3, None), ("Antalet under 2026 visas inte.", "Det är färre än fem rapporter, eller")),
        (year(40, None, people=2), ("Antalet under 2026 visas inte.", "Det är färre än fem rapporter, eller")),
        (year(40, None), ("Omkring 40 rapporter under 2026.", "Det finns inget helt år före att jämföra med.")),
        (year(40, 3), ("Omkring 40 rapporter under 2026.", "Antalet året före visas inte.")),
        (year(60, 40), ("Fler rapporter än året före.", "Omkring 60 rapporter under 2026, omkring 40 året före.")),
        (year(40, 60), ("Färre rapporter än året före.", "Omkring 40 rapporter under 2026, omkring 60 året före.")),
        (year(48, 43), ("Ingen säker förändring.", "Omkring 50 rapporter under 2026, omkring 45 året före.")),
        (year(41, 42), ("Ungefär som året före.", "Omkring 40 rapporter under 2026, omkring 40 året före.")),
    ],
)
def test_a_year_is_told_against_the_year_before(rows: list[Row], expected: tuple[str, str]) -> None:
    claim, text = told(rows, 0, kind="yearly", period="2026-01-01")
    assert claim == expected[0]
    assert text.startswith(expected[1])


# What comes back


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        (year(12, None), f"Omkring tio rapporter på tolv månader, {TOP}"),
        (year(24, 10), f"Omkring 25 rapporter på tolv månader, fler än året före (omkring 10), {TOP}"),
        (year(10, 24), f"Omkring 10 rapporter på tolv månader, färre än året före (omkring 25), {TOP}"),
        (year(8, 7), f"Omkring tio rapporter på tolv månader, omkring fem året före, {TOP}"),
        (year(12, 2), f"Omkring tio rapporter på tolv månader, {TOP}"),
    ],
)
def test_the_largest_problem_is_told_with_the_year_before(rows: list[Row], text: str) -> None:
    assert told(rows, 1)[1].lower() == text.lower()
    assert told(rows, 1)[0] == CONTACT


@pytest.mark.parametrize(("count", "people"), [(4, 4), (40, 2), (1, 1)])
def test_what_is_hidden_is_no_problem(count: int, people: int) -> None:
    content = write_summary(make_snapshot([("kommun", "region", 0, "rules", count, people)]))
    assert content["problems"] is None
    assert content["sentences"][1]["claim"] == "Inget enskilt par av parter kan visas."


# What was decided, and what came after


def back(actions: list[dict[str, Any]], decisions: list[tuple[str, list[int]]] | None = None) -> str:
    sentence = tell_followup(make_snapshot(followup=make_followup(actions, decisions or [])))
    assert sentence is not None
    return f"{sentence['claim']} {sentence['text']}"


def test_with_nothing_to_look_back_on_the_categories_are_told() -> None:
    assert tell_followup(make_snapshot()) is None
    assert told(busy_rows(), 2)[0] == "Flera kategorier är lika stora."


@pytest.mark.parametrize(
    ("actions", "claim"),
    [
        ([{}], "Den öppna åtgärden är inte försenad."),
        ([{"late": True}], "Den öppna åtgärden är försenad."),
        ([{}, {}], "Ingen av två öppna åtgärder är försenad."),
        ([{"late": True}, {}], "En av två öppna åtgärder är försenad."),
        ([{"late": True}] * 2 + [{}], "Två av tre öppna åtgärder är försenade."),
        ([{"late": True}] * 13, "Alla 13 öppna åtgärder är försenade."),
        ([{"status": "done"}], "En åtgärd är klar."),
        ([{"status": "done"}] * 3, "Tre åtgärder är klara."),
    ],
)
def test_actions_are_counted_in_good_swedish(actions: list[dict[str, Any]], claim: str) -> None:
    assert back([make_action(**action) for action in actions]).startswith(f"{claim} Åtgärden ”Gemensam ingång")


@pytest.mark.parametrize(
    ("effect", "words"),
    [
        (FEWER, "Färre rapporter sedan beslutet."),
        (MORE, "Fler rapporter sedan beslutet."),
        (ALIKE, "Rapporterna visar ingen säker förändring sedan beslutet."),
        (FEW, "Det är för få rapporter för att säga något."),
        ({}, "Det är för tidigt att säga om rapporterna har förändrats."),
    ],
)
def test_what_came_after_is_told_only_when_it_is_sure(effect: dict[str, int], words: str) -> None:
    action = make_action(effect=effect, status="done")
    assert back([action], [("ingången", [0])]) == (
        f"Ett beslut på mötet 3 oktober 2026. Åtgärden ”Gemensam ingång till psykiatrin” är klar. {words}"
    )


def test_of_several_actions_the_one_that_can_be_told_is_told() -> None:
    actions = [make_action("Den första"), make_action("Den andra", effect=FEWER)]
    text = back(actions, [("ingången", [0]), ("brevlådan", [1])])
    assert text == "Två beslut på mötet 3 oktober 2026. Åtgärden ”Den andra” pågår. Färre rapporter sedan beslutet."


@pytest.mark.parametrize(
    ("titles", "words"),
    [(["ingången"], "Det gällde ”ingången”."), (["ingången", "brevlådan"], "Bland annat om ”ingången”.")],
)
def test_decisions_without_actions_are_told_by_name(titles: list[str], words: str) -> None:
    assert back([], [(title, []) for title in titles]).endswith(words)


def test_what_people_wrote_cannot_break_a_sentence_or_stop_a_report() -> None:
    long = "Skriva en rapport om ”allt” som 3 avvikelser berättar, " * 6
    snapshot = make_snapshot(busy_rows(), followup=make_followup([make_action(long.strip())]))
    sentence = write_summary(snapshot)["sentences"][2]["text"]
    quoted = re.findall("”([^”]*)”", sentence)
    assert len(quoted) == 1
    assert len(quoted[0]) <= LONGEST
    assert "3 avvikelser" not in sentence
    assert shortened("ett två tre", 8) == "ett …"


# The gate


@pytest.mark.parametrize(
    "text",
    ["Fler rapporter.", "Det ökar.", "Rapporterna har minskat.", "Färre rapporter än vanligt.", "Antalet sjunker."],
)
def test_a_trend_without_a_proof_is_stopped(text: str) -> None:
    with pytest.raises(ValidationError):
        honest({"claim": "Så här är det.", "text": text})
    with pytest.raises(ValidationError):
        honest({"claim": text, "text": "x"}, [Proof(protect_total(11), protect_total(9), 3)])
    assert honest({"claim": text, "text": "x"}, [Proof(protect_total(30), protect_total(9), 3)])


@pytest.mark.parametrize(
    "text", ["Det beror på psykiatrin.", "Tack vare åtgärden.", "AF misslyckades.", "Åtgärden hjälpte."]
)
def test_causes_and_blame_are_stopped(text: str) -> None:
    with pytest.raises(ValidationError):
        honest({"claim": "Så här är det.", "text": text}, tested=True)


def test_hidden_numbers_and_what_people_wrote_are_no_trends() -> None:
    assert honest({"claim": "Färre än fem rapporter.", "text": "Åtgärden ”Fler möten ökar tack vare oss” pågår."})


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 10**9), size=st.sampled_from((2, 6, 40)), kind=st.sampled_from(("monthly", "yearly", "meeting"))
)
def test_the_gate_is_silent_whatever_the_counts_are(seed: int, size: int, kind: str) -> None:
    """Rules choose their words from the bounds that the gate proves, so nothing of theirs is ever stopped."""
    content = write_summary(make_snapshot(random_rows(random.Random(seed), size), kind=kind))
    assert all(sentence["claim"].endswith(".") and sentence["text"].endswith(".") for sentence in content["sentences"])


@settings(deadline=None)
@given(now=st.integers(5, 80), before=st.integers(5, 80))
def test_a_problem_that_is_said_to_grow_or_shrink_does(now: int, before: int) -> None:
    text = told(year(now, before), 1)[1]
    assert "fler än året före" not in text or now - before >= 5
    assert "färre än året före" not in text or before - now >= 5


def test_names_of_two_who_mend_together() -> None:
    names = Names(make_snapshot())
    assert names.both(("kommun", "fk")) == "kommunen och Försäkringskassan"
    assert names.both(("kommun", "kommun")) == "verksamheterna inom kommunen"
    assert names.both(("kommun", "other")) == "kommunen"
    assert Proof(Protected(None, 1, 4), protect_cell(0, 0), 1).holds
