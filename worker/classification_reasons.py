"""The words that a suggestion is explained with: those that weigh most, as a reader would quote them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set

from worker.classification_words import Lexicon, stem

MOST = 5
WEAKEST = 0.2  # Of the heaviest one: what weighs less would only make the reader wonder.
# Quoted along with a word, since it says something else without: a negation or a number, the particle of a verb.
BEFORE = frozenset(("aldrig", "ej", "ingen", "inget", "inga", "inte", "på", "utan"))
BEHIND = frozenset(("aldrig", "ej", "inte", "emot", "ned", "ner", "upp", "ut", "vidare", "över"))
_TOKEN = re.compile(r"\w+")


def reasons(text: str, weights: Mapping[str, float], lexicon: Lexicon) -> list[str]:
    """The words, or words beside each other, that speak most for a category: at most five, the heaviest first.

    Arguments: text - in which they are quoted as they stand, its letters composed; weights - by lower-case word, what
    it adds for the category beyond what it adds for the others.
    """
    return _quoted(text, heaviest(weights, lexicon))


def heaviest(weights: Mapping[str, float], lexicon: Lexicon) -> list[str]:
    """The heaviest words, one for each stem. Left out is what explains nothing though it may weigh: words of every
    text, and the words for parties, persons, months and the like in the lexicon's list `silent`."""
    least = WEAKEST * max((weight for word, weight in weights.items() if _tells(word, lexicon)), default=0)
    ranked = sorted((word for word in weights if weights[word] > max(least, 0)), key=lambda word: -weights[word])
    found: dict[str, str] = {}
    for word in ranked:
        if len(found) < MOST and _tells(word, lexicon):
            found.setdefault(stem(word), word)
    return list(found.values())


def _tells(word: str, lexicon: Lexicon) -> bool:
    return word not in lexicon.stop and not lexicon.is_silent(word)


def _quoted(text: str, words: Sequence[str]) -> list[str]:
    """Each word as it first stands in the text, in one quotation with its neighbours among the words."""
    wanted, first = frozenset(words), dict[str, str]()
    spans = [match.span() for match in _TOKEN.finditer(text)]
    tokens = [text[start:end].lower() for start, end in spans]
    at = 0
    while at < len(tokens):
        begin, end = _run(text, spans, tokens, wanted, at)
        quotation = text[spans[begin][0] : spans[end - 1][1]] if end > at else ""
        for token in tokens[at:end]:
            first.setdefault(token, quotation)
        at = max(end, at + 1)
    return list(dict.fromkeys(first[word] for word in words if word in first))


def _run(
    text: str, spans: Sequence[tuple[int, int]], tokens: Sequence[str], wanted: Set[str], at: int
) -> tuple[int, int]:
    """From and up to which token a quotation goes whose first wanted word stands at a place; empty for another word."""

    def beside(place: int) -> bool:
        """Whether only a space or a hyphen stands before the token, so that the two are one expression."""
        return 0 < place < len(tokens) and text[spans[place - 1][1] : spans[place][0]] in (" ", "-", "\u00a0")

    end = at
    while end < len(tokens) and tokens[end] in wanted and (end == at or beside(end)):
        end += 1
    if end == at:
        return at, at
    begin = at - 1 if beside(at) and (tokens[at - 1] in BEFORE or tokens[at - 1].isdigit()) else at
    return begin, end + 1 if beside(end) and tokens[end] in BEHIND else end
