"""The three sentences of a summary are good Swedish and say nothing that the numbers do not bear."""

from __future__ import annotations

from typing import Any

from schemas.disclosure import protect_cell, protect_total
from tests.summaries import Row, make_snapshot
from worker.summary import write_summary
from worker.summary.words import about, beside, how_many, inside, listed, reports, signed


def month(count: int, ago: int = 0) -> Row:
    """Reports from the municipality about the region, filed by four people."""
    return ("kommun", "region", ago, "contact_route", count, 4)


def sentences(rows: list[Row], **changes: Any) -> list[tuple[str, str]]:
    content = write_summary(make_snapshot(rows, **changes))
    return [(sentence["claim"], sentence["text"]) for sentence in content["sentences"]]


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


def test_a_hidden_norm_is_said_in_a_sentence_of_its_own() -> None:
    number, hidden = protect_total(3), protect_cell(60, 1)
    assert beside(None, number, "en vanlig månad") == ""
    assert beside(hidden, number, "en vanlig månad") == ", antalet en vanlig månad visas inte"
    assert beside(protect_total(25), number, "en vanlig månad") == ", en vanlig månad omkring 25"
    assert beside(protect_total(25), number, "året före", first=False) == ", omkring 25 året före"
