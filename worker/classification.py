"""Suggests a category for a report, with the words that weighed most, and says when it does not know.

A linear model: the score of a category is a sum over the words of the text, so the reasons are the
model's own. The weights stand in data/classifier/model.json; docs/classifier.md tells how they were
made and how good they are. Level and recurrence are read with the same features; worker/parties.py
reads who is named.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from math import exp, sqrt
from operator import add

from worker.classification_model import GROUP_WEIGHTS, Head, Model, Scores, Weight
from worker.classification_reasons import reasons
from worker.classification_words import near_words, pair_features, written_words
from worker.parties import named_parties

MAX_CHARACTERS = 6_000  # The form takes 1 500; what is four times as long is no report.
MIN_KNOWN_WORDS = 2  # One word can be guessed about, and not decided on.
MIN_KNOWN_SHARE = 0.5  # Below it the text is in another language, or in none.
# Two careful labellers agree on about 95 texts in 100: nothing may claim to be surer than they are.
CEILING = 0.95
MAX_ALTERNATIVES = 3
PHRASE_WEIGHT = 0.15  # How much one phrase of the lexicon weighs beside all words together.
MAX_PHRASES = 3
MAX_ALSO, ALSO_SHARE = 2, 0.05  # Second codes: of those with this confidence about two of three are right.
_MARKUP = re.compile(r"<[a-zA-Z/!][^<>]{0,200}>")

Guess = tuple[str, float]


@dataclass(frozen=True)
class Suggestion:
    """What the machine suggests. `category` is the best guess also when it abstains.

    confidence: the share of texts with this figure that should be right, 0 when the text cannot be read.
    reasons: at most five words, or words beside each other, as they stand in the text, the heaviest first.
    alternatives: the next categories with their confidence; also: those that may fit as second codes.
    level, recurrence: a code of the taxonomy with its confidence, None when unsure.
    parties: codes of the parties that the text names beside the reporter's own, each with its confidence.
    """

    category: str
    confidence: float
    reasons: list[str]
    alternatives: list[Guess]
    abstain: bool
    model_version: str
    also: tuple[str, ...] = ()
    level: Guess | None = None
    recurrence: Guess | None = None
    parties: tuple[Guess, ...] = ()


def classify(
    model: Model,
    text: str,
    *,
    reporter: str | None = None,
    counterparts: Sequence[str] = (),
    area: str | None = None,
) -> Suggestion:
    """Suggest a category. Never fails, whatever the text holds.

    Arguments: text - the report; reporter, counterparts, area - codes of the report's fields. The categories are
    read from the text alone, as the fields gave no measurable gain (docs/classifier.md).
    """
    text = text[: MAX_CHARACTERS + 1]
    words = [word.lower() for word in written_words(text)]
    known = {word for word in words if model.word(word)["w"].square}
    if not _readable(model, text, words, known):
        others = [(code, 0.0) for code in model.heads["category"].labels if code != "other"]
        return Suggestion("other", 0.0, [], others[:MAX_ALTERNATIVES], True, model.version)
    parts = contributions(model, words, near_words(text))
    scores = [sum(column) for column in zip(model.bias, *parts.values(), strict=True)]
    head = model.heads["category"]
    ranked = _ranked(head, scores)
    category, confidence = ranked[0]
    return Suggestion(
        category=category,
        confidence=confidence,
        reasons=reasons(unicodedata.normalize("NFC", text), _weights(model, category, parts), model.lexicon),
        alternatives=ranked[1 : 1 + MAX_ALTERNATIVES],
        abstain=confidence < head.threshold or len(known) < MIN_KNOWN_WORDS,
        model_version=model.version,
        also=tuple(code for code, share in ranked[1 : 1 + MAX_ALSO] if share >= ALSO_SHARE and code != "other"),
        level=_sure(model.heads.get("level"), scores),
        recurrence=_sure(model.heads.get("recurrence"), scores),
        parties=named_parties(model.parties, model.lexicon.concepts, words, reporter),
    )


def _ranked(head: Head, scores: Scores) -> list[Guess]:
    own = shares(scores[head.start : head.start + len(head.labels)], head.temperature)
    return sorted(zip(head.labels, own, strict=True), key=lambda guess: -guess[1])


def _sure(head: Head | None, scores: Scores) -> Guess | None:
    """The best answer of a head that knows enough; None also for a model that never learnt the question."""
    if head is None:
        return None
    best = _ranked(head, scores)[0]
    return best if best[1] >= head.threshold else None


def contributions(model: Model, words: Sequence[str], near: Sequence[tuple[str, str]]) -> dict[str, Scores]:
    """What each word of the text adds to the scores. Pairs and phrases are shared by the words that make them.

    Arguments: words - lower-case words in their order; near - those that stand near each other.
    """
    weights = {word: model.word(word) for word in dict.fromkeys(words)}
    pairs = [(pair, model.features[name]) for name, pair in pair_features(words).items() if name in model.features]
    together = [(pair, model.together(*pair)) for pair in near]
    squares = {group: sum(one[group].square for one in weights.values()) for group in "wck"}
    squares["w"] += sum(found.square for _, found in pairs)
    squares["p"] = sum(found.square for _, found in together)
    length = {group: GROUP_WEIGHTS[group] / sqrt(square or 1) for group, square in squares.items()}
    parts = {word: _word_part(one, length) for word, one in weights.items()}
    for pair, found in pairs:
        _share_out(model, parts, pair, found.scores, length["w"])
    for pair, found in together:
        if found.square:
            _share_out(model, parts, pair, found.scores, length["p"])
    for code, phrases in model.lexicon.matches(words).items():
        if weight := model.features.get(f"l:{code}"):
            scale = PHRASE_WEIGHT * min(len(phrases), MAX_PHRASES) / len(phrases)
            for matched in phrases.values():
                _share_out(model, parts, matched, weight.scores, scale)
    return parts


def _word_part(weight: Mapping[str, Weight], length: Mapping[str, float]) -> Scores:
    w, c, k = (length[group] for group in "wck")
    columns = zip(weight["w"].scores, weight["c"].scores, weight["k"].scores, strict=True)
    return [w * stem_ + c * piece + k * idea for stem_, piece, idea in columns]


def _share_out(model: Model, parts: dict[str, Scores], words: Sequence[str], scores: Scores, scale: float) -> None:
    """Give scores to the telling words among these; to all of them when none is telling."""
    takers = {word for word in words if word not in model.lexicon.stop} or set(words)
    scale /= len(takers)
    share = [scale * score for score in scores]
    for word in takers:
        parts[word] = list(map(add, parts[word], share))


def shares(scores: Scores, temperature: float) -> Scores:
    """Softmax, with a rest for what nobody can know.

    Arguments: temperature - set on voices held out of the training, so that the shares mean something.
    """
    top = max(scores)
    powers = [exp(temperature * (score - top)) for score in scores]
    total = sum(powers)
    return [CEILING * power / total + (1 - CEILING) / len(scores) for power in powers]


def _readable(model: Model, text: str, words: Sequence[str], known: Set[str]) -> bool:
    """Is this a text like those the model has learnt from?"""
    if not known or len(text) > MAX_CHARACTERS or _MARKUP.search(text):
        return False
    return len(known | model.lexicon.stop.intersection(words)) >= MIN_KNOWN_SHARE * len(set(words))


def _weights(model: Model, category: str, parts: Mapping[str, Scores]) -> dict[str, float]:
    """What each word speaks for this category and less for the others."""
    head = model.heads["category"]
    place, size = head.labels.index(category), len(head.labels)
    return {word: own[place] - sum(own[:size]) / size for word, own in parts.items()}
