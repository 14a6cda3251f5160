"""The words that a suggestion is explained with: those that weigh most, as a reader would quote them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from worker.classification_words import Lexicon, stem

MOST = 5
WEAKEST = 0.2  # Of the heaviest one: what weighs less would only make the reader wonder.
# Quoted along with a word, since it says something else without: a negation, a number, the particle of a verb.
_BEFORE = r"aldrig|ej|ingen|inget|inga|inte|på|utan|\d+"
_BEHIND = "aldrig|ej|inte|emot|ned|ner|upp|ut|vidare|över"
_BETWEEN = r"[ \u00a0-]+"


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
    if not words:
        return []
    one = "|".join(map(re.escape, words))
    pattern = re.compile(rf"\b(?:(?:{_BEFORE}) )?(?:{one})\b(?:{_BETWEEN}(?:{one})\b)*(?: (?:{_BEHIND})\b)?", re.I)
    first: dict[str, str] = {}
    for match in pattern.finditer(text):
        for word in re.findall(rf"\b(?:{one})\b", match[0].lower()):
            first.setdefault(word, match[0])
    return list(dict.fromkeys(first[word] for word in words if word in first))
