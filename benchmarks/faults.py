"""The fault suite as a table: each fault, how often it was made to happen, what was lost or doubled, and how long it
took until what it hit was done after all."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import click

from benchmarks.output import percentile, print_facts, print_table
from settings import ROOT

Row = dict[str, object]  # a verdict as it was written down
RECORD = "FAULTS_RECORD"  # tests/faults/verdict.py adds a line of JSON to the file that it names
IN_ORDER = ("--dist=load", "--maxschedchunk=1")  # One fault after the other, to whichever product is free.
HEADINGS = ("fault", "SQLite", "PostgreSQL", "lost", "doubled", "rules broken", "recovery p50 s", "max s")
POINT = re.compile(r"(\w+\.\w+): \w+")  # a named point with what happened there


def main(seeds: int, jobs: int, words: tuple[str, ...]) -> None:
    """Run the suite and print what it wrote down.

    Arguments: seeds - how often each fault happens; jobs - products at a time; words - for pytest, such as `-k beat`.
    Raises: SystemExit with pytest's code when a test failed.
    """
    with tempfile.TemporaryDirectory(prefix="lexheller-faults-") as folder:
        print_facts(Path(folder), "sqlite://")
        record = Path(folder) / "record.jsonl"
        code = _run(seeds, jobs, words, record)
        rows = [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()] if record.exists() else []
    print_table(HEADINGS, table(rows))
    if code != 0:
        click.echo("A test failed: the table holds only what came to an end.", err=True)
        sys.exit(code)


def _run(seeds: int, jobs: int, words: tuple[str, ...], record: Path) -> int:
    command = [sys.executable, "-m", "pytest", "--faults", "--seeds", str(seeds), f"--numprocesses={jobs}", *words]
    done = subprocess.run(
        [*command, *IN_ORDER, "tests/faults"], cwd=ROOT, env=os.environ | {RECORD: str(record)}, check=False
    )
    return done.returncode


def table(rows: list[Row]) -> list[tuple[object, ...]]:
    """One line for each fault, whatever happened at a point, and one for all together."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        point = POINT.fullmatch(str(row["fault"]))
        groups[point[1] if point else str(row["fault"])].append(row)
    return [*((fault, *_figures(found)) for fault, found in sorted(groups.items())), ("all", *_figures(rows))]


def _figures(rows: list[Row]) -> tuple[object, ...]:
    times = [sum(row["database"] == kind for row in rows) for kind in ("sqlite", "postgresql")]
    sums = [sum(int(str(row[name])) for row in rows) for name in ("lost", "doubled")]
    broken = sum(len(row["broken"]) for row in rows if isinstance(row["broken"], list))
    taken = [float(str(row["recovery"])) for row in rows if row["recovery"] is not None]
    return (*times, *sums, broken, percentile(taken, 0.5) if taken else "", max(taken, default=""))
