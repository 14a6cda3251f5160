"""What holds reports together that tell of the same problem: the name of a cluster, its months, and who is behind it.

Pure: texts in, words out. Which reports belong together is found by worker/clustering.py and decided by people.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from schemas.personal_data import screen
from schemas.personal_data.evidence import is_first_name
from schemas.similarity import stems

FEWEST, FEWEST_PEOPLE = 3, 2  # reports, and people behind them, that make a cluster
KEPT = 2  # reports below which a cluster that people have thinned out is one no more
IN_NAME, HOLDING = 3, 8  # words that name a cluster, and those that are told as holding it together
FEWEST_WORDS = 2  # that hold a cluster together
LEAST_SHARE = 0.4  # of the reports: a word that stands in fewer holds nothing together
SEPARATOR = " · "
_WORD = re.compile(r"[^\W\d_]+")
_OPENS = re.compile(r"(?:^|[.!?:;•\n\"”»(–-])\s*$")


@dataclass(frozen=True)
class Telling:
    """A report as far as clusters go: its month, the person who wrote it, and its text."""

    id: int
    reporter_id: int
    month: date
    text: str

    @cached_property
    def stems(self) -> dict[str, str]:
        """Each stem that can tell something, with the word first written so."""
        return stems(self.text)


@dataclass(frozen=True)
class Portrait:
    """What is told of a cluster. `name` is empty where no word may be shown; `words` are in the order of their
    strength, each with the reports that have it."""

    name: str
    words: list[tuple[str, int]]
    reports: int
    reporters: int
    since: date | None


def portrait(tellings: Sequence[Telling], rarity: Mapping[str, float], former: str = "") -> Portrait:
    """Tell what a cluster is about.

    A word is shown only when it stands in several reports by different people and looks like nobody's name.
    Arguments: rarity - by stem how much its being shared tells; other stems count for nothing; former - the name it
    had, which it keeps while the words of the name still hold it together.
    """
    words = strongest(tellings, rarity)
    holding = " ".join(word for word, _ in words)
    kept = former and stems(former).keys() <= stems(holding).keys()
    name = former if kept else SEPARATOR.join(word for word, _ in words[:IN_NAME])
    months = [telling.month for telling in tellings]
    people = {telling.reporter_id for telling in tellings}
    return Portrait(name[:1].upper() + name[1:], words, len(tellings), len(people), min(months, default=None))


def strongest(tellings: Sequence[Telling], rarity: Mapping[str, float]) -> list[tuple[str, int]]:
    """The words that hold texts together, the strongest first, each with how many texts have it."""
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    people: dict[str, set[int]] = defaultdict(set)
    for telling in tellings:
        for stem, word in telling.stems.items():
            forms[stem][word] += 1
            people[stem].add(telling.reporter_id)
    hidden = _hidden(tellings)
    least = max(2, LEAST_SHARE * len(tellings))
    shown = [
        stem
        for stem, found in forms.items()
        if found.total() >= least and len(people[stem]) >= FEWEST_PEOPLE and stem in rarity and stem not in hidden
    ]
    ranked = sorted(shown, key=lambda stem: (-forms[stem].total() * rarity[stem], stem))
    return [(_commonest(forms[stem]), forms[stem].total()) for stem in ranked[:HOLDING]]


def _commonest(forms: Counter[str]) -> str:
    """As most write it; of two that are as common the shorter one."""
    return min(forms, key=lambda word: (-forms[word], len(word), word))


def _hidden(tellings: Sequence[Telling]) -> set[str]:
    """Stems that may name somebody or some place: listed first names, what the guard of personal data finds, and
    what anybody writes with a capital inside a sentence."""
    found: set[str] = set()
    for telling in tellings:
        text = telling.text
        found |= {stem for stem, word in telling.stems.items() if is_first_name(word)}
        for finding in screen(text):
            found |= stems(text[finding.start : finding.end]).keys()
        for match in _WORD.finditer(text):
            if match[0][0].isupper() and not match[0].isupper() and not _OPENS.search(text[: match.start()][-3:]):
                found |= stems(match[0]).keys()
    return found
