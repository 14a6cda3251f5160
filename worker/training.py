"""Trains the classifier: `python -m worker.training` writes data/classifier/model.json.

Ridge regression on +1/-1 targets in its dual form (Saunders, Gammerman and Vovk 1998): with some
thousand texts and more features the answer is exact, the same every time, and found in seconds.
Confidence is calibrated on predictions for each voice by a model that never saw a label of that voice.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from worker.calibration import HeldOut, best_temperature, judged, lowest_threshold
from worker.classification import ALSO_SHARE, CEILING, MAX_PHRASES, PHRASE_WEIGHT
from worker.classification_model import DEFAULT, GROUP_WEIGHTS, rarity, read_lexicon
from worker.classification_words import Lexicon, near_words, pair_features, word_features, written_words
from worker.parties import PARTIES, mentioned

ROOM = DEFAULT.parent
TAXONOMY = ROOM.parent / "taxonomy.json"
RIDGE = 1.0
FEWEST_TEXTS = {"w": 2, "b": 2, "c": 3, "k": 2, "p": 2, "l": 1}  # Seen in fewer, it says more about one writer.
# The shares of held-out guesses that must be right. Foreign writers differ more than voices of ours: a threshold
# set at 94 of 100 on the first voices gave 90 of 100 on those that were written later (docs/classifier.md).
WANTED_PRECISION = {"category": 0.94, "level": 0.8, "recurrence": 0.8}
SETTINGS = (CEILING, RIDGE, FEWEST_TEXTS, WANTED_PRECISION, PHRASE_WEIGHT, MAX_PHRASES, GROUP_WEIGHTS, ALSO_SHARE)

Matrix = NDArray[np.float64]


def train(
    rows: Sequence[Mapping[str, Any]], lexicon: Lexicon, labels: Mapping[str, Sequence[str]]
) -> tuple[dict[str, Any], dict[str, list[HeldOut]]]:
    """Train on labelled texts.

    Arguments: rows - text, category and writer of each, level and recurrence of some; labels - by question
    (category, level, recurrence) its possible answers in their order.
    Returns: the model as it is written to the file, without its version, and the held-out predictions by question.
    """
    raw = [text_features(row["text"], lexicon) for row in rows]
    counts = Counter(name for features in raw for name in features)
    kept = {name: count for name, count in sorted(counts.items()) if count >= FEWEST_TEXTS[name[0]]}
    texts = sparse([vector(features, kept, len(rows)) for features in raw], kept)
    heads: dict[str, Any] = {}
    held_out: dict[str, list[HeldOut]] = {}
    columns: list[Matrix] = []
    bias: list[int] = []
    for question, answers in labels.items():
        places = [place for place, row in enumerate(rows) if row.get(question) in answers]
        if not places:  # Nobody has labelled this: the model will not answer it.
            continue
        held_out[question], duals = _fit([rows[place] for place in places], texts[places], question, answers)
        heads[question] = _head(held_out[question], question, answers) | {"start": len(bias)}
        columns.append(texts[places].T @ duals)
        bias += [round(1000 * number) for number in duals.sum(axis=0)]
    model = {
        "texts": len(rows),
        "heads": heads,
        "bias": bias,
        "parties": known_parties(rows, lexicon),
        "features": _rows(np.hstack(columns), kept, len(rows)),
    }
    return model, held_out


def _fit(
    rows: Sequence[Mapping[str, Any]], texts: csr_matrix, question: str, answers: Sequence[str]
) -> tuple[list[HeldOut], Matrix]:
    """The held-out predictions and the weights of the texts, for one question."""
    targets = np.array([[1.0 if row[question] == answer else -1.0 for answer in answers] for row in rows])
    inverse = np.linalg.inv((texts @ texts.T).toarray() + 1 + RIDGE * np.eye(len(rows)))
    duals = inverse @ targets
    scores = leave_voices_out([row["writer"] for row in rows], inverse, duals, targets)
    held_out = [HeldOut(row["writer"], row[question], own) for row, own in zip(rows, scores.tolist(), strict=True)]
    return held_out, duals


def leave_voices_out(writers: Sequence[str], inverse: Matrix, duals: Matrix, targets: Matrix) -> Matrix:
    """Scores of each text by the model trained without its voice, by block deletion of the inverse.

    The closed form (An, Liu and Venkatesh 2007) gives what a new training without the voice would give;
    only the counts of the features still come from all texts.
    """
    voices: dict[str, list[int]] = defaultdict(list)
    for place, writer in enumerate(writers):
        voices[writer].append(place)
    scores = np.zeros_like(targets)
    for places in voices.values():
        scores[places] = targets[places] - np.linalg.solve(inverse[np.ix_(places, places)], duals[places])
    return scores


def _head(held_out: Sequence[HeldOut], question: str, answers: Sequence[str]) -> dict[str, Any]:
    temperature = best_temperature(held_out, answers)
    threshold = lowest_threshold(judged(held_out, answers, temperature), WANTED_PRECISION[question])
    return {"labels": list(answers), "temperature": temperature, "threshold": threshold}


def text_features(text: str, lexicon: Lexicon) -> dict[str, float]:
    """How often each feature stands in a text: those of a word once for each different word."""
    words = [word.lower() for word in written_words(text)]
    found: dict[str, float] = defaultdict(float)
    for word in dict.fromkeys(words):
        for group in word_features(word, lexicon).values():
            for name in group:
                found[name] += 1
    for near in near_words(text):
        for name in lexicon.concepts.together(*near):
            found[name] += 1
    found.update(dict.fromkeys(pair_features(words), 1.0))
    found.update({f"l:{code}": min(len(hits), MAX_PHRASES) for code, hits in lexicon.matches(words).items()})
    return found


def vector(features: Mapping[str, float], kept: Mapping[str, int], texts: int) -> dict[str, float]:
    """Rare features weigh more, and each group has the length of its weight; phrases have a fixed weight.

    The length is the one that `classification` can add up word by word: each occurrence counts by itself.
    """
    known = {name: count for name, count in features.items() if name in kept}
    squares: dict[str, float] = defaultdict(float)
    for name, count in known.items():
        squares[name[0].replace("b", "w")] += count * rarity(kept[name], texts) ** 2
    length = {group: GROUP_WEIGHTS[group] / sqrt(squares[group.replace("b", "w")] or 1) for group in GROUP_WEIGHTS}
    return {
        name: PHRASE_WEIGHT * count if name[0] == "l" else count * rarity(kept[name], texts) * length[name[0]]
        for name, count in known.items()
    }


def sparse(vectors: Sequence[Mapping[str, float]], kept: Mapping[str, int]) -> csr_matrix:
    """One line for each text, one column for each feature."""
    places = {name: place for place, name in enumerate(kept)}
    cells = [(line, places[name], value) for line, one in enumerate(vectors) for name, value in one.items()]
    lines, columns, values = zip(*cells, strict=True)
    return csr_matrix((values, (lines, columns)), shape=(len(vectors), len(kept)))


def _rows(columns: Matrix, kept: Mapping[str, int], texts: int) -> dict[str, list[int]]:
    """Per feature: the texts that hold it, then its weight per column in thousandths, rarity included."""
    return {
        name: [count, *(round(1000 * value * (1.0 if name[0] == "l" else rarity(count, texts))) for value in line)]
        for (name, count), line in zip(kept.items(), columns.tolist(), strict=True)
    }


def known_parties(rows: Sequence[Mapping[str, Any]], lexicon: Lexicon) -> dict[str, list[float]]:
    """By party: of the texts that name it, the share that is about it; with the reporter known, and not."""
    found: dict[str, list[list[bool]]] = {code: [[], []] for code in PARTIES}
    for row in rows:
        words = [word.lower() for word in written_words(row["text"])]
        for code in mentioned(lexicon.concepts, words):
            found[code][1].append(code in row["counterparts"])
            if code != row["reporter"]:
                found[code][0].append(code in row["counterparts"])
    return {code: [round(sum(hits) / len(hits), 3) if hits else 0.0 for hits in both] for code, both in found.items()}


def read_training(room: Path = ROOM) -> tuple[list[dict[str, Any]], Lexicon, dict[str, list[str]], str]:
    """The labelled texts, the lexicon, the possible answers by question, and a version made of all three."""
    files = (room / "training.jsonl", room / "lexicon.json", room / "concepts.json", TAXONOMY)
    sources = [path.read_bytes() for path in files]
    rows = [json.loads(line) for line in sources[0].splitlines()]
    words, concepts, taxonomy = (json.loads(source) for source in sources[1:])
    labels = {"category": [category["code"] for category in taxonomy["categories"]]}
    labels |= {"level": list(taxonomy["levels"]), "recurrence": list(taxonomy["recurrence"])}
    version = "2-" + hashlib.sha256(b"\0".join([*sources, repr(SETTINGS).encode()])).hexdigest()[:10]
    return rows, read_lexicon(words, concepts["concepts"]), labels, version


def model_text(model: Mapping[str, Any], lexicon: Lexicon, version: str) -> str:
    """The file: one line for each feature, so that a change can be read."""
    head = {key: value for key, value in model.items() if key != "features"}
    words = {"stop": sorted(lexicon.stop), "silent": list(lexicon.silent), "phrases": lexicon.phrases}
    top = {"version": version, **head, "lexicon": words, "concepts": lexicon.concepts.patterns}
    lines = (
        f" {json.dumps(name, ensure_ascii=False)}: {json.dumps(row, separators=(',', ':'))}"
        for name, row in model["features"].items()
    )
    return json.dumps(top, ensure_ascii=False)[:-1] + ',\n"features": {\n' + ",\n".join(lines) + "\n}}\n"


def fresh_model() -> str:
    """Train on the shipped data and give the text of the model file."""
    rows, lexicon, labels, version = read_training()
    return model_text(train(rows, lexicon, labels)[0], lexicon, version)


if __name__ == "__main__":
    DEFAULT.write_text(fresh_model(), encoding="utf-8")
