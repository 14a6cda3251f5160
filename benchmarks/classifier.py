"""How good and how fast the shipped classifier is: `python -m benchmarks.classifier`.

Quality on the published cases (never trained on), on indirect texts (never trained on), and on each
voice of the training texts by a model that saw no label of that voice.
"""

from __future__ import annotations

import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from benchmarks.output import print_table
from settings import ROOT
from worker.classification import DEFAULT, Model, classify, load_model, shares
from worker.classification_words import stem
from worker.training import HeldOut, read_training, train

ROUNDS = 3
# A guess: its confidence, its category, the right one, and the other codes that are accepted.
Guess = tuple[float, str, str, Sequence[str]]


@click.command("classifier")
def command() -> None:
    """Print every figure of docs/classifier.md."""
    model = load_model()
    rows, lexicon, codes, version = read_training()
    trained, held_out = train(rows, lexicon, codes)
    own = [_guess(one, codes, trained["temperature"]) for one in held_out]
    cases = [_read(model, case) for case in _lines(ROOT / "data" / "sample-cases.jsonl")]
    hard = [_read(model, case) for case in _lines(DEFAULT.parent / "hard.jsonl")]
    click.echo(f"model {model.version} ({version}), {len(rows)} texts, {len(trained['features'])} features")
    click.echo(f"temperature {model.temperature}, threshold {model.threshold}, {DEFAULT.stat().st_size / 1000:.0f} kB")
    _print_quality({"published cases": cases, "indirect texts": hard, "voices held out": own}, model.threshold)
    _print_voices(held_out, own)
    _print_categories(own)
    _print_calibration({"published": cases, "voices held out": own})
    _print_speed([row["text"] for row in rows])


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _read(model: Model, case: dict[str, Any]) -> Guess:
    found = classify(model, case["text"])
    return found.confidence, found.category, case["category"], case["also"]


def _guess(one: HeldOut, codes: Sequence[str], temperature: float) -> Guess:
    confidence, code = max(zip(shares(one.scores, temperature), codes, strict=True))
    return confidence, code, one.category, ()


def _strict(guesses: Iterable[Guess]) -> list[bool]:
    return [guess == right for _, guess, right, _ in guesses]


def _share(hits: Sequence[bool]) -> float:
    return sum(hits) / len(hits) if hits else float("nan")


def _macro_f1(guesses: Sequence[Guess]) -> float:
    """The mean over the categories that occur, so that a rare one weighs as much as a common one."""
    guessed, right = Counter(guess for _, guess, _, _ in guesses), Counter(code for _, _, code, _ in guesses)
    hit = Counter(code for _, guess, code, _ in guesses if guess == code)
    return sum(2 * hit[code] / (guessed[code] + right[code]) for code in right) / len(right)


def _print_quality(sets: dict[str, list[Guess]], threshold: float) -> None:
    table = []
    for name, guesses in sets.items():
        decided = [guess for guess in guesses if guess[0] >= threshold]
        lenient = [guess in (right, *also) for _, guess, right, also in guesses]
        decided_lenient = [guess in (right, *also) for _, guess, right, also in decided]
        figures = (_share(_strict(guesses)), _share(lenient), _macro_f1(guesses), len(decided) / len(guesses))
        table.append([name, len(guesses), *figures, _share(_strict(decided)), _share(decided_lenient)])
    headings = ["set", "texts", "strict", "lenient", "macro-F1", "decided", "strict of those", "lenient of those"]
    print_table(headings, table)


def _print_voices(held_out: Sequence[HeldOut], guesses: Sequence[Guess]) -> None:
    voices: dict[str, list[Guess]] = defaultdict(list)
    for one, guess in zip(held_out, guesses, strict=True):
        voices[one.writer].append(guess)
    print_table(["voice held out", "texts", "strict"], [[v, len(g), _share(_strict(g))] for v, g in voices.items()])


def _print_categories(guesses: Sequence[Guess]) -> None:
    table = []
    for code in dict.fromkeys(right for _, _, right, _ in guesses):
        said = [right == code for _, guess, right, _ in guesses if guess == code]
        meant = [guess for _, guess, right, _ in guesses if right == code]
        missed = Counter(guess for guess in meant if guess != code).most_common(1)
        row = [code, len(meant), _share(said), _share([guess == code for guess in meant])]
        table.append([*row, f"{missed[0][0]} ({missed[0][1]})" if missed else "–"])
    print_table(["category (voices held out)", "texts", "precision", "recall", "most often taken for"], table)


def _print_calibration(sets: dict[str, list[Guess]]) -> None:
    table = []
    for name, guesses in sets.items():
        error = 0.0
        for low in (0.0, 0.3, 0.5, 0.7, 0.8, 0.9):
            high = {0.0: 0.3, 0.3: 0.5, 0.5: 0.7, 0.7: 0.8, 0.8: 0.9}.get(low, 1.01)
            bin_ = [guess for guess in guesses if low <= guess[0] < high]
            if bin_:
                said, right = sum(guess[0] for guess in bin_) / len(bin_), _share(_strict(bin_))
                error += abs(said - right) * len(bin_) / len(guesses)
                table.append([f"{name} {low:.1f}-{min(high, 1):.1f}", len(bin_), said, right])
        table.append([f"{name}: calibration error", len(guesses), error, ""])
    print_table(["confidence", "texts", "said", "right (strict)"], table)


def _print_speed(texts: Sequence[str]) -> None:
    stem.cache_clear()  # Else the training above would have done half of the work.
    started = time.perf_counter()
    model = load_model()
    loaded = time.perf_counter()
    for text in texts:
        classify(model, text)
    first = time.perf_counter()
    for text in list(texts) * ROUNDS:
        classify(model, text)
    ended = time.perf_counter()
    row = [1000 * (loaded - started), len(texts) / (first - loaded), ROUNDS * len(texts) / (ended - first)]
    print_table(["speed", "load, ms", "texts/s at first", "texts/s after that"], [["one core", *row]])


if __name__ == "__main__":
    command()
