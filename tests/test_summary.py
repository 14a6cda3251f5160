"""What a summary says: good Swedish, nothing the numbers do not bear, and only protected numbers."""

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
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from marshmallow import ValidationError

from schemas.disclosure import protect_cell, protect_total
from schemas.summary import check_content
from settings import ROOT
from tests.summaries import Row, busy_rows, make_snapshot, random_rows
from worker.page import write_page
from worker.summary import write_summary
from worker.summary.words import about, how_many, inside, listed, reports, signed

dice = st.integers(0, 10**9).map(random.Random)
sizes = st.sampled_from((2, 6, 40))


def month(count: int, ago: int = 0) -> Row:
    """Reports from the municipality about the region, filed by four people."""
    return ("kommun", "region", ago, "contact_route", count, 4)


def sentences(rows: list[Row], **changes: Any) -> list[tuple[str, str]]:
    content = write_summary(make_snapshot(rows, **changes))
    return [(sentence["claim"], sentence["text"]) for sentence in content["sentences"]]


# Swedish


def test_numbers_are_written_and_inflected_as_swedish() -> None:
    parts = [how_many(number, "part", "parter") for number in (0, 1, 2, 12, 13)]
    assert parts == ["ingen part", "en part", "två parter", "tolv parter", "13 parter"]
    assert [how_many(number, "möte", "möten", neuter=True) for number in (0, 1, 3)] == [
        "inget möte",
        "ett möte",
        "tre möten",
    ]
    assert [listed(["a", "b", "c"][:length]) for length in range(4)] == ["", "a", "a och b", "a, b och c"]
    assert [signed(difference) for difference in (10, -5, 0, None)] == ["+10", "−5", "±0", "–"]


def test_reports_are_told_in_words_and_never_exactly() -> None:
    words = [reports(protect_total(count)) for count in (0, 1, 4, 6, 11, 26)]
    few = "färre än fem rapporter"
    assert words == [
        "inga rapporter",
        few,
        few,
        "omkring fem rapporter",
        "omkring tio rapporter",
        "omkring 25 rapporter",
    ]


def test_numbers_side_by_side_are_written_alike() -> None:
    ten, thirty = protect_total(10), protect_total(30)
    assert (about(ten), about(ten, thirty), about(thirty, ten)) == ("omkring tio", "omkring 10", "omkring 30")


def test_a_cell_that_is_hidden_is_not_said_to_be_below_five() -> None:
    assert reports(protect_cell(2, 2)) == reports(protect_cell(60, 1)) == "för få för att visas"


def test_everyday_names_are_written_small_inside_a_sentence() -> None:
    assert [inside(name) for name in ("Kommunen", "Försäkringskassan", "Region Jönköpings län")] == [
        "kommunen",
        "Försäkringskassan",
        "Region Jönköpings län",
    ]


# The three sentences


def test_no_reports_at_all_is_a_good_report_too() -> None:
    told = sentences([])
    assert told[0] == (
        "Inga avvikelser i november.",
        "Inga rapporter heller under tolv månader till och med november 2026.",
    )
    assert told[1][0] == "Inga avvikelser på tolv månader."
    assert len(told) == 3


def test_a_quiet_month_in_a_year_with_reports() -> None:
    told = sentences([month(12, ago=3)])
    assert told[0] == (
        "Inga avvikelser i november.",
        "Under de senaste tolv månaderna kom omkring tio rapporter.",
    )


def test_one_report_is_not_told_as_one() -> None:
    told = sentences([month(1)])
    assert told[0][0] == "Antalet i november visas inte."
    assert "färre än fem" in told[0][1]


def test_a_few_reports_in_a_month_of_a_shown_year() -> None:
    told = sentences([month(2), month(9, ago=3)])
    assert told[0] == ("Färre än fem rapporter i november.", "Det finns ännu för få månader att jämföra med.")


def test_many_reports_against_a_typical_month() -> None:
    told = sentences([month(26), *(month(6, ago) for ago in range(1, 24))])
    assert told[0] == (
        "Fler rapporter än vanligt i november.",
        "Omkring 25 rapporter kom in. En vanlig månad kommer omkring 5.",
    )
    assert told[1] == (
        "”Kontaktväg saknas eller fungerar inte” från kommunen om Region Jönköpings län.",
        "Omkring 90 rapporter på tolv månader, fler än året före (omkring 70), "
        "det största talet bland problem som kan visas.",
    )
    assert told[2][0] == "Störst tal bland kategorierna: ”Kontaktväg saknas eller fungerar inte”."


def test_rounding_alone_is_no_increase() -> None:
    """Eight against seven reports prints as ten against five."""
    told = sentences([month(8), *(month(7, ago) for ago in range(1, 24))])
    assert told[0][0] == "Ingen säker förändring i november."


