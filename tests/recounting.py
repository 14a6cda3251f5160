"""A snapshot with everything in it, its numbers counted once more from its rows, and the tables of a page as texts."""

from __future__ import annotations

import random
from html.parser import HTMLParser
from typing import Any

from tests.summaries import busy_rows, make_action, make_followup, make_snapshot, random_rows
from worker.summary import weigh
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
        # What is hidden to protect another number is proved by tests/test_disclosure_attacker.py, and only read here.
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
