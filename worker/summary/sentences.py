"""The sentences of a summary, made by rules from protected numbers. Pure.

The rules of honesty: a sentence says "fler" or "färre" only when that holds however the rounding fell out;
"störst" only of the numbers that are printed; and no sentence tells a cause or blames an actor.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from schemas.disclosure import Protected, surely_above
from schemas.months import NAMES, month_name
from schemas.taxonomy import UNASSESSED
from worker.summary.figures import Figures, Pair
from worker.summary.words import about, capital, how_many, inside, listed, reports

# A month stands out from three reports above or below the typical month (the same limit as a signal).
STANDS_OUT = 3
MAX_TIES = 3
# Reports that no category fits, or that nobody has judged yet, say nothing about what chafes.
VAGUE = ("other", UNASSESSED)
NO_BLAME = (
    "Många rapporter betyder inte att någon gör fel, utan att samverkan behöver ses över just där. "
    "Få rapporter kan betyda att allt fungerar, eller att få känner till Lex Heller."
)
EITHER_OR = "Det är färre än fem rapporter, eller färre än tre personer som har rapporterat."
NOT_PRINTED = "Antalen är färre än fem, eller kommer från färre än tre personer, och skrivs inte ut."
Sentence = dict[str, str]
Key = TypeVar("Key")


class Names:
    """What the parties and categories of a snapshot are called. `categories` stand in the order of the taxonomy."""

    def __init__(self, snapshot: Mapping[str, Any]) -> None:
        self._parties = {party["code"]: party for party in snapshot["parties"]}
        self.categories: dict[str, str] = dict(snapshot["categories"])

    def category(self, code: str) -> str:
        return self.categories.get(code, code)

    def quoted(self, code: str) -> str:
        return f"”{self.category(code)}”"

    def inside(self, code: str) -> str:
        party = self._parties[code]
        return "en annan aktör" if party["outside"] else inside(party["name"])

    def pair(self, pair: Pair) -> str:
        """`från kommunen om Försäkringskassan`, or `inom kommunen` when one part of it reports about another."""
        giver, counterpart = pair
        if giver == counterpart:
            return f"inom {self.inside(giver)}"
        return f"från {self.inside(giver)} om {self.inside(counterpart)}"


def three_sentences(figures: Figures, names: Names) -> list[Sentence]:
    """How many, between whom, and about what: each a short claim and the numbers that bear it."""
    return [tell_month(figures), tell_pairs(figures, names), tell_categories(figures, names)]


def tell_month(figures: Figures) -> Sentence:
    month, norm = figures.month, figures.norm
    name = NAMES[figures.months[-1][0].month - 1]
    if month.value == 0:
        return _say(f"Inga avvikelser i {name}.", _rest_of_year(figures))
    if month.at_most == math.inf:
        return _say(f"Antalet i {name} visas inte.", EITHER_OR)
    if norm is None:
        return _say(f"{capital(reports(month))} i {name}.", "Det finns ännu för få månader att jämföra med.")
    numbers = f"{capital(reports(month, norm))} kom in. En vanlig månad kommer {about(norm, month)}."
    return _say(f"{_compare(month, norm)} i {name}.", numbers)


def _compare(month: Protected, norm: Protected) -> str:
    if surely_above(month, norm, STANDS_OUT):
        return "Fler rapporter än vanligt"
    if surely_above(norm, month, STANDS_OUT):
        return "Färre rapporter än vanligt"
    if month == norm:
        return "Ungefär som vanligt"
    return "Ingen säker förändring"


def _rest_of_year(figures: Figures) -> str:
    if figures.year.value == 0:
        return f"Inga rapporter heller under tolv månader till och med {month_name(figures.months[-1][0])}."
    if figures.year.value is None:
        return f"Antalet under tolv månader visas inte. {EITHER_OR}"
    return f"Under de senaste tolv månaderna kom {reports(figures.year)}."


def tell_pairs(figures: Figures, names: Names) -> Sentence:
    top, ties = largest(figures.pairs)
    if figures.year.value == 0:
        return _say(
            "Inga avvikelser på tolv månader.",
            "Noll rapporter är inte samma sak som noll problem: fråga om handläggarna känner till Lex Heller.",
        )
    if top is None:
        return _say("Inget enskilt par av parter kan visas.", NOT_PRINTED)
    if len(ties) > MAX_TIES:
        many = capital(how_many(len(ties), "par", "par", neuter=True))
        return _say("Flera par ligger lika högt i kartan.", f"{many} har {reports(top)} vardera på tolv månader.")
    where = listed([names.pair(pair) for pair in ties])
    return _say(f"Störst tal i kartan: {where}.", f"{_each(top, len(ties))} på tolv månader.")


def tell_categories(figures: Figures, names: Names) -> Sentence:
    top, ties = largest(figures.categories)
    if figures.year.value == 0:
        return _say("Inget att fördela på kategorier.", "När rapporter kommer står de här efter vad de handlar om.")
    if top is None:
        return _say("Ingen kategori kan visas.", NOT_PRINTED)
    if len(ties) > MAX_TIES:
        many = capital(how_many(len(ties), "kategori", "kategorier"))
        return _say("Flera kategorier är lika stora.", f"{many} har {reports(top)} vardera på tolv månader.")
    return _say(_claim_categories(ties, names), f"{_each(top, len(ties))} på tolv månader.{_good_news(figures, names)}")


def _claim_categories(ties: Sequence[str], names: Names) -> str:
    if ties == [UNASSESSED]:
        return "Många rapporter väntar på att bedömas."
    if ties == ["other"]:
        return "Många rapporter passar ingen kategori."
    return f"Störst tal bland kategorierna: {listed([names.quoted(code) for code in ties])}."


def _good_news(figures: Figures, names: Names) -> str:
    """The category that has surely fallen most against the twelve months before, if any."""
    before = figures.categories_before or {}
    falls = {
        code: number.at_least - figures.categories[code].at_most
        for code, number in before.items()
        if code in figures.categories and code not in VAGUE and surely_above(number, figures.categories[code], 5)
    }
    if not falls:
        return ""
    code = max(falls, key=lambda fallen: (falls[fallen], fallen))
    then, now = before[code], figures.categories[code]
    return f" Rapporterna om {names.quoted(code)} har minskat, från {about(then, now)} till {about(now, then)}."


def largest(numbers: Mapping[Key, Protected]) -> tuple[Protected | None, list[Key]]:
    """The largest printed number and everything that has it."""
    shown = [number for number in numbers.values() if number.shown]
    if not shown:
        return None, []
    top = max(shown, key=lambda number: number.at_least)
    return top, [key for key, number in numbers.items() if number == top]


def _each(number: Protected, ties: int) -> str:
    return capital(reports(number)) + (" vardera" if ties > 1 else "")


def _say(claim: str, text: str) -> Sentence:
    return {"claim": claim, "text": text}
