"""Every number in print is worked out once more from the snapshot, by code that shares nothing with the product's."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from collections import Counter
from html.parser import HTMLParser
from statistics import median_low
from typing import Any

import pytest

from settings import ROOT
from tests.pdf_text import read_pages
from tests.summaries import PARTIES, busy_rows, make_action, make_followup, make_snapshot, random_rows
from tests.test_summary import web_page
from worker import pdf
from worker.page import write_page
from worker.summary import weigh, write_summary
from worker.summary.registered import map_months

AREAS = ["Aneby", "Eksjö", "Sävsjö"]


def world(kind: str = "monthly", seed: int = 7, **changes: Any) -> dict[str, Any]:
    """A federation's snapshot with everything that a report can tell."""
    rows = [*random_rows(random.Random(seed), 40), *busy_rows(12)]
    snapshot = make_snapshot(
        rows,
        kind=kind,
        period="2026-01-01" if kind == "yearly" else "2026-11-01",
        forum_whole_federation=True,
        forum_areas=AREAS,
        followup=make_followup([make_action(late=True), make_action("Brevlådan")], [("ingången", [0])]),
        **changes,
    )
    total, people = sum(row[-1] for row in snapshot["counts"] if row[2] >= snapshot["months"][12]), 9
    earlier = sum(row[-1] for row in snapshot["counts"]) - total
    snapshot["patterns"]["areas"] = [
        ["Aneby", total - 65, people, earlier - 3, 4],
        ["Eksjö", 53, people, 3, 3],
        ["Sävsjö", 12, 3, 0, 0],
    ]
    return snapshot


def shown(count: int, people: int = 3) -> str:
    """The rule of small numbers, written anew: none, hidden, or to the nearest five."""
    if count == 0:
        return "0"
    return "<5" if count < 5 or people < 3 else str(round(count / 5) * 5)


class Recount:
    """What a snapshot's numbers should look like."""

    def __init__(self, snapshot: dict[str, Any]) -> None:
        self.snapshot, self.months = snapshot, snapshot["months"][12:]
        # What is hidden to protect another number is proved by tests/test_disclosure_audit.py, and only read here.
        weighed = weigh(snapshot)
        self.of_map = snapshot["months"][-map_months(weighed) :]
        rows = [row for row in weighed["withheld"] if row["reason"] == "complementary"]
        self.covers = {(row["name"], *row["key"]) for row in rows}
        self.now = [row for row in snapshot["counts"] if row[2] in self.months]
        self.before = [row for row in snapshot["counts"] if row[2] not in self.months]

    def shown(self, name: str, key: tuple[str, ...], count: int, people: int = 3) -> str:
        return "<5" if (name, *key) in self.covers else shown(count, people)

    def months_of_all(self) -> list[str]:
        return [
            self.shown("months", (month,), sum(row[-1] for row in self.now if row[2] == month)) for month in self.months
        ]

    def year(self) -> str:
        return self.shown("year", (), sum(row[-1] for row in self.now), self.snapshot["reporters"]["all"])

    def cell(self, giver: str, about: str) -> str:
        reporters = self.snapshot["reporters"]["pairs" if len(self.of_map) == 12 else "pairs_long"]
        people = {(row[0], row[1]): row[2] for row in reporters}
        rows = [row for row in self.snapshot["counts"] if row[2] in self.of_map]
        count = sum(row[-1] for row in rows if (row[0], row[1]) == (giver, about))
        return self.shown("pairs", (giver, about), count, people.get((giver, about), 0))

    def category(self, code: str, when: str = "now") -> str:
        people = dict(self.snapshot["reporters"]["categories" if when == "now" else "categories_before"])
        rows = self.now if when == "now" else self.before
        name = "categories" if when == "now" else "categories_before"
        return self.shown(name, (code,), sum(row[-1] for row in rows if row[3] == code), people.get(code, 0))

    def counterpart(self, about: str) -> list[str]:
        people = {(row[0], row[1]): row[2] for row in self.snapshot["patterns"]["counterparts"]}
        return [
            self.shown("counterparts", (about, month), count, people.get((about, month), 0))
            for month in self.months
            for count in [sum(row[-1] for row in self.now if (row[1], row[2]) == (about, month))]
        ]

    def problems(self) -> list[str]:
        found = []
        for giver, about, category, people, *_ in self.snapshot["patterns"]["problems"]:
            count = sum(row[-1] for row in self.now if row[:2] == [giver, about] and row[3] == category)
            if self.shown("problems", (giver, about, category), count, people) not in ("0", "<5") and category not in (
                "other",
                "unassessed",
            ):
                found.append(int(shown(count, people)))
        return [str(number) for number in sorted(found, reverse=True)[:5]]


