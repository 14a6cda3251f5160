"""Which earlier reports tell of the same thing: values in, values out, and always with the reason why."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import snowballstemmer

LEXICON = Path(__file__).resolve().parent.parent / "data" / "classifier" / "lexicon.json"
MOST = 5  # similar reports that are shown
SHORTEST = 4  # letters of a word that can tell anything
FEW = 6  # texts from which on a word in half of them tells nothing
SOME, MANY = 2, 4  # shared words that make a likeness, and a great one
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

    A word counts when both texts have it, unless half of all texts at hand have it too. A likeness is *great* with
    the same pair, the same category and `MANY` shared words; `SOME` shared words make a likeness at all.
    """
    others = [other for other in others if other.id != report.id]
    own = stems(report.text)
    found = {other.id: stems(other.text).keys() for other in others}
    everywhere = _everywhere(found.values())
    likenesses = [_likeness(report, other, own, (own.keys() & found[other.id]) - everywhere) for other in others]
    close = [likeness for likeness in likenesses if len(likeness.words) >= SOME]
    return sorted(close, key=lambda one: (not one.great, -len(one.words), not one.same_pair, -one.id))[:MOST]


def _everywhere(texts: Iterable[Iterable[str]]) -> set[str]:
    listed = list(texts)
    counts = Counter(stem for text in listed for stem in text)
    return {stem for stem, count in counts.items() if len(listed) >= FEW and count * 2 >= len(listed)}


def _likeness(report: Told, other: Told, own: dict[str, str], shared: set[str]) -> Likeness:
    same_pair, same_category = report.pair == other.pair, report.category == other.category
    great = same_pair and same_category and len(shared) >= MANY
    return Likeness(other.id, great, same_pair, same_category, tuple(sorted(own[stem] for stem in shared)))
