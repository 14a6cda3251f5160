"""The guard at the way in: two grades, exact places, any text at all, and texts that must pass."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from schemas.personal_data import Finding, screen
from tests.marked import found_in

DATA = Path(__file__).resolve().parent.parent / "data"


def test_numbers_and_addresses_stop_but_a_name_asks() -> None:
    found = screen("Anna har 850312-1234 och 070-123 45 67.")
    assert [(one.type, one.action) for one in found] == [
        ("name", "confirm"),
        ("personnummer", "stop"),
        ("phone", "stop"),
    ]


def test_several_finds_come_in_the_order_of_the_text() -> None:
    text = "Ring Anna Karlsson på 070-123 45 67 eller anna@example.org om dnr 2025/1234."
    assert found_in(text) == [
        ("name", "Anna Karlsson"),
        ("phone", "070-123 45 67"),
        ("email", "anna@example.org"),
        ("case_number", "2025/1234"),
    ]


def test_published_cases_pass_without_a_stop() -> None:
    cases = (DATA / "sample-cases.jsonl").read_text(encoding="utf-8").splitlines()
    assert [found for case in cases for found in screen(json.loads(case)["text"])] == []


def test_the_classifier_training_texts_pass_without_a_question() -> None:
    texts = (DATA / "classifier" / "training.jsonl").read_text(encoding="utf-8").splitlines()
    assert [found for text in texts for found in screen(json.loads(text)["text"])] == []


ODD = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from("0123456789 -+./@\0\u200b\u030a\u2013\ud800\uff10\n"),
        st.sampled_from(list("AaÅåKs.")),
    ),
    max_size=300,
)


@given(ODD)
@settings(max_examples=300, deadline=None)
@example("\0")
@example("\ud800\udfff850312-1234")
@example("8" * 3000)
@example("0 " * 3000)
@example("a@" * 2000)
@example("\u030a" * 50)
@example("dnr " * 1000)
def test_no_text_breaks_the_guard_and_every_span_lies_within_it(text: str) -> None:
    found = screen(text)
    edges = [edge for one in found for edge in (one.start, one.end)]
    assert edges == sorted(edges)
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert {one.action for one in found if one.type == "name"} <= {"confirm"}
    asked = {"name", "address", "vehicle"}
    assert {one.action for one in found if one.type not in asked} <= {"stop"}


@given(before=ODD.filter(lambda text: not text or not (text[-1].isalnum() or text[-1] in "-+./,:*")))
@settings(max_examples=200, deadline=None)
def test_a_personnummer_is_stopped_whatever_stands_before_it(before: str) -> None:
    text = f"{before} och 19850312-1234."
    last = screen(text)[-1]
    assert last == Finding(len(text) - 14, len(text) - 1, "personnummer", "stop")


def test_ten_thousand_words_are_read_to_the_end() -> None:
    text = "handläggaren svarade inte " * 3334 + "850312-1234"
    assert [one.start for one in screen(text)] == [len(text) - 11]
