"""What a meeting pack says: the forum's own agenda, protected, and what became of its earlier decisions."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError

from schemas.agenda_changes import agenda_changes
from schemas.summary import check_content
from schemas.summary.fields import without_small_counts
from tests.summaries import busy_rows, make_agenda, make_item, make_snapshot
from tests.test_summary import web_page
from worker.page import write_page
from worker.summary import write_summary
from worker.summary.followup import EARLY, FEWER, HIDDEN, MORE, UNSURE, tell_effect

QUOTE = "Vi kallade tre gånger. Ingen kunde säga vem som är fast vårdkontakt, så mötet hölls utan vården."


def content_of(*items: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return write_summary(make_snapshot(busy_rows(), kind="meeting", period="2026-12-12", items=items, **changes))


def case_of(**changes: Any) -> dict[str, Any]:
    case: dict[str, Any] = content_of(make_item(**changes))["pack"]["cases"][0]
    return case


def texts(case: dict[str, Any]) -> list[str]:
    return [sentence["text"] for sentence in case["sentences"]]


# The cases


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
    assert notices == ["Ändrat på dagordningen sedan version 1:", "Nytt ärende: Få rapporter om kallelser"]


# Nothing hidden gets out


@settings(deadline=None, max_examples=50)
@given(
    counts=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=5),
    people=st.integers(0, 2),
)
def test_hidden_cases_look_alike_whatever_they_hide(counts: list[tuple[int, int]], people: int) -> None:
    one, other = (
        content_of(*(make_item(count=pair[side], people=people, number=n) for n, pair in enumerate(counts)))
        for side in (0, 1)
    )
    assert one["pack"] == other["pack"]


@settings(deadline=None, max_examples=50)
@given(count=st.integers(0, 40), people=st.integers(0, 12))
def test_every_case_obeys_the_rule_of_small_numbers(count: int, people: int) -> None:
    content = content_of(make_item(count=count, people=min(count, people)))
    case = content["pack"]["cases"][0]
    shown = count >= 5 and min(count, people) >= 3
    assert (case["number"] is not None) == bool(case["quotes"]) == shown
    assert case["number"] is None or case["number"]["value"] % 5 == 0
    assert check_content(content) == content


def test_counts_that_a_person_wrote_are_made_vague_and_nothing_else_is() -> None:
    assert without_small_counts("Vad gör vi åt de tre rapporterna?") == "Vad gör vi åt de få rapporterna?"
    assert without_small_counts("De 4 nya avvikelserna") == "De få avvikelserna"
    for text in ("Vem skriver en rapport till styrgruppen?", "Fyra parter", "14 rapporter", "2026 rapporter"):
        assert without_small_counts(text) == text
    case = case_of(title="Två avvikelser om kallelser", question="Räcker 3 rapporter?")
    assert (case["heading"], case["question"]) == (
        "Få avvikelser om kallelser",
        "Räcker få rapporter?",
    )


def ruined(path: str, value: Any) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(json.dumps(content_of(make_item(), make_item(count=2, people=2, number=2))))
    *parents, last = path.split("/")
    place: Any = content["pack"]
    for name in parents:
        place = place[int(name) if name.isdigit() else name]
    place[last] = value
    return content


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("cases/0/number", {"value": 13, "text": "13"}),
        ("cases/1/quotes", ["Ett citat bakom ett tal som inte visas."]),
        ("cases/0/question", "Vad gör vi åt tre rapporter?"),
        ("cases/0/quotes", ["a", "b", "c"]),
        ("cases/0/reports", [1, 2]),
        ("cases", []),
        ("followup/rows", [{"what": "x"}]),
        ("secret", 1),
    ],
)
def test_the_border_refuses_what_may_not_leave(path: str, value: Any) -> None:
    check_content(content_of(make_item(), make_item(count=2, people=2, number=2)))
    with pytest.raises(ValidationError):
        check_content(ruined(path, value))


def test_only_a_pack_has_a_pack() -> None:
    monthly, meeting = write_summary(make_snapshot(busy_rows())), content_of(make_item())
    for content, pack in ((monthly, meeting["pack"]), (meeting, None)):
        with pytest.raises(ValidationError):
            check_content(content | {"pack": pack})


# Looking back


def action(**changes: Any) -> dict[str, Any]:
    return {
        "what": "Gemensam ingång till psykiatrin",
        "owner": "Enhetschef",
        "owner_party": "Region Jönköpings län",
        "area": "Sävsjö",
        "own": True,
        "decided_on": "2026-03-12",
        "due_on": "2026-10-31",
        "follow_up_on": None,
        "done_on": None,
        "status": "ongoing",
        "status_label": "Pågår",
        "late": False,
        "from": "",
        "about": "region",
        "category": "contact_route",
        "effect": effect(24, 0),
    } | changes


def effect(before: int, after: int, months: int = 7, people: int = 6) -> dict[str, int]:
    return {
        "before": before,
        "before_months": 12,
        "before_reporters": min(before, people),
        "after": after,
        "after_months": months,
        "after_reporters": min(after, people),
    }


def decision(*actions: int, **changes: Any) -> dict[str, Any]:
    return {
        "met_on": "2026-09-10",
        "decided_on": "2026-09-10",
        "title": "SGI saknas",
        "question": "Vem följer upp?",
        "text": "Regionen öppnar en gemensam ingång.",
        "outcome": "handed_up",
        "outcome_label": "Går vidare uppåt",
        "actions": list(actions),
    } | changes


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
        (effect(0, 0), UNSURE),
        (effect(40, 40, people=2), HIDDEN),
        # A few after many might be one busy colleague's many: it cannot be said that they became fewer.
        (effect(40, 3), UNSURE),
    ],
)
def test_an_effect_is_told_in_words_that_hold_however_the_rounding_fell_out(counts: dict[str, int], told: str) -> None:
    assert tell_effect(counts) == told


@settings(deadline=None, max_examples=50)
@given(one=st.integers(1, 4), other=st.integers(1, 4), side=st.sampled_from(["before", "after"]))
def test_an_effect_says_the_same_of_every_hidden_count(one: int, other: int, side: str) -> None:
    shown = effect(30, 30)
    worlds = [shown | {side: count, f"{side}_reporters": count} for count in (one, other)]
    assert tell_effect(worlds[0]) == tell_effect(worlds[1])


# What changed


def test_changes_of_an_agenda_are_told_item_by_item() -> None:
    one, two = make_item(number=1, title="Ett"), make_item(number=2, title="Två")
    assert agenda_changes([one, two], [one, two]) == []
    assert agenda_changes([], [one]) == ["Mötet hade ingen dagordning då."]
    assert agenda_changes([one], [two]) == ["Nytt ärende: Två", "Borttaget ärende: Ett"]
    assert agenda_changes([one, two], [two, one]) == ["Ärendena har en annan ordning."]
    changed = one | {"question": "Vem?", "minutes": 30, "reports": [1]}
    assert agenda_changes([one], [changed]) == ["Ändrat ärende: Ett (frågan, tiden, rapporterna)"]


# The page


@pytest.mark.parametrize("items", [[], [make_item(), make_item(count=2, people=2, number=2, title="Få svar")]])
def test_the_web_page_says_what_the_printed_page_says(items: list[dict[str, Any]]) -> None:
    kept = {"previous": "2026-09-10", "decisions": [decision(0)], "actions": [action(late=True)]}
    content = content_of(*items, followup=kept)
    pack = content["pack"]
    words = [sentence["text"] for case in pack["cases"] for sentence in case["sentences"]]
    words += [case["question"] for case in pack["cases"]] + pack["notices"] + [pack["followup"]["intro"], "Försenad"]
    for written in (web_page(content, None), write_page(content)):
        page = written.replace("\u00a0", " ")
        assert [text for text in words if text not in page] == []
        assert all(f"{case['number']['text']} rapporter" in page for case in pack["cases"] if case["number"])


def test_the_printed_page_holds_every_word_of_the_pack() -> None:
    kept = {"previous": "2026-09-10", "decisions": [decision(0)], "actions": [action()]}
    few = make_item(count=2, people=2, number=2, title="Kallelser utan svar")
    page = write_page(content_of(make_item(), few, followup=kept))
    assert "13 rapporter" not in page
    assert "2 rapporter" not in page
    for words in (
        "Kallelser utan svar",
        "I mars 2026 hade minst fem rapporter kommit.",
        QUOTE,
        "15 rapporter",
        FEWER,
        "Till styrgruppen",
        "15 min",
    ):
        assert words in page


def test_hostile_words_in_every_field_of_a_pack_are_text() -> None:
    evil = '<td colspan=100000><style>*{display:none}</style><svg onload=x><img src="file:///etc/passwd">{{7*7}}'
    item = make_item(title=evil, question=evil, paraphrases=[evil], origin={"forum": evil, "day": "2026-10-02"})
    kept = {
        "previous": "2026-09-10",
        "decisions": [decision(0, text=evil), decision(title=evil, text=evil)],
        "actions": [action(what=evil, owner=evil, owner_party=evil)],
    }
    agenda = make_agenda([item], replaces=1, changes=[evil])
    page = write_page(content_of(agenda=agenda, followup=kept, forum_name=evil, forum_areas=[evil]))
    assert page.count("colspan=100000&gt;") >= 11
    for mark in ("<td colspan", "<style", "<svg onload", "<img", "49"):
        assert mark not in page
