"""Nothing that is hidden gets out of a pack, whatever the numbers and whatever somebody wrote."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError

from schemas.counts.told import without_small_counts
from schemas.summary import check_content
from tests.packs import action, case_of, content_of, decision
from tests.summaries import busy_rows, make_agenda, make_item, make_snapshot
from worker.page import write_page
from worker.summary import write_summary


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
    assert without_small_counts("Vad gör vi åt de tre rapporterna?") == "Vad gör vi åt rapporterna?"
    assert without_small_counts("De 4 nya avvikelserna") == "De nya avvikelserna"
    for text in ("Vem skriver en rapport till styrgruppen?", "Fyra parter", "14 rapporter", "2026 rapporter"):
        assert without_small_counts(text) == text
    case = case_of(title="Två avvikelser om kallelser", question="Räcker 3 rapporter?")
    assert (case["heading"], case["question"]) == (
        "Några avvikelser om kallelser",
        "Räcker några rapporter?",
    )


def test_a_pack_is_built_whatever_numbers_were_once_written() -> None:
    for text in ("De var fyra", "Alla tre kom från AME …", "2 av 3 ärenden, 4 fall", "mellan två och fem personer"):
        words = f"{text} " * 9
        kept = [action(what=words, owner=text), action(what=f"{words}{text}")]
        followup = {"previous": "2026-09-10", "decisions": [decision(0, text=words)], "actions": kept}
        content = content_of(make_item(title=words, question=words, paraphrases=[words]), followup=followup)
        assert check_content(content) == content


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
