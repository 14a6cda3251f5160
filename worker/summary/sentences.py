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
from worker.summary.figures import Figures
from worker.summary.honesty import Proof, honest
from worker.summary.looking_back import tell_followup
from worker.summary.names import VAGUE as VAGUE
from worker.summary.names import Names as Names
from worker.summary.patterns import Problem, recurring_problems
from worker.summary.words import TOO_FEW, about, capital, how_many, listed, reports, shortened

# A month stands out from three reports above or below the typical month (the same limit as a signal).
STANDS_OUT = 3
YEAR_STANDS_OUT = FELL = 5  # reports; the same for a whole year and for a category
MAX_TIES = 3
LONGEST = 330  # characters of what a claim names; real names take half of it
NO_BLAME = (
    "Många rapporter betyder inte att någon gör fel, utan att samverkan behöver ses över just där. "
    "Få rapporter kan betyda att allt fungerar, eller att få känner till Lex Heller."
)
EITHER_OR = "Det är färre än fem rapporter, eller färre än tre rapportörer, eller ett antal som avslöjar ett annat."
NOT_PRINTED = "Antalen är för små, kommer från för få personer, eller skulle avslöja andra antal, och skrivs inte ut."
Sentence = dict[str, str]
Key = TypeVar("Key")


def three_sentences(figures: Figures, names: Names, snapshot: Mapping[str, Any]) -> list[Sentence]:
    """How it went, what is told of most, and what became of what was decided; each a short claim with the numbers
    that bear it. What there is nothing to say of gives way to a plainer sentence."""
    how_many = tell_year if snapshot["kind"] == "yearly" else tell_month
    return [
        how_many(figures),
        tell_problem(recurring_problems(snapshot), names) or tell_pairs(figures, names),
        tell_followup(snapshot) or tell_categories(figures, names),
    ]


def tell_month(figures: Figures) -> Sentence:
    month, norm = figures.month, figures.norm
    name = NAMES[figures.months[-1][0].month - 1]
    if month.value == 0:
        return _say(f"Inga avvikelser i {name}.", _rest_of_year(figures))
    if month.at_most == math.inf:
        return _say(f"Antalet i {name} visas inte.", EITHER_OR)
    if norm is None:
        return _say(f"{capital(reports(month))} i {name}.", "Det finns ännu för få månader att jämföra med.")
    usual = about(norm, month)
    told = "Antalet en vanlig månad visas inte." if usual == TOO_FEW else f"En vanlig månad kommer {usual}."
    numbers = f"{capital(reports(month, norm))} kom in. {told}"
    claim, proofs = compare(month, norm, STANDS_OUT, "vanligt")
    return _say(f"{claim} i {name}.", numbers, proofs)


def compare(now: Protected, then: Protected, by: int, norm: str) -> tuple[str, list[Proof]]:
    """A claim about two numbers, with its proof where it tells a trend.

    Arguments: by - reports; how far apart they must surely be; norm - what `then` is called, such as `vanligt`.
    """
    if surely_above(now, then, by):
        return f"Fler rapporter än {norm}", [Proof(now, then, by)]
    if surely_above(then, now, by):
        return f"Färre rapporter än {norm}", [Proof(then, now, by)]
    if now == then:
        return f"Ungefär som {norm}", []
    return "Ingen säker förändring", []


def tell_year(figures: Figures) -> Sentence:
    year, before = figures.year, figures.year_before
    name = figures.months[-1][0].year
    if year.value == 0:
        return _say(f"Inga avvikelser under {name}.", "Ingen av årets tolv månader har någon rapport.")
    if year.value is None:
        return _say(f"Antalet under {name} visas inte.", EITHER_OR)
    if before is None or before.value is None:
        why = "Det finns inget helt år före att jämföra med." if before is None else "Antalet året före visas inte."
        return _say(f"{capital(reports(year))} under {name}.", why)
    claim, proofs = compare(year, before, YEAR_STANDS_OUT, "året före")
    return _say(f"{claim}.", f"{capital(reports(year, before))} under {name}, {about(before, year)} året före.", proofs)


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
    where = listed([names.pair(pair) for pair in ties])
    if len(ties) > MAX_TIES or (len(ties) > 1 and len(where) > LONGEST):
        many = capital(how_many(len(ties), "par", "par", neuter=True))
        return _say("Flera par ligger lika högt i kartan.", f"{many} har {reports(top)} vardera på {figures.map_span}.")
    told = f"{_each(top, len(ties))} på {figures.map_span}."
    return _say(f"Störst tal i kartan: {shortened(where, LONGEST)}.", told)


