"""The printed page and the web page hold every word of the pack."""

from __future__ import annotations

from typing import Any

import pytest

from tests.packs import QUOTE, action, content_of, decision
from tests.summaries import make_item
from tests.summary_pages import web_page
from worker.page import write_page
from worker.summary.followup import FEWER


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
