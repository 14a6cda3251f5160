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
    """The heaviest words, one for each stem. Left out are words of every text, and what explains nothing though it may
    weigh: words for parties, persons, months and the like in the lexicon's list `silent`. Where nothing else weighs,
    those are told too, since a light word would be the wrong answer."""
    able = [word for word in weights if word not in lexicon.stop and weights[word] > 0]
    least = WEAKEST * max((weights[word] for word in able), default=0)
    ranked = sorted((word for word in able if weights[word] > least), key=lambda word: -weights[word])
    found: dict[str, str] = {}
    for word in [word for word in ranked if not lexicon.is_silent(word)] or ranked:
        found.setdefault(stem(word), word)
    return list(found.values())[:MOST]


def _quoted(text: str, words: Sequence[str]) -> list[str]:
    """Each word in the longest quotation that it has in the text, with its neighbours among the words."""
    wanted, longest = frozenset(words), dict[str, str]()
    spans = [match.span() for match in _TOKEN.finditer(text)]
    tokens = [text[start:end].lower() for start, end in spans]
    at = 0
    while at < len(tokens):
        begin, end = _run(text, spans, tokens, wanted, at)
        quotation = text[spans[begin][0] : spans[end - 1][1]] if end > at else ""
        for token in tokens[at:end]:
            longest[token] = max(longest.get(token, ""), quotation, key=len)
        at = max(end, at + 1)
    return list(dict.fromkeys(longest[word] for word in words if word in longest))


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
