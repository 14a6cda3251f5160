"""The classifier's weights, as they are read from their file."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import log
from pathlib import Path
from typing import Any

from worker.classification_concepts import Concepts
from worker.classification_words import Lexicon, word_features

DEFAULT = Path(__file__).resolve().parent.parent / "data" / "classifier" / "model.json"
# How much the groups of features weigh beside each other: stems with pairs of stems, pieces, ideas, pairs of ideas.
GROUP_WEIGHTS = {"w": 1.3, "b": 1.3, "c": 1.0, "k": 0.5, "p": 0.5}

Scores = list[float]


@dataclass(frozen=True, slots=True)
class Weight:
    """What something adds: to the scores (rarity included), and to the squared length of its group."""

    scores: Scores
    square: float


@dataclass(frozen=True)
class Head:
    """One question the model answers: its labels, and where its scores start among all columns."""

    labels: tuple[str, ...]
    start: int
    temperature: float
    threshold: float


@dataclass(frozen=True)
class Model:
    """The weights. `features` maps a feature to its weight in every column; `parties` tells how often a party
    that a text names is a counterpart, with the reporter known and not known."""

    version: str
    heads: Mapping[str, Head]
    bias: Scores
    features: Mapping[str, Weight]
    lexicon: Lexicon
    parties: Mapping[str, tuple[float, float]]
    word: Callable[[str], dict[str, Weight]] = field(init=False, repr=False, compare=False)
    together: Callable[[str, str], Weight] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Texts share most of their words: what a word or two words add is worked out once.
        object.__setattr__(self, "word", lru_cache(maxsize=20_000)(self._word))
        object.__setattr__(self, "together", lru_cache(maxsize=50_000)(self._together))

    @property
    def codes(self) -> tuple[str, ...]:
        """The categories."""
        return self.heads["category"].labels

    @property
    def threshold(self) -> float:
        """The lowest confidence with which a category is suggested."""
        return self.heads["category"].threshold

    def _word(self, word: str) -> dict[str, Weight]:
        return {group: self._sum(names) for group, names in word_features(word, self.lexicon).items()}

    def _together(self, word: str, other: str) -> Weight:
        return self._sum(self.lexicon.concepts.together(word, other))

    def _sum(self, names: Sequence[str]) -> Weight:
        found = [self.features[name] for name in names if name in self.features]
        scores = [sum(column) for column in zip(*(one.scores for one in found), strict=True)]
        return Weight(scores or [0.0] * len(self.bias), sum(one.square for one in found))


def load_model(path: Path = DEFAULT) -> Model:
    """Read a model file.

    Raises: OSError when it cannot be read, ValueError or KeyError when it is no model.
    """
    return read_model(json.loads(path.read_text(encoding="utf-8")))


def read_model(raw: Mapping[str, Any]) -> Model:
    """The model from the content of its file. Raises: ValueError or KeyError when it is no model."""
    lexicon = read_lexicon(raw["lexicon"], raw["concepts"])
    features = {
        name: Weight(_floats(row[1:]), rarity(row[0], raw["texts"]) ** 2) for name, row in raw["features"].items()
    }
    heads = {
        name: Head(tuple(head["labels"]), head["start"], head["temperature"], head["threshold"])
        for name, head in raw["heads"].items()
    }
    parties = {code: (known, unknown) for code, (known, unknown) in raw["parties"].items()}
    return Model(raw["version"], heads, _floats(raw["bias"]), features, lexicon, parties)


def read_lexicon(words: Mapping[str, Any], concepts: Mapping[str, Sequence[str]]) -> Lexicon:
    """The lexicon and the ideas from the content of their files."""
    # A model that was trained before the list was there has none.
    return Lexicon(frozenset(words["stop"]), words["phrases"], Concepts(concepts), words.get("silent", ()))


def _floats(thousandths: Sequence[int]) -> Scores:
    """Weights are kept as whole thousandths: a short file that reads the same everywhere."""
    return [number / 1000 for number in thousandths]


def rarity(texts_with_it: int, texts: int) -> float:
    """Inverse document frequency, smoothed as if one more text held every feature."""
    return log((1 + texts) / (1 + texts_with_it)) + 1
