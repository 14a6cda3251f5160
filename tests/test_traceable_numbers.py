"""Every number in the tables and sentences of a summary can be worked out again from its snapshot."""

from __future__ import annotations

import re
from statistics import median_low

import pytest

from tests.recounting import Recount, Tables, shown, world
from tests.summaries import PARTIES
from worker.page import write_page
from worker.summary import write_summary


def signed(now: str, before: str) -> str:
    if "<5" in (now, before):
        return "–"
    difference = int(now) - int(before)
    return f"+{difference}" if difference > 0 else f"−{-difference}" if difference else "±0"


@pytest.mark.parametrize("kind", ["monthly", "yearly"])
@pytest.mark.parametrize("seed", range(6))
def test_every_number_of_every_table_can_be_worked_out_again(kind: str, seed: int) -> None:
    snapshot = world(kind, seed)
    truth, content = Recount(snapshot), write_summary(snapshot)
    page = Tables(write_page(content))
    for code, name, _ in PARTIES[:-1]:
        assert page.row(name)[: len(PARTIES)] == [truth.cell(code, about) for about, _, _ in PARTIES]
    told = {row[0]: row[1:] for row in page.rows if len(row) == 3}
    for code, label in snapshot["categories"]:
        now, before = truth.category(code), truth.category(code, "before")
        if label in told:
            assert told[label] == [now, signed(now, before)]
        else:
            assert now == "<5" or (now == "0" and signed(now, before) in ("–", "±0"))
    charted = content["counterparts"] or []
    assert page.row("Alla" if charted else "Rapporter") == truth.months_of_all()
    codes = {"Annan" if code == "other" else name: code for code, name, _ in PARTIES}
    for row in charted:
        assert [cell.strip() for cell in page.rows[-1 - _from_end(page, row["name"])][1:]] == truth.counterpart(
            codes[row["name"]]
        )
    for name, *counts in snapshot["patterns"]["areas"]:
        now, before = truth.shown("areas", (name,), *counts[:2]), truth.shown("areas_before", (name,), *counts[2:])
        assert page.row(name) == [now, before, signed(now, before)]
    assert [row["number"]["text"] for row in (content["problems"] or {"rows": []})["rows"]] == truth.problems()


def _from_end(page: Tables, name: str) -> int:
    """Where the last row of that name with twelve months stands, counted from the end."""
    places = [
        place for place, row in enumerate(reversed(page.rows)) if row and row[0].strip() == name and len(row) == 13
    ]
    return places[0]


@pytest.mark.parametrize("kind", ["monthly", "yearly"])
@pytest.mark.parametrize("seed", range(6))
def test_every_number_in_the_sentences_and_key_figures_can_be_worked_out_again(kind: str, seed: int) -> None:
    snapshot = world(kind, seed)
    truth, content = Recount(snapshot), write_summary(snapshot)
    months = truth.months_of_all()
    began = snapshot["first_month"]
    earlier = [text for month, text in zip(truth.months, months, strict=True) if month >= began][:-1]
    norm = median_low([1 if text == "<5" else int(text) for text in earlier])
    totals = {months[-1], truth.year(), str(norm), shown(sum(row[-1] for row in truth.before), 9), *truth.problems()}
    before = {truth.category(code, "before") for code, _ in snapshot["categories"]}
    pairs = {
        shown(sum(row[-1] for row in truth.before if row[:2] == pair and row[3] == code), 9)
        for *pair, code in {(row[0], row[1], row[3]) for row in snapshot["counts"]}
    }
    allowed = totals | before | pairs | {"2026", "3"}  # and the year and day of the meeting
    for sentence in content["sentences"]:
        assert set(re.findall(r"\d+", f"{sentence['claim']} {sentence['text']}")) <= allowed
    figures = {figure["label"]: figure["text"] for figure in content["key_figures"]}
    year = next(
        text
        for label, text in figures.items()
        if label.startswith("rapporter under 2026, ") or label.startswith("rapporter på tolv månader, ")
    )
    assert year == truth.year()
    assert figures["öppna åtgärder är försenad"] == "1 av 2"
    if kind == "monthly":
        assert next(text for label, text in figures.items() if label.startswith("rapporter i november")) == months[-1]
