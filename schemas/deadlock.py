"""Moment 22: two or more actors who each want something of the other first. Values in, values out.

Read by rule, so that the figure can be explained: a clause in which an actor sets a condition gives one demand;
demands that each wait for the next one make a circle.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

MOST_ACTORS = 4
LONGEST = 60  # letters of a condition on the page
# Words for an actor, and the name that stands in the figure. A star: the word may go on.
ACTORS = {
    "Arbetsförmedlingen": r"af|arbetsförmedl\w*",
    "Försäkringskassan": r"fk|försäkringskass\w*|kassan",
    "Kommunen": r"kommun(?:en|ens)?|soc|socialtjänst\w*|socialen|ek bist|biståndsenhet\w*|lss(?:-\w+)?|nämnden|ame",
    "Psykiatrin": r"(?:barn|vuxen|öppenvårds)?psyk(?:iatrin|et)?|bup",
    "Beroendevården": r"beroende\w*|missbruks\w*",
    "Vårdcentralen": r"vc|vårdcentral\w*|hälsocentral\w*|primärvård\w*",
    "Vården": r"vården|regionen|sjukhuset|läkaren|doktorn|mottagningen|rehab(?:en|iliteringen)?|habiliteringen",
    "Hyresvärden": r"hyresvärd\w*|bostadsbolag\w*",
    "Arbetsgivaren": r"arbetsgivar\w*",
    "Skolan": r"skolan|skolans|csn",
    "Banken": r"banken",
}
_ACTOR = re.compile("|".join(rf"(?P<a{at}>\b(?:{words})\b)" for at, words in enumerate(ACTORS.values())), re.I)
_CLAUSE = re.compile(r"[.;:!?\n•]+|,\s+(?:och|men|medan|samtidigt som)\s+|\s+(?:medan|men)\s+|,\s+")
# What sets a condition. The words after it, up to the end of the clause, are the condition.
_DEMAND = re.compile(
    r"\b(?:kräver|krävde|fordrar|förutsätter|begär|kräv|vill (?:först )?(?:ha|se|att)"
    r"|vill inte\b.*?\b(?:förrän|innan|utan)"
    r"|(?:kan|får|tar|ger|skriver|beslutar|ordnar|anställer|beviljar|börjar|utreder|behandlar|startar|bedömer|hjälper"
    r"|betalar)\b.*?\binte\b.*?\b"
    r"(?:förrän|innan|utan)|(?:säger|menar|anser|tycker)\b.*?\b(?:först|innan|förrän)|(?:bara|först|endast) (?:om|när)"
    r"|inväntar|väntar på|avvaktar)\b",
    re.I,
)
_FIRST = re.compile(
    r"\b(?:först|innan|förrän|utan|avvaktar|inväntar|väntar|förutsätter|kräver|bara om|endast när)\b", re.I
)
_SAID = re.compile(r"moment\s*(?:22|tjugotvå)|ond cirkel|rundgång|hönan och ägget|låst läge|\blåser\b|tvärtom", re.I)
_NEEDS = re.compile(
    r"\bför att (?:få|kunna få|bli)\s+(.+?)\s+(?:krävs|behövs|måste\s+\w+\s+ha|ska\s+\w+\s+ha)\s+(.+)", re.I
)
_WORD = re.compile(r"[^\W\d_]{4,}")


@dataclass(frozen=True)
class Demand:
    """`actor` will not move before `condition` is met, as the text has it."""

    actor: str
    condition: str


def demands(text: str) -> list[Demand]:
    """Each actor's first condition in a text, in the order of the text."""
    found: dict[str, Demand] = {}
    actor = ""
    for clause in _CLAUSE.split(text):
        named = _ACTOR.search(clause)
        actor = _name(named) if named else actor
        demand = _DEMAND.search(clause, named.end() if named else 0)
        if demand and actor:
            condition = clause[demand.end() :].strip(" \"”'") or clause[demand.start() :].strip()
            found.setdefault(actor, Demand(actor, condition[:LONGEST]))
    return list(found.values())


def _name(match: re.Match[str]) -> str:
    return next(name for at, name in enumerate(ACTORS) if match[f"a{at}"])


def circle(text: str) -> list[Demand]:
    """The demands that make a circle, each waiting for the next and the last for the first; empty when there is none.

    Two demands are a circle when the text says so, when both put something first, or when one asks for what the
    other one gives. A single "för att få A krävs B, för att få B krävs A" counts with its things for actors.
    """
    things = _things(text)
    if things:
        return things
    found = demands(text)[:MOST_ACTORS]
    if len(found) < 2:
        return []
    return found if _SAID.search(text) or _crossed(found) or _all_first(text, found) else []


def _all_first(text: str, found: Sequence[Demand]) -> bool:
    clauses = [clause for clause in _CLAUSE.split(text) if _FIRST.search(clause)]
    return len(clauses) >= len(found)


def _crossed(found: Sequence[Demand]) -> bool:
    """Whether one's condition names another of them."""
    names = [{_name(match) for match in _ACTOR.finditer(one.condition)} for one in found]
    return any(other.actor in named for named, one in zip(names, found, strict=True) for other in found if other != one)


def _things(text: str) -> list[Demand]:
    """Two things that need each other, by the stems of their first words."""
    pairs = [match.groups() for clause in re.split(r"[.;\n]+", text) if (match := _NEEDS.search(clause))]
    for at, (wanted, needed) in enumerate(pairs):
        for other_wanted, other_needed in pairs[at + 1 :]:
            if _alike(wanted, other_needed) and _alike(needed, other_wanted):
                return [Demand(wanted.capitalize(), needed[:LONGEST]), Demand(needed.capitalize(), wanted[:LONGEST])]
    return []


def _alike(one: str, other: str) -> bool:
    stems = [{word.lower()[:5] for word in _WORD.findall(text)} for text in (one, other)]
    return bool(stems[0] & stems[1])