def tell_problem(problems: Sequence[Problem], names: Names) -> Sentence | None:
    """The largest of the problems that can be shown; nothing when none can."""
    ties = [problem for problem in problems if problem.now == problems[0].now]
    if not ties:
        return None
    number = problems[0].now
    where = _where(ties, names)
    if len(ties) > MAX_TIES or (len(ties) > 1 and len(where) > LONGEST):
        many = capital(how_many(len(ties), "problem", "problem", neuter=True))
        return _say("Flera problem är lika stora.", f"{many} har {reports(number)} vardera på tolv månader.")
    told, proofs = _against_before(ties[0]) if len(ties) == 1 else ("", [])
    beside = [ties[0].before] if told and ties[0].before else []
    return _say(
        f"{shortened(where, LONGEST)}.",
        f"{_each(number, len(ties), *beside)} på tolv månader{told}, det största talet bland problem som kan visas.",
        proofs,
    )


def _where(ties: Sequence[Problem], names: Names) -> str:
    pairs, categories = [names.pair(tie.pattern[:2]) for tie in ties], [names.quoted(tie.pattern[2]) for tie in ties]
    if len(set(categories)) == 1:
        return f"{categories[0]} {listed(pairs)}"
    return listed([f"{category} {pair}" for category, pair in zip(categories, pairs, strict=True)])


def _against_before(problem: Problem) -> tuple[str, list[Proof]]:
    now, before = problem.now, problem.before
    if before is None or before.value is None:
        return "", []
    if surely_above(now, before, FELL):
        return f", fler än året före ({about(before, now)})", [Proof(now, before, FELL)]
    if surely_above(before, now, FELL):
        return f", färre än året före ({about(before, now)})", [Proof(before, now, FELL)]
    return f", {about(before, now)} året före", []


def tell_categories(figures: Figures, names: Names) -> Sentence:
    top, ties = largest(figures.categories)
    if figures.year.value == 0:
        return _say("Inget att fördela på kategorier.", "När rapporter kommer står de här efter vad de handlar om.")
    if top is None:
        return _say("Ingen kategori kan visas.", NOT_PRINTED)
    if len(ties) > MAX_TIES:
        many = capital(how_many(len(ties), "kategori", "kategorier"))
        return _say("Flera kategorier är lika stora.", f"{many} har {reports(top)} vardera på tolv månader.")
    news, proofs = _good_news(figures, names)
    return _say(_claim_categories(ties, names), f"{_each(top, len(ties))} på tolv månader.{news}", proofs)


def _claim_categories(ties: Sequence[str], names: Names) -> str:
    if ties == [UNASSESSED]:
        return "Många rapporter väntar på att bedömas."
    if ties == ["other"]:
        return "Många rapporter passar ingen kategori."
    return f"Störst tal bland kategorierna: {listed([names.quoted(code) for code in ties])}."


def _good_news(figures: Figures, names: Names) -> tuple[str, list[Proof]]:
    """The category that has surely fallen most against the twelve months before, if any."""
    before = figures.categories_before or {}
    falls = {
        code: number.at_least - figures.categories[code].at_most
        for code, number in before.items()
        if code in figures.categories and code not in VAGUE and surely_above(number, figures.categories[code], FELL)
    }
    if not falls:
        return "", []
    code = max(falls, key=lambda fallen: (falls[fallen], fallen))  # `surely_above` has proved each of them.
    then, now = before[code], figures.categories[code]
    told = f" Rapporterna om {names.quoted(code)} har minskat, från {about(then, now)} till {about(now, then)}."
    return told, [Proof(then, now, FELL)]


def largest(numbers: Mapping[Key, Protected]) -> tuple[Protected | None, list[Key]]:
    """The largest printed number and everything that has it."""
    shown = [number for number in numbers.values() if number.shown]
    if not shown:
        return None, []
    top = max(shown, key=lambda number: number.at_least)
    return top, [key for key, number in numbers.items() if number == top]


def _each(number: Protected, ties: int, *beside: Protected) -> str:
    return capital(reports(number, *beside)) + (" vardera" if ties > 1 else "")


def _say(claim: str, text: str, proofs: Sequence[Proof] = ()) -> Sentence:
    return honest({"claim": claim, "text": text}, proofs)
