"""Which earlier reports tell of the same thing: values in, values out, and always with the reason why."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Set
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import snowballstemmer

from schemas.words import UNASSESSED

LEXICON = Path(__file__).resolve().parent.parent / "data" / "classifier" / "lexicon.json"
MOST = 5  # similar reports that are shown
SHORTEST = 4  # letters of a word that can tell anything
FEW = 6  # texts from which on a word in half of them tells nothing
SOME, MANY = 2, 4  # shared words that make a likeness, and a great one
RELATED, NEARLY_THE_SAME = 0.3, 0.75  # shares of common stems: perhaps the same event, and the same text but for a word
_WORD = re.compile(r"[^\W\d_]+")
_STEMMER = snowballstemmer.stemmer("swedish")


@dataclass(frozen=True)
class Told:
    """A report as far as likeness goes: its pair of units, its category and its words."""

    id: int
    pair: tuple[int, int]
    category: str
    text: str


@dataclass(frozen=True)
class Likeness:
    """`words` are shared words as the newer report writes them."""

    id: int
    great: bool
    same_pair: bool
    same_category: bool
    words: tuple[str, ...]


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    """Words that stand in every Swedish text (the stop list of the classifier's lexicon)."""
    return frozenset(json.loads(LEXICON.read_text(encoding="utf-8"))["stop"])


def stems(text: str) -> dict[str, str]:
    """Stem to the word first written with it, for the words that can tell something (stems by Snowball)."""
    words = (word.lower() for word in _WORD.findall(text))
    telling = [word for word in words if len(word) >= SHORTEST and word not in _common()]
    return {_STEMMER.stemWord(word): word for word in reversed(telling)}


def similar(report: Told, others: Iterable[Told]) -> list[Likeness]:
    """The other reports that are most like one, most like first.

    A word counts when both texts have it. In two texts that have little in common a word does not count when half
    of the texts unlike the report have it too. A likeness is *great* with the same pair, the same category and
    `MANY` shared words, and always between texts that are nearly the same; `SOME` shared words make a likeness at all.
    """
    others = [other for other in others if other.id != report.id]
    own = stems(report.text)
    found = {other.id: stems(other.text).keys() for other in others}
    shares = {other.id: _share(report.text, own.keys(), other.text, found[other.id]) for other in others}
    # An event that recurs must not make its own words common, so only texts about something else are counted.
    everywhere = _everywhere([found[other.id] for other in others if shares[other.id] < RELATED])
    likenesses = []
    for other in others:
        shared = own.keys() & found[other.id]
        telling = shared - everywhere if shares[other.id] < RELATED else shared
        likenesses.append(_likeness(report, other, own, telling, shares[other.id]))
    close = [likeness for likeness in likenesses if likeness.great or len(likeness.words) >= SOME]
    return sorted(close, key=lambda one: (not one.great, -len(one.words), not one.same_pair, -one.id))[:MOST]


def _share(text: str, own: Set[str], other_text: str, others: Set[str]) -> float:
    """How much two texts have in common, 0-1: the Jaccard index of their stems (Jaccard, 1912)."""
    if text.casefold().split() == other_text.casefold().split():
        return 1.0
    return len(own & others) / len(own | others) if own | others else 0.0


def _everywhere(texts: Collection[Set[str]]) -> set[str]:
    counts = Counter(stem for text in texts for stem in text)
    return {stem for stem, count in counts.items() if len(texts) >= FEW and count * 2 >= len(texts)}


def _likeness(report: Told, other: Told, own: dict[str, str], shared: set[str], share: float) -> Likeness:
    same_pair = report.pair == other.pair
    same_category = report.category == other.category != UNASSESSED  # Two that nobody has judged share no category.
    great = share >= NEARLY_THE_SAME or (same_pair and same_category and len(shared) >= MANY)
    return Likeness(other.id, great, same_pair, same_category, tuple(sorted(own[stem] for stem in shared)))
