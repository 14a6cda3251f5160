"""Trains the classifier: `python -m worker.training` writes data/classifier/model.json.

Ridge regression on +1/-1 targets in its dual form (Saunders, Gammerman and Vovk 1998): with a few
hundred texts and thousands of features the answer is exact, the same every time, and found in
seconds without a numerical library. Confidence is calibrated by one temperature (Guo et al. 2017) on
predictions for each voice by a model that never saw a label of that voice.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt
from operator import mul
from pathlib import Path
from typing import Any

from worker.classification import CEILING, DEFAULT, MAX_PHRASES, PHRASE_WEIGHT, rarity, shares
from worker.classification_words import Lexicon, pair_features, word_features, written_words

ROOM = DEFAULT.parent
TAXONOMY = ROOM.parent / "taxonomy.json"
RIDGE = 1.0
FEWEST_TEXTS = {"w": 2, "b": 2, "c": 3, "l": 1}  # A feature seen in fewer texts says more about one writer.
WANTED_PRECISION = 0.95
TEMPERATURES = tuple(step / 4 for step in range(4, 61))

Matrix = list[list[float]]


@dataclass(frozen=True)
class HeldOut:
    """A prediction for a text by a model that has not seen its voice."""

    writer: str
    category: str
    scores: list[float]


def train(
    rows: Sequence[Mapping[str, Any]], lexicon: Lexicon, codes: Sequence[str]
) -> tuple[dict[str, Any], list[HeldOut]]:
    """Train on labelled texts.

    Arguments: rows - text, category and writer of each; codes - the categories in their order.
    Returns: the model as it is written to the file, without its version, and the held-out predictions.
    """
    raw = [text_features(row["text"], lexicon) for row in rows]
    counts = Counter(name for features in raw for name in features)
    kept = {name: count for name, count in sorted(counts.items()) if count >= FEWEST_TEXTS[name[0]]}
    vectors = [vector(features, kept, len(rows)) for features in raw]
    targets = [[1.0 if row["category"] == code else -1.0 for code in codes] for row in rows]
    inverse = invert(kernel(vectors))
    duals = [[sum(map(mul, line, column)) for column in zip(*targets, strict=True)] for line in inverse]
    held_out = leave_voices_out(rows, inverse, duals, targets)
    temperature = best_temperature(held_out, codes)
    model = {
        "texts": len(rows),
        "codes": list(codes),
        "temperature": temperature,
        "threshold": lowest_threshold(held_out, codes, temperature),
        "bias": [round(1000 * sum(column)) for column in zip(*duals, strict=True)],
        "features": weights(vectors, duals, kept, len(rows)),
    }
    return model, held_out


def text_features(text: str, lexicon: Lexicon) -> dict[str, float]:
    """How often each feature stands in a text: stems and pieces once for each different word."""
    words = [word.lower() for word in written_words(text)]
    found: dict[str, float] = defaultdict(float)
    for word in dict.fromkeys(words):
        if word not in lexicon.stop:
            for group in word_features(word).values():
                for name in group:
                    found[name] += 1
    found.update(dict.fromkeys(pair_features(words), 1.0))
    found.update({f"l:{code}": min(len(hits), MAX_PHRASES) for code, hits in lexicon.matches(words).items()})
    return found


def vector(features: Mapping[str, float], kept: Mapping[str, int], texts: int) -> dict[str, float]:
    """Rare features weigh more; stems with pairs have length one, pieces have length one, phrases a fixed weight.

    The length is the one that `classification` can add up word by word: each occurrence counts by itself.
    """
    known = {name: count for name, count in features.items() if name in kept}
    squares = {"w": 0.0, "b": 0.0, "c": 0.0, "l": 0.0}
    for name, count in known.items():
        squares[name[0]] += count * rarity(kept[name], texts) ** 2
    stems, pieces = sqrt(squares["w"] + squares["b"]) or 1, sqrt(squares["c"]) or 1
    length = {"w": stems, "b": stems, "c": pieces}
    return {
        name: PHRASE_WEIGHT * count if name[0] == "l" else count * rarity(kept[name], texts) / length[name[0]]
        for name, count in known.items()
    }


def kernel(vectors: Sequence[Mapping[str, float]]) -> Matrix:
    """Inner products of all texts, plus one for the bias, plus the ridge on the diagonal."""
    matrix = [[1.0] * len(vectors) for _ in vectors]
    places: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for place, one in enumerate(vectors):
        for name, value in one.items():
            places[name].append((place, value))
    for name in sorted(places):
        for place, value in places[name]:
            line = matrix[place]
            for other, other_value in places[name]:
                line[other] += value * other_value
    for place, line in enumerate(matrix):
        line[place] += RIDGE
    return matrix


def invert(matrix: Matrix) -> Matrix:
    """Gauss-Jordan without pivots: the ridge keeps every pivot of the kernel positive."""
    size = len(matrix)
    work = [list(line) for line in matrix]
    for at in range(size):
        scale = 1 / work[at][at]
        pivot = [value * scale for value in work[at]]
        pivot[at] = scale
        for place, line in enumerate(work):
            if place != at and (factor := line[at]):
                line[at] = 0.0
                work[place] = [value - factor * other for value, other in zip(line, pivot, strict=True)]
        work[at] = pivot
    return work


def leave_voices_out(
    rows: Sequence[Mapping[str, Any]], inverse: Matrix, duals: Matrix, targets: Matrix
) -> list[HeldOut]:
    """Scores of each text by the model trained without its voice, by block deletion of the inverse.

    The closed form (An, Liu and Venkatesh 2007) gives what a new training without the voice would give;
    only the counts of the features still come from all texts.
    """
    voices: dict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        voices[row["writer"]].append(place)
    found: dict[int, HeldOut] = {}
    for writer, places in voices.items():
        block = invert([[inverse[i][j] for j in places] for i in places])
        for line, place in zip(block, places, strict=True):
            residuals = [sum(map(mul, line, column)) for column in zip(*(duals[i] for i in places), strict=True)]
            scores = [target - residual for target, residual in zip(targets[place], residuals, strict=True)]
            found[place] = HeldOut(writer, rows[place]["category"], scores)
    return [found[place] for place in range(len(rows))]


def best_temperature(held_out: Sequence[HeldOut], codes: Sequence[str]) -> float:
    """The temperature under which the held-out labels are likeliest."""

    def surprise(temperature: float) -> float:
        likely = (shares(one.scores, temperature)[codes.index(one.category)] for one in held_out)
        return -sum(map(log, likely))

    return min(TEMPERATURES, key=surprise)


def judged(held_out: Sequence[HeldOut], codes: Sequence[str], temperature: float) -> list[tuple[float, bool]]:
    """Each held-out text's confidence and whether the guess was right, the surest first."""
    pairs = []
    for one in held_out:
        confidence, code = max(zip(shares(one.scores, temperature), codes, strict=True))
        pairs.append((confidence, code == one.category))
    return sorted(pairs, reverse=True)


