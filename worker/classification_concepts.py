"""Ideas behind words: växeln, telefontid and direktnummer are all a *line*; inte, aldrig and utan a *negation*.

Two writers seldom choose the same words, but they let the same ideas stand near each other: a *negation*
beside *reach* beside *line* is a call that did not get through, whatever it was called.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product

NEAR = 3  # Words after a word that stand near it, in the same sentence.
_SENTENCE_END = re.compile(r"[.!?\n•*]+")
_SHORTEST = 2  # Letters of a beginning.


def sentences(text: str) -> list[str]:
    """The sentences of a text; a line of a list counts as one."""
    return _SENTENCE_END.split(text)


@dataclass(frozen=True)
class Concepts:
    """`patterns`: idea -> words that may name it, with a star where a word may go on."""

    patterns: Mapping[str, Sequence[str]]
    of: Callable[[str], tuple[str, ...]] = field(init=False, repr=False, compare=False)
    together: Callable[[str, str], tuple[str, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_form = _by_form(self.patterns)
        # Texts share most of their words: what a word may mean is worked out once.
        object.__setattr__(self, "of", lru_cache(maxsize=20_000)(lambda word: tuple(sorted(_ideas(by_form, word)))))
        object.__setattr__(self, "together", lru_cache(maxsize=50_000)(self._together))

    def _together(self, word: str, other: str) -> tuple[str, ...]:
        """The features of two lower-case words that stand near each other: each pair of different ideas."""
        ideas = product(self.of(word), self.of(other))
        return tuple(f"p:{min(pair)} {max(pair)}" for pair in ideas if pair[0] != pair[1])


def near_pairs(sentences_of_words: Sequence[Sequence[str]]) -> list[tuple[str, str]]:
    """Each two words that stand near each other in a sentence, once for a text, in their order."""
    pairs = (
        (word, other)
        for words in sentences_of_words
        for at, word in enumerate(words)
        for other in words[at + 1 :][:NEAR]
    )
    return list(dict.fromkeys(pairs))


def _by_form(patterns: Mapping[str, Sequence[str]]) -> dict[str, dict[str, list[str]]]:
    """Patterns by what must fit: the whole word, its beginning, its end, or any part of it."""
    forms: dict[str, dict[str, list[str]]] = {"whole": {}, "start": {}, "end": {}, "part": {}}
    for idea, words in patterns.items():
        for word in words:
            form = {(0, 0): "whole", (0, 1): "start", (1, 0): "end", (1, 1): "part"}[word[0] == "*", word[-1] == "*"]
            forms[form].setdefault(word.strip("*"), []).append(idea)
    return forms


def _ideas(forms: Mapping[str, Mapping[str, Sequence[str]]], word: str) -> Iterator[str]:
    found = list(forms["whole"].get(word, ()))
    for length in range(_SHORTEST, len(word) + 1):
        found += forms["start"].get(word[:length], ())
    for end, ideas in forms["end"].items():
        found += ideas if word.endswith(end) else ()
    for part, ideas in forms["part"].items():
        found += ideas if part in word else ()
    yield from dict.fromkeys(found)
