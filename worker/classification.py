"""Suggests a category for a report, with the words that weighed most, and says when it does not know.

A linear model: the score of a category is a sum over the words of the text, so the reasons are the
model's own. The weights stand in data/classifier/model.json; docs/classifier.md tells how they were
made and how good they are.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import exp, log, sqrt
from operator import add
from pathlib import Path

from worker.classification_words import Lexicon, pair_features, stem, word_features, written_words

DEFAULT = Path(__file__).resolve().parent.parent / "data" / "classifier" / "model.json"
MAX_CHARACTERS = 6_000  # The form takes 1 500; what is four times as long is no report.
MIN_KNOWN_WORDS = 3
MIN_KNOWN_SHARE = 0.5  # Below it the text is in another language, or in none.
# Two careful labellers agree on about 95 texts in 100: nothing may claim to be surer than they are.
CEILING = 0.95
MAX_REASONS = 5
WEAKEST_REASON = 0.15  # Of the heaviest one: what weighs less would only make the reader wonder.
MAX_ALTERNATIVES = 3
PHRASE_WEIGHT = 0.2  # How much one phrase of the lexicon weighs beside all words together.
MAX_PHRASES = 3
_MARKUP = re.compile(r"<[a-zA-Z/!][^<>]{0,200}>")

Scores = list[float]


@dataclass(frozen=True)
class Suggestion:
    """What the machine suggests. `category` is the best guess also when it abstains.

    confidence: the share of texts with this figure that should be right, 0 when the text cannot be read.
    reasons: at most five words, as they stand in the text, the heaviest first.
    alternatives: the next categories with their confidence.
    """

    category: str
    confidence: float
    reasons: list[str]
    alternatives: list[tuple[str, float]]
    abstain: bool
    model_version: str


@dataclass(frozen=True)
class Model:
    """The weights. `features` maps a feature to its rarity and its weight for each code, rarity included."""

    version: str
    codes: tuple[str, ...]
    threshold: float
    temperature: float
    bias: Scores
    features: Mapping[str, tuple[float, Scores]]
    lexicon: Lexicon
    word: Callable[[str], WordWeight] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Texts share most of their words: what a word adds is worked out once.
        object.__setattr__(self, "word", lru_cache(maxsize=20_000)(lambda word: _word_weight(self, word)))


@dataclass(frozen=True, slots=True)
class WordWeight:
    """What one word adds: to the scores and to the squared length, for stems (w) and for pieces (c)."""

    known: bool
    stem_scores: Scores
    stem_square: float
    piece_scores: Scores
    piece_square: float


def load_model(path: Path = DEFAULT) -> Model:
    """Read a model file.

    Raises: OSError when it cannot be read, ValueError or KeyError when it is no model.
    """
    raw = json.loads(path.read_text(encoding="utf-8"))
    features = {name: (rarity(row[0], raw["texts"]), _floats(row[1:])) for name, row in raw["features"].items()}
    return Model(
        version=raw["version"],
        codes=tuple(raw["codes"]),
        threshold=raw["threshold"],
        temperature=raw["temperature"],
        bias=_floats(raw["bias"]),
        features=features,
        lexicon=Lexicon(frozenset(raw["lexicon"]["stop"]), raw["lexicon"]["phrases"]),
    )


def _floats(thousandths: Sequence[int]) -> Scores:
    """Weights are kept as whole thousandths: a short file that reads the same everywhere."""
    return [number / 1000 for number in thousandths]


def rarity(texts_with_it: int, texts: int) -> float:
    """Inverse document frequency, smoothed as if one more text held every feature."""
    return log((1 + texts) / (1 + texts_with_it)) + 1


def classify(
    model: Model,
    text: str,
    *,
    reporter: str | None = None,
    counterparts: Sequence[str] = (),
    area: str | None = None,
) -> Suggestion:
    """Suggest a category. Never fails, whatever the text holds.

    Arguments: text - the report; reporter, counterparts, area - codes of the report's fields. This model
    version reads the text alone, as the fields gave no measurable gain (docs/classifier.md).
    """
    written = written_words(text[:MAX_CHARACTERS])
    words = [word.lower() for word in written]
    parts = _contributions(model, words)
    scores = [sum(column) for column in zip(model.bias, *parts.values(), strict=True)]
    ranked = sorted(zip(shares(scores, model.temperature), model.codes, strict=True), reverse=True)
    if not _readable(model, text, words):
        ranked = [(0.0, "other"), *((0.0, code) for _, code in ranked if code != "other")]
    confidence, category = ranked[0]
    return Suggestion(
        category=category,
        confidence=confidence,
        reasons=_reasons(model, category, parts, written),
        alternatives=[(code, share) for share, code in ranked[1 : 1 + MAX_ALTERNATIVES]],
        abstain=confidence < model.threshold,
        model_version=model.version,
    )


def _contributions(model: Model, words: Sequence[str]) -> dict[str, Scores]:
    """What each word of the text adds to the scores. Pairs and phrases are shared by the words that make them."""
    telling = [word for word in dict.fromkeys(words) if word not in model.lexicon.stop]
    weights = {word: model.word(word) for word in telling}
    pairs = [(pair, model.features[name]) for name, pair in pair_features(words).items() if name in model.features]
    stems = 1 / sqrt(sum(w.stem_square for w in weights.values()) + sum(r * r for _, (r, _) in pairs) or 1)
    pieces = 1 / sqrt(sum(w.piece_square for w in weights.values()) or 1)
    parts = {
        word: [stems * s + pieces * p for s, p in zip(w.stem_scores, w.piece_scores, strict=True)]
        for word, w in weights.items()
    }
    for pair, (_, scores) in pairs:
        _share_out(parts, pair, [stems * score for score in scores])
    for code, phrases in model.lexicon.matches(words).items():
        scale = PHRASE_WEIGHT * min(len(phrases), MAX_PHRASES) / len(phrases)
        weight = [scale * score for score in model.features[f"l:{code}"][1]] if f"l:{code}" in model.features else []
        for matched in phrases.values():
            _share_out(parts, matched, weight)
    return parts


def _share_out(parts: dict[str, Scores], words: Sequence[str], scores: Scores) -> None:
    """Give scores to the telling words among these; to all of them when none is telling."""
    takers = [word for word in dict.fromkeys(words) if word in parts] or list(dict.fromkeys(words))
    for word in takers if scores else ():
        share = [score / len(takers) for score in scores]
        parts[word] = list(map(add, parts[word], share)) if word in parts else share


def _word_weight(model: Model, word: str) -> WordWeight:
    groups = word_features(word)
    stem_scores, stem_square = _sum(model, groups["w"])
    piece_scores, piece_square = _sum(model, groups["c"])
    known = stem_square > 0
    return WordWeight(known, stem_scores, stem_square, piece_scores, piece_square)


def _sum(model: Model, names: Sequence[str]) -> tuple[Scores, float]:
    rows = [model.features[name] for name in names if name in model.features]
    scores = [sum(column) for column in zip(*(row for _, row in rows), strict=True)] or [0.0] * len(model.codes)
    return scores, sum(rare * rare for rare, _ in rows)


def shares(scores: Scores, temperature: float) -> Scores:
    """Softmax, with a rest for what nobody can know.

    Arguments: temperature - set on voices held out of the training, so that the shares mean something.
    """
    top = max(scores)
    powers = [exp(temperature * (score - top)) for score in scores]
    total = sum(powers)
    return [CEILING * power / total + (1 - CEILING) / len(scores) for power in powers]


def _readable(model: Model, text: str, words: Sequence[str]) -> bool:
    """Is this a text like those the model has learnt from?"""
    if len(text) > MAX_CHARACTERS or _MARKUP.search(text):
        return False
    telling = {word for word in words if word not in model.lexicon.stop}
    known = Counter(model.word(word).known for word in telling)[True]
    in_swedish = known + sum(1 for word in set(words) if word in model.lexicon.stop)
    return known >= MIN_KNOWN_WORDS and in_swedish >= MIN_KNOWN_SHARE * len(set(words))


def _reasons(model: Model, category: str, parts: Mapping[str, Scores], written: Sequence[str]) -> list[str]:
    """The words that speak most for this category and less for the others, one for each stem."""
    place, stop = model.codes.index(category), model.lexicon.stop
    weights = {word: scores[place] - sum(scores) / len(scores) for word, scores in parts.items() if word not in stop}
    least = WEAKEST_REASON * max(weights.values(), default=0)
    heaviest = sorted((word for word in weights if weights[word] > max(least, 0)), key=lambda word: -weights[word])
    as_written = {word.lower(): word for word in reversed(written)}
    by_stem = {stem(word): as_written[word] for word in reversed(heaviest)}
    return list(reversed(by_stem.values()))[:MAX_REASONS]
