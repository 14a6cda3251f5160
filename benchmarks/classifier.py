"""How good and how fast the classifier is: `./lexheller bench classifier`.

Quality is measured on voices that the measured model has not read: the texts are split by voice, and for each
part a model is trained anew without the voices of that part, calibration and threshold included.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Sequence

import click

from benchmarks import classifier_sets as sets
from benchmarks import machine
from benchmarks.classifier_figures import (
    Guess,
    calibration_bins,
    calibration_error,
    coverage,
    fidelity,
    kappa,
    macro_f1,
    share,
    wilson,
)
from benchmarks.classifier_patterns import print_patterns
from benchmarks.classifier_sets import Read
from benchmarks.output import percentile, print_table
from worker.classification import classify
from worker.classification_model import DEFAULT, Model, load_model
from worker.classification_words import stem
from worker.parties import PARTIES
from worker.training import read_training

ROUNDS = 3
CURVE = (50, 100, 200, 400, 800)


@click.command("classifier")
def command() -> None:
    """Print every figure of docs/classifier.md."""
    rows, _, _, version = read_training()
    shipped = load_model()
    for label, value in machine.computer():
        click.echo(f"{label:<10}{value}")
    click.echo(f"model     {shipped.version} ({version}), {len(rows)} texts, {len(shipped.features)} features")
    unseen = [read for known, out in sets.voices_apart(rows) for read in sets.reads(sets.trained_on(known), out)]
    _print_sets(rows, unseen)
    _print_voices(unseen)
    _print_categories([read.guess for read in unseen], shipped.codes)
    _print_calibration([read.guess for read in unseen])
    _print_curve(rows)
    _print_softer(unseen)
    _print_labellings(rows)
    _print_fidelity(unseen)
    print_patterns()
    _print_speed([row["text"] for row in rows])


def _print_sets(rows: Sequence[sets.Row], unseen: Sequence[Read]) -> None:
    """Quality, set by set. What is read by the shipped model says so."""
    first, later = rows[: sets.FIRST_TEXTS], rows[sets.FIRST_TEXTS :]
    others = sets.trained_on([row for row in rows if row["writer"] not in sets.RETELLING])
    shipped = load_model()
    found = {
        "voices never read, eight parts": unseen,
        "later voices, by a model of the first": sets.reads(sets.trained_on(first), later),
        "first voices, by a model of the later": sets.reads(sets.trained_on(later), first),
        "published cases, without retelling voices": sets.reads(others, sets.published()),
        "published cases, by the shipped model": sets.reads(shipped, sets.published()),
        "indirect texts, by the shipped model": sets.reads(shipped, sets.indirect()),
    }
    table = [[name, *_quality([read.guess for read in reads])] for name, reads in found.items()]
    headings = ["set", "texts", "strict", "lenient", "macro-F1", "lenient F1", "cover at 90 %", "calibration"]
    print_table([*headings, "decided", "right of those", "lenient"], table)
    for name, reads in found.items():
        low, high = wilson(share(read.guess.strict for read in reads), len(reads))
        click.echo(f"{name}: 95 % interval of strict {low:.2f}-{high:.2f}")


def _quality(guesses: Sequence[Guess]) -> list[object]:
    decided = [one for one in guesses if one.decided]
    return [
        *(len(guesses), share(one.strict for one in guesses), share(one.lenient for one in guesses)),
        *(macro_f1(guesses), macro_f1(guesses, lenient=True), coverage(guesses), calibration_error(guesses)),
        *(len(decided) / len(guesses), share(one.strict for one in decided), share(one.lenient for one in decided)),
    ]


def _print_voices(reads: Sequence[Read]) -> None:
    voices: dict[str, list[Guess]] = defaultdict(list)
    for read in reads:
        voices[read.guess.group].append(read.guess)
    table = [[name, len(own), share(one.strict for one in own)] for name, own in sorted(voices.items())]
    print_table(["voice never read", "texts", "strict"], table)


def _print_categories(guesses: Sequence[Guess], codes: Sequence[str]) -> None:
    table = []
    for code in codes:
        precision = share(one.strict for one in guesses if one.said == code)
        recall = share(one.strict for one in guesses if one.right == code)
        count = sum(one.right == code for one in guesses)
        table.append([code, count, precision, recall, 2 * precision * recall / (precision + recall)])
    print_table(["category (voices never read)", "texts", "precision", "recall", "F1"], table)
    pairs = Counter((one.right, one.said) for one in guesses)
    short = [code[:6] for code in codes]
    confusion = [[right, *(pairs[right, said] for said in codes)] for right in codes]
    print_table(["confusion: right (rows), said (columns)", *short], confusion)


def _print_calibration(guesses: Sequence[Guess]) -> None:
    table = [[f"tenth {place}", *bin_] for place, bin_ in enumerate(calibration_bins(guesses), 1)]
    print_table(["confidence, voices never read", "texts", "said", "right"], table)


def _print_curve(rows: Sequence[sets.Row]) -> None:
    table: list[list[object]] = []
    for count in CURVE:
        parts = [(sets.trained_on(sets.drawn(known, count)), out) for known, out in sets.voices_apart(rows)]
        guesses = [read.guess for model, out in parts for read in sets.reads(model, out)]
        table.append([str(count), macro_f1(guesses), coverage(guesses)])
    print_table(["texts trained on (all: first row above)", "macro-F1", "cover at 90 %"], table)


def _print_softer(unseen: Sequence[Read]) -> None:
    """Level, recurrence, parties and second codes."""
    table = []
    for question in ("level", "recurrence"):
        guesses = [guess.guess for read in unseen for guess in sets.reads(read.model, [read.row], question)]
        decided = [one for one in guesses if one.decided]
        table.append([question, len(guesses), len(decided) / len(guesses), share(one.strict for one in decided)])
    print_table(["voices never read", "texts", "decided", "right of those"], table)
    named = [(set(read.row["counterparts"]), dict(_parties(read))) for read in unseen]
    parties = [
        [code, share(code in right for right, said in named if code in said), _recall(code, named)] for code in PARTIES
    ]
    print_table(["party (reporter known)", "precision", "recall"], parties)
    said = [(set(read.row["also"]), classify(read.model, read.row["text"]).also) for read in unseen if read.row["also"]]
    right, all_said = sum(len(also & set(guess)) for also, guess in said), sum(len(guess) for _, guess in said)
    click.echo(f"second codes, where the label has some: {right} of {all_said} said are right, of "
               f"{sum(len(also) for also, _ in said)} wanted")  # fmt: skip


def _parties(read: Read) -> Sequence[tuple[str, float]]:
    return classify(read.model, read.row["text"], reporter=read.row["reporter"]).parties


def _recall(code: str, named: Sequence[tuple[set[str], dict[str, float]]]) -> float:
    return share(code in said for right, said in named if code in right)


def _print_labellings(rows: Sequence[sets.Row]) -> None:
    first = {row["id"]: row for row in rows}
    second = sets.lines(sets.ROOM / "second-labels.jsonl")
    table = []
    for question in ("category", "level", "recurrence"):
        pairs = [(first[row["id"]].get(question, "unknown"), row[question]) for row in second if question in row]
        table.append([question, len(pairs), share(one == other for one, other in pairs), kappa(pairs)])
    print_table(["two labellings of one background", "texts", "agreed", "kappa"], table)


def _print_fidelity(unseen: Sequence[Read]) -> None:
    dice = random.Random(1)
    decided = [read for read in unseen if read.guess.decided]
    found = [one for read in decided if (one := fidelity(read.model, read.row["text"], dice))]
    lowered = share(one.strongest_lowers for one in found)
    reasons = sum(one.drop_by_reasons for one in found) / len(found)
    others = sum(one.drop_by_others for one in found) / len(found)
    headings = ["explanations", "texts", "strongest lowers", "drop, all reasons", "drop, as many others"]
    print_table(headings, [["voices never read, decided", len(found), lowered, reasons, others]])


def _print_speed(texts: Sequence[str]) -> None:
    """In seconds of this process's own CPU time, as others may be busy on the same cores."""
    stem.cache_clear()  # Else the training above would have done half of the work.
    started = time.process_time()
    model = load_model()
    loaded = time.process_time()
    for text in texts:
        classify(model, text)
    first = time.process_time()
    each = [_seconds(model, text) for text in list(texts) * ROUNDS]
    ended = time.process_time()
    row = [1000 * (loaded - started), len(texts) / (first - loaded), ROUNDS * len(texts) / (ended - first)]
    headings = [
        "speed, CPU time",
        "load, ms",
        "texts/s at first",
        "texts/s after that",
        "slowest of 100, ms",
        "memory, MB",
    ]
    print_table(
        headings, [[f"{DEFAULT.stat().st_size / 1000:.0f} kB model", *row, 1000 * percentile(each, 0.99), _memory()]]
    )


def _seconds(model: Model, text: str) -> float:
    before = time.process_time()
    classify(model, text)
    return time.process_time() - before


def _memory() -> float:
    """Megabytes of a process that has loaded the model and read one text."""
    code = (
        "import os; from benchmarks.process import resident_megabytes; from worker.classification import classify;"
        " from worker.classification_model import load_model; classify(load_model(), 'Ingen svarar på frågan');"
        " print(resident_megabytes(os.getpid()))"
    )
    return float(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout)


if __name__ == "__main__":
    command()