class Tables(HTMLParser):
    """The rows of every table of a page, as texts; and all its visible text, without what is told aloud only."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.texts: list[str] = []
        self.silent = self.cell = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self.cell += 1
        self.silent += tag in ("title", "style")

    def handle_endtag(self, tag: str) -> None:
        self.cell -= tag in ("td", "th")
        self.silent -= tag in ("title", "style")

    def handle_data(self, data: str) -> None:
        if self.silent:
            return
        self.texts.append(data)
        if self.cell:
            self.rows[-1][-1] += data.replace("\u00ad", "")

    def row(self, name: str, nth: int = 0) -> list[str]:
        named = [row for row in self.rows if row and row[0].strip() == name]
        return [cell.strip() for cell in named[nth][1:]]


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


def digits(text: str) -> Counter[str]:
    return Counter(re.findall(r"<|\d", text))


def numbers(text: str) -> Counter[str]:
    return Counter(re.findall(r"<5|\d+", text))


@pytest.mark.parametrize("kind", ["monthly", "yearly"])
def test_the_file_prints_the_numbers_of_its_page_and_no_others(kind: str) -> None:
    content = write_summary(world(kind))
    pages = [re.sub(r"\s+", " ", text) for text in read_pages(pdf.render_summary(content))]
    printed = " ".join(re.sub(r"Sida \d+ av \d+", "", text) for text in pages)
    running = re.escape("Lex Heller · " + content["title"])
    assert len(re.findall(running, printed)) == len(pages) - 1
    printed = re.sub(running, "", printed)
    printed = re.sub(r"(\. ?){4,}\d", "", printed)  # the pages in the table of contents
    html = write_page(content)
    # Letters in drawings are set one by one, so there digits are compared; everywhere else whole numbers.
    assert digits(printed) == digits(" ".join(Tables(html).texts))
    plain = " ".join(Tables(re.sub(r"<svg.*?</svg>", "", html, flags=re.DOTALL)).texts)
    assert numbers(plain) - numbers(printed) == Counter()


@pytest.mark.parametrize("kind", ["monthly", "yearly"])
def test_the_web_page_tells_the_numbers_of_the_file(kind: str) -> None:
    content = write_summary(world(kind))
    web, paper = (Tables(page) for page in (web_page(content, None), write_page(content)))
    for name in (*(name for _, name, _ in PARTIES[:-1]), "Alla", "Aneby", "Eksjö", "Sävsjö"):
        of_web = [re.findall(r"<5|[+−±]?\d+|–", cell)[:1] for cell in _named(web, name)]
        assert of_web == [re.findall(r"<5|[+−±]?\d+|–", cell)[:1] for cell in _named(paper, name)]


def _named(page: Tables, name: str) -> list[str]:
    """The cells of the first row whose heading holds a name: the web page tells its short form beside it."""
    return next(row[1:] for row in page.rows if row and row[0].strip().startswith(name))


PRINT = (
    "import hashlib, json, sys; from worker import pdf; from worker.summary import write_summary;"
    "content = write_summary(json.load(sys.stdin)); document = pdf.render_summary(content);"
    "print(hashlib.sha256(json.dumps(content).encode()).hexdigest(), hashlib.sha256(document).hexdigest())"
)


def test_the_same_snapshot_gives_the_same_bytes_in_any_surroundings() -> None:
    surroundings = (
        {"TZ": "UTC", "LC_ALL": "C", "PYTHONHASHSEED": "1"},
        {"TZ": "Pacific/Auckland", "LC_ALL": "C.UTF-8", "LANG": "sv_SE.UTF-8", "PYTHONHASHSEED": "2"},
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", PRINT],
            input=json.dumps(world()),
            cwd=ROOT,
            env=os.environ | outside,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for outside in surroundings
    ]
    assert told[0] == told[1]
    assert len(told[0].split()) == 2
