"""What the guard of personal data finds, how often it is wrong, and its time: `./lexheller bench screen`."""

from __future__ import annotations

import time
from collections.abc import Sequence

import click

from benchmarks import machine
from benchmarks.corpus import GROUPS, PARTS, Marked, Score, read, score
from benchmarks.output import percentile, print_table
from schemas.personal_data import screen

LONG = 10_000  # words of the longest text
# What makes a pattern with nested repeats run wild: long runs of what it repeats, and then no match.
HOSTILE = {
    "figures": "1" * 50_000,
    "figures and spaces": "0 " * 25_000,
    "figures and hyphens": "85-" * 17_000,
    "letters": "a" * 50_000,
    "capitals": "Aa " * 17_000,
    "initials": "A. " * 17_000,
    "at signs": "a@" * 25_000,
    "dots": "a." * 25_000,
    "blanks": " " * 50_000,
    "streets": "Storgatan " * 5_000,
    "number words": "ett två " * 6_000,
    "cues": "dnr konto ring " * 3_500,
}


def main(rounds: int) -> None:
    """Print figures of both parts of the corpus, and times."""
    for label, value in machine.computer():
        click.echo(f"{label:<10}{value}")
    parts = {part: read(part) for part in PARTS}
    scores = {part: score(texts) for part, texts in parts.items()}
    print_table(["found", *PARTS], [_recall_row(group, scores) for group in GROUPS])
    print_table(["by kind", *PARTS], [_kind_row(kind, scores) for group in GROUPS.values() for kind in group])
    print_table(["wrong", *PARTS], _wrong_rows(scores))
    texts = [marked for part in parts.values() for marked in part]
    print_table(["ms a text", "p50", "p95", "max"], [_times(texts, rounds), _time_of_report(texts, rounds)])
    print_table(["long and hostile, ms", "characters", "ms"], _hostile_rows(texts))


def _recall_row(group: str, scores: dict[str, Score]) -> list[object]:
    return [group, *(f"{one.recall(group):.3f}" for one in scores.values())]


def _kind_row(kind: str, scores: dict[str, Score]) -> list[object]:
    return [kind, *(f"{one.found[kind]}/{one.wanted[kind]}" for one in scores.values())]


def _wrong_rows(scores: dict[str, Score]) -> list[list[object]]:
    return [
        ["clean texts touched", *(f"{one.touched}/{one.clean}" for one in scores.values())],
        ["share of clean texts", *(f"{one.false_alarms:.3f}" for one in scores.values())],
        ["precision of findings", *(f"{one.precision:.3f}" for one in scores.values())],
    ]


def _milliseconds(text: str) -> float:
    """Of processor time: others may be using the machine."""
    start = time.process_time()
    screen(text)
    return (time.process_time() - start) * 1000


def _times(texts: Sequence[Marked], rounds: int) -> list[object]:
    """Each text's best time of the rounds: what else the machine does is not the guard's doing."""
    best = [min(_milliseconds(marked.text) for _ in range(rounds)) for marked in texts]
    return ["the corpus", *(f"{value:.2f}" for value in (percentile(best, 0.5), percentile(best, 0.95), max(best)))]


def _time_of_report(texts: Sequence[Marked], rounds: int) -> list[object]:
    """Texts as long as a report may be: 1 500 characters."""
    whole = " ".join(marked.text for marked in texts)
    reports = [whole[at : at + 1500] for at in range(0, len(whole), 1500)]
    best = [min(_milliseconds(report) for _ in range(rounds)) for report in reports]
    return [
        "1 500 characters",
        *(f"{value:.2f}" for value in (percentile(best, 0.5), percentile(best, 0.95), max(best))),
    ]


def _hostile_rows(texts: Sequence[Marked]) -> list[list[object]]:
    words = " ".join(marked.text for marked in texts).split()
    long = " ".join((words * (LONG // len(words) + 1))[:LONG])
    named = {"10 000 words": long, **HOSTILE}
    return [[name, len(text), f"{_milliseconds(text):.0f}"] for name, text in named.items()]