def test_fewer_reports_than_usual_and_the_category_that_fell() -> None:
    rows = [month(2), *(month(11, ago) for ago in range(1, 12)), *(month(30, ago) for ago in range(12, 24))]
    told = sentences(rows)
    assert told[0][0] == "Färre rapporter än vanligt i november."
    assert told[2][1].endswith("har minskat, från omkring 360 till omkring 125.")


def test_ties_share_the_sentence() -> None:
    rows: list[Row] = [(giver, "region", 0, "rules", 10, 5) for giver in ("kommun", "fk")]
    claim, numbers = sentences(rows)[1]
    both = "från kommunen om Region Jönköpings län och från Försäkringskassan om Region Jönköpings län"
    assert claim == f"”Regelverk krockar” {both}."
    assert numbers == "Omkring tio rapporter vardera på tolv månader, det största talet bland problem som kan visas."
    rows += [(giver, "kommun", 0, "rules", 10, 5) for giver in ("kommun", "fk", "af")]
    assert sentences(rows)[1] == (
        "Flera problem är lika stora.",
        "Fem problem har omkring tio rapporter vardera på tolv månader.",
    )


def test_a_pair_is_told_where_no_problem_can_be() -> None:
    """Ten reports of one pair, but of three categories with too few each."""
    rows: list[Row] = [("kommun", "region", 0, code, 4, 4) for code in ("rules", "handover", "information")]
    assert sentences(rows)[1] == (
        "Störst tal i kartan: från kommunen om Region Jönköpings län.",
        "Omkring tio rapporter på tolv månader.",
    )


def test_reports_within_one_party_and_about_somebody_outside() -> None:
    rows: list[Row] = [("kommun", "kommun", 0, "rules", 10, 5), ("af", "other", 0, "rules", 10, 5)]
    claim = sentences(rows)[1][0]
    assert claim == "”Regelverk krockar” inom kommunen och från Arbetsförmedlingen om en annan aktör."


# What must not be seen


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


# The border


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


@pytest.mark.parametrize(("kind", "period"), [("monthly", "2026-11-01"), ("meeting", "2026-12-12")])
def test_the_reference_names_forum_period_and_version(kind: str, period: str) -> None:
    content = write_summary(make_snapshot(busy_rows(), kind=kind, period=period, version=2))
    assert content["reference"] == f"lsg-savsjo-{period[:7] if kind == 'monthly' else period}-v2"


def test_a_pack_says_when_its_meeting_is() -> None:
    known = write_summary(make_snapshot(kind="meeting", period="2026-12-12"))
    moved = write_summary(make_snapshot(kind="meeting", period="2026-12-12", meetings=["2027-01-15T13:30"]))
    assert known["subtitle"] == "Underlag till LSG Sävsjö inför mötet 12 december 2026 kl. 09.00"
    assert moved["subtitle"] == "Underlag till LSG Sävsjö inför mötet 12 december 2026"


# The page on the web


def web_page(content: dict[str, Any], pdf_href: str | None) -> str:
    made = Environment(loader=FileSystemLoader(ROOT / "templates"), undefined=StrictUndefined, autoescape=True)
    made.globals.update(url_for=lambda endpoint, **_: f"/{endpoint}", get_flashed_messages=lambda: [])
    nothing = {"draft": False, "replaced_by": None, "approved": "", "sha256": None}
    summary = {"title": content["title"], "pdf_href": pdf_href, "reference": content["reference"], **nothing}
    return made.get_template("web/rapport.html").render(
        content=content, summary=summary, nav=[], who=None, example_data=False
    )


@pytest.mark.parametrize("rows", [[], busy_rows(3), busy_rows()], ids=["none", "few", "many"])
def test_the_web_page_and_the_printed_page_say_the_same(rows: list[Row]) -> None:
    content = write_summary(make_snapshot(rows))
    for page in (web_page(content, "/rapporter/1.pdf"), write_page(content)):
        text = " ".join(re.sub(r"<[^>]*>", " ", page).replace("\u00ad", "").replace("&lt;", "<").split())
        for sentence in content["sentences"]:
            assert f"{sentence['claim']} {sentence['text']}" in text
        for row in content["heat_map"]["rows"]:
            assert row["name"] in text
        for question in content["questions"]:
            assert question["question"] in text


def test_the_web_page_stands_alone_where_there_is_no_pdf() -> None:
    content = write_summary(make_snapshot(busy_rows()))
    assert "Hämta PDF" in web_page(content, "/rapporter/1.pdf")
    assert "Hämta PDF" not in web_page(content, None)
    assert "finns inte som PDF" in web_page(content, None)


def test_hostile_names_are_text_on_every_page() -> None:
    evil = '<td colspan=100000><script>x</script><img src="file:///etc/passwd">'
    content = write_summary(make_snapshot(busy_rows(), forum_name=evil, forum_areas=[evil], forum_federation=evil))
    for page in (web_page(content, None), write_page(content)):
        assert "colspan=100000&gt;" in page
        assert "<td colspan" not in page
        assert "<script>x" not in page
        assert "<img" not in page
