"""What the classifier sees in a text: stems, pairs of stems, pieces of words, ideas, and the experts' phrases.

Training and reading use the same functions, so that a weight means the same in both.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

import snowballstemmer

from worker.classification_concepts import Concepts, near_pairs, sentences

PIECE = 4  # Letters in a piece of a word: pieces see that läkarintyg and sjukintyg have something in common.
GAP = 2  # Other words that may stand between two words of a phrase.
_WORD = re.compile(r"[^\W\d_]+")
_STEMMER = snowballstemmer.stemmer("swedish")

Phrase = tuple[str, ...]


def written_words(text: str) -> list[str]:
    """The words as they stand, in order; letters written with separate marks are put together first."""
    return _WORD.findall(unicodedata.normalize("NFC", text))


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of a lower-case Swedish word (Snowball)."""
    return str(_STEMMER.stemWord(word))


def word_features(word: str, lexicon: Lexicon) -> dict[str, tuple[str, ...]]:
    """The features of one lower-case word, by group: its stem, its pieces of four letters, and its ideas.

    A word that is no reason by itself has ideas and nothing more.
    """
    ideas = tuple(f"k:{idea}" for idea in lexicon.concepts.of(word))
    if word in lexicon.stop:
        return {"w": (), "c": (), "k": ideas}
    framed = f"<{word}>"
    pieces = dict.fromkeys(framed[at : at + PIECE] for at in range(len(framed) - PIECE + 1))
    return {"w": (f"w:{stem(word)}",), "c": tuple(f"c:{piece}" for piece in pieces), "k": ideas}


def near_words(text: str) -> list[tuple[str, str]]:
    """The lower-case words that stand near each other in a sentence of a text."""
    return near_pairs([[word.lower() for word in written_words(sentence)] for sentence in sentences(text)])


def pair_features(words: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Each pair of neighbours in a text of lower-case words, with the two words that make it."""
    return {f"b:{stem(left)} {stem(right)}": (left, right) for left, right in pairwise(words)}


@dataclass(frozen=True)
class Lexicon:
    """The experts' phrases by category, the ideas behind words, and the words that are no reason by themselves: those
    of every text, which have no weight (`stop`), and those that weigh and explain nothing (`silent`)."""

    stop: frozenset[str]
    phrases: Mapping[str, Sequence[str]]
    concepts: Concepts
    silent: Sequence[str] = ()
    is_silent: Callable[[str], bool] = field(init=False, repr=False, compare=False)
    _starting: Callable[[str], tuple[tuple[str, Phrase], ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_first: dict[str, list[tuple[str, Phrase]]] = {}
        for code, phrases in self.phrases.items():
            for phrase in phrases:
                first, *rest = phrase.split()
                by_first.setdefault(first, []).append((code, (first, *rest)))
        # Texts share most of their words: what may start with a word is looked up once.
        starting = lru_cache(maxsize=20_000)(lambda word: tuple(_starting(by_first, word)))
        object.__setattr__(self, "_starting", starting)
        object.__setattr__(self, "is_silent", lru_cache(maxsize=20_000)(self._is_silent))

    def _is_silent(self, word: str) -> bool:
        """Whether a lower-case word explains nothing: a party, a person, a month."""
        return any(_fits(word, pattern) for pattern in self.silent)

    def matches(self, words: Sequence[str]) -> dict[str, dict[Phrase, tuple[str, ...]]]:
        """The phrases found in a text of lower-case words: category -> phrase -> the words that matched."""
        found: dict[str, dict[Phrase, tuple[str, ...]]] = {}
        for at, word in enumerate(words):
            for code, phrase in self._starting(word):
                if matched := _matched(phrase, words, at):
                    found.setdefault(code, {})[phrase] = matched
        return found


def _starting(by_first: Mapping[str, list[tuple[str, Phrase]]], word: str) -> Iterator[tuple[str, Phrase]]:
    """Phrases whose first word fits: the word itself, or one of its beginnings with a star."""
    yield from by_first.get(word, ())
    for length in range(1, len(word) + 1):
        yield from by_first.get(f"{word[:length]}*", ())


def _matched(phrase: Phrase, words: Sequence[str], at: int) -> tuple[str, ...]:
    """The words that fit the phrase from a place on; empty when it does not fit."""
    matched = [words[at]]
    for pattern in phrase[1:]:
        near = range(at + 1, min(at + 2 + GAP, len(words)))
        at = next((place for place in near if _fits(words[place], pattern)), -1)
        if at < 0:
            return ()
        matched.append(words[at])
    return tuple(matched)


def _fits(word: str, pattern: str) -> bool:
    return word.startswith(pattern[:-1]) if pattern.endswith("*") else word == pattern
