"""A summary holds only protected numbers, no claim goes beyond them, and what is hidden leaves no trace."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from statistics import median_low
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError

from schemas.summary import check_content
from tests.summaries import Row, busy_rows, make_snapshot, random_rows
from worker.page import write_page
from worker.summary import write_summary

dice = st.integers(0, 10**9).map(random.Random)
sizes = st.sampled_from((2, 6, 40))


def walk(value: Any) -> Iterator[Any]:
    yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from walk(part)


def told_numbers(content: dict[str, Any]) -> Iterator[int]:
    """Every number of reports in running text: what is left when months, shares and parties are taken away."""
    quiet = (
        "title",
        "subtitle",
        "reference",
        "made_on",
        "meetings",
        "method",
        "first_month",
        "last_month",
        "recipient",
    )
    for text in walk({name: part for name, part in content.items() if name not in quiet}):
        if isinstance(text, str):
            bare = re.sub(r"[a-zåäö]+ 20\d\d|\d+ %|\d+ av \d+|<5|P\d|nummer \d", "", text)
            yield from map(int, re.findall(r"\d+", bare))


@settings(deadline=None, max_examples=50)
@given(dice=dice, size=sizes)
def test_every_number_that_is_told_is_protected(dice: random.Random, size: int) -> None:
    content = write_summary(make_snapshot(random_rows(dice, size)))
    for value in walk(content):
        if isinstance(value, dict) and "value" in value:
            assert value["text"] == "<5" if value["value"] is None else value["value"] % 5 == 0
    assert [number for number in told_numbers(content) if number % 5] == []
    assert check_content(content) == content


@settings(deadline=None, max_examples=50)
@given(dice=dice, size=sizes)
def test_a_claim_of_more_or_fewer_holds_for_the_exact_counts(dice: random.Random, size: int) -> None:
    snapshot = make_snapshot(random_rows(dice, size))
    counts = Counter[str](dict.fromkeys(snapshot["months"][12:], 0))
    for _, _, when, _, count in snapshot["counts"]:
        counts[when] += count
    last = snapshot["months"][-1]
    earlier = [counts[when] for when in snapshot["months"][12:-1] if when >= (snapshot["first_month"] or last)]
    difference = counts[last] - median_low(earlier or [counts[last]])
    claim = write_summary(snapshot)["sentences"][0]["claim"]
    assert not claim.startswith("Fler") or difference >= 3
    assert not claim.startswith("Färre rapporter") or difference <= -3


@settings(deadline=None, max_examples=50)
@given(dice=dice, size=sizes)
def test_largest_means_the_largest_number_in_print(dice: random.Random, size: int) -> None:
    content = write_summary(make_snapshot(random_rows(dice, size)))
    cells = [cell for row in content["heat_map"]["rows"] for cell in row["cells"]]
    top = max(cell["number"]["value"] or 0 for cell in cells)
    claim = content["sentences"][1]["claim"]
    if claim.startswith("Störst"):  # What is told where no problem can be shown.
        named = [cell for cell in cells if cell["spoken"].split(":")[0] in claim]
        assert {cell["number"]["value"] for cell in named if cell["number"]["value"]} == {top}


@pytest.mark.parametrize("hidden", [(1, 2), (3, 4)])
def test_hidden_counts_leave_no_trace_at_all(hidden: tuple[int, int]) -> None:
    """Two worlds that differ only in what is hidden give one and the same content, and so the same bytes."""
    around: list[Row] = [("kommun", "region", ago, "contact_route", 30, 9) for ago in range(24)]
    one, other = (write_summary(make_snapshot([*around, ("fk", "af", 5, "rules", count, count)])) for count in hidden)
    assert one == other


def test_one_busy_colleague_is_not_shown() -> None:
    content = write_summary(make_snapshot([*busy_rows(), ("fk", "af", 5, "rules", 40, 2)]))
    cell = content["heat_map"]["rows"][2]["cells"][1]
    assert cell["number"] == {"value": None, "text": "<5"}
    assert cell["spoken"] == "från Försäkringskassan om Arbetsförmedlingen: för få för att visas"


def test_two_colleagues_alone_hide_every_number_of_the_year() -> None:
    """Else the total would tell what the single hidden pair holds."""
    content = write_summary(make_snapshot([("fk", "af", ago, "rules", 9, 2) for ago in range(6)]))
    assert {value["text"] for value in walk(content) if isinstance(value, dict) and "value" in value} == {"0", "<5"}
    assert [figure["text"] for figure in content["key_figures"]] == ["<5", "<5"]
    assert "färre än tre rapportörer" in content["key_figures"][1]["label"]


def test_bars_do_not_tell_what_the_numbers_hide() -> None:
    content = write_summary(make_snapshot([*busy_rows(), ("fk", "af", 5, "rules", 3, 3)]))
    rules = next(row for row in content["categories"]["rows"] if row["label"] == "Regelverk krockar")
    assert (rules["number"]["text"], rules["twentieths"]) == ("<5", 0)


def ruin(content: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    ruined: dict[str, Any] = json.loads(json.dumps(content))
    *parents, last = path.split("/")
    place: Any = ruined
    for name in parents:
        place = place[int(name) if name.isdigit() else name]
    place[last] = value
    return ruined


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("heat_map/rows/0/cells/0/number", {"value": 3, "text": "3"}),
        ("heat_map/rows/0/cells/0/number", {"value": None, "text": "3"}),
        ("heat_map/rows/0/cells/0/number", {"value": 12, "text": "12"}),
        ("heat_map/rows/0/cells/0/exact", 3),
        ("sentences/0/text", "I november kom tre rapporter."),
        ("sentences/0/text", "I november kom 4 nya avvikelser."),
        ("key_figures/0/text", "3"),
        ("categories/rows/0/change", "+3"),
        ("questions/0/background", "x" * 1001),
        ("description", "fri text"),
    ],
)
def test_the_border_refuses_what_may_not_leave(path: str, value: Any) -> None:
    content = write_summary(make_snapshot(busy_rows()))
    assert check_content(content) == content
    with pytest.raises(ValidationError):
        check_content(ruin(content, path, value))
    with pytest.raises(ValidationError):
        write_page(ruin(content, path, value))