def lowest_threshold(held_out: Sequence[HeldOut], codes: Sequence[str], temperature: float) -> float:
    """The lowest confidence, in hundredths, from which on the held-out guesses are right often enough."""
    pairs = judged(held_out, codes, temperature)
    for hundredths in range(20, 100):
        kept = [right for confidence, right in pairs if confidence >= hundredths / 100]
        if kept and sum(kept) >= WANTED_PRECISION * len(kept):
            return hundredths / 100
    return 1.0


def weights(
    vectors: Sequence[Mapping[str, float]], duals: Matrix, kept: Mapping[str, int], texts: int
) -> dict[str, list[int]]:
    """Per feature: the texts that hold it, then its weight per code in thousandths, rarity included."""
    sums = {name: [0.0] * len(duals[0]) for name in kept}
    for one, dual in zip(vectors, duals, strict=True):
        for name, value in one.items():
            line = sums[name]
            for place, share in enumerate(dual):
                line[place] += value * share
    return {
        name: [count, *(round(1000 * value * _rarity_of(name, count, texts)) for value in sums[name])]
        for name, count in kept.items()
    }


def _rarity_of(name: str, count: int, texts: int) -> float:
    return 1.0 if name[0] == "l" else rarity(count, texts)


def read_training(room: Path = ROOM) -> tuple[list[dict[str, Any]], Lexicon, list[str], str]:
    """The labelled texts, the lexicon, the codes, and a version made of all three."""
    sources = [path.read_bytes() for path in (room / "training.jsonl", room / "lexicon.json", TAXONOMY)]
    rows = [json.loads(line) for line in sources[0].splitlines()]
    lexicon = json.loads(sources[1])
    codes = [category["code"] for category in json.loads(sources[2])["categories"]]
    settings = repr((CEILING, RIDGE, FEWEST_TEXTS, WANTED_PRECISION, PHRASE_WEIGHT, MAX_PHRASES)).encode()
    version = "1-" + hashlib.sha256(b"\0".join([*sources, settings])).hexdigest()[:10]
    return rows, Lexicon(frozenset(lexicon["stop"]), lexicon["phrases"]), codes, version


def model_text(model: Mapping[str, Any], lexicon: Lexicon, version: str) -> str:
    """The file: one line for each feature, so that a change can be read."""
    head = {key: value for key, value in model.items() if key != "features"}
    words = {"stop": sorted(lexicon.stop), "phrases": lexicon.phrases}
    top = json.dumps({"version": version, **head, "lexicon": words}, ensure_ascii=False)
    lines = (
        f" {json.dumps(name, ensure_ascii=False)}: {json.dumps(row, separators=(',', ':'))}"
        for name, row in model["features"].items()
    )
    return top[:-1] + ',\n"features": {\n' + ",\n".join(lines) + "\n}}\n"


def fresh_model() -> str:
    """Train on the shipped data and give the text of the model file."""
    rows, lexicon, codes, version = read_training()
    return model_text(train(rows, lexicon, codes)[0], lexicon, version)


if __name__ == "__main__":
    DEFAULT.write_text(fresh_model(), encoding="utf-8")
