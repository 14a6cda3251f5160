"""`./lexheller bench`: every benchmark runs in a tiny size and prints figures. Nothing here judges a time."""

from __future__ import annotations

import dataclasses
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import click
import pytest

import settings
from benchmarks.load import Answer
from benchmarks.output import percentile
from benchmarks.scratch import scratch_product
from benchmarks.submit import check_answers, check_stored
from settings import ROOT

# Options, and last the words to look for. The classifier's has no tiny size; tests/test_classification.py covers it.
TINY = {
    "backup": ["--reports=50", "restore s"],
    "disclosure": ["--cells=20", "--areas=0", "--federation=0", "audited, read as the rule says"],
    "dashboard": ["--reports=50", "--reports=100", "--visits=2", "p95 ratio"],
    "freshness": ["--seconds=1", "--rate=5", "--idle-posts=2", "5 posts/s for 1 s"],
    "month": ["--reports=50", "--forums=2", "2 forums"],
    "pdf": ["--reports=50", "--rounds=1", "meeting pack: ours"],
    "signals": ["--areas=2", "Months until"],
    "effect": ["--decisions=5", "Share of decisions"],
    "start": ["--starts=1", "warm 1"],
    "submit": ["--seconds=1", "--rate=5", "--burst=0.3", "--rounds=1", "ratio form/bare"],
    "web": ["--imports=1", "--requests=8", "memory after start"],
}


Result = tuple[subprocess.CompletedProcess[str], list[Path]]


def run(home: Path, *words: str) -> Result:
    """A benchmark's output, and what it left in its folder."""
    done = bench(home, *words)
    return done, sorted(home.glob("bench-*"))


def bench(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "commands", "bench", *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "LEXHELLER_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[Result]]]:
    """All benchmarks, two at a time: most of what they do is to wait for processes."""
    homes = {name: tmp_path_factory.mktemp(name) for name in TINY}
    with ThreadPoolExecutor(2) as pool:
        yield {name: pool.submit(run, homes[name], name, *words[:-1]) for name, words in TINY.items()}


def test_help_names_every_benchmark(tmp_path: Path) -> None:
    text = bench(tmp_path, "--help").stdout
    assert [name for name in (*TINY, "classifier") if f"\n  {name}" not in text] == []


@pytest.mark.parametrize("name", TINY)
def test_benchmark_prints_figures_and_leaves_nothing_behind(name: str, results: dict[str, Future[Result]]) -> None:
    done, left = results[name].result()
    assert done.returncode == 0, done.stderr[-2000:]
    assert TINY[name][-1] in done.stdout
    assert re.search(r"\d\.\d\d", done.stdout)
    assert left == []


def test_benchmarks_keep_out_of_production(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    production = dataclasses.replace(settings.load({"LEXHELLER_HOME": str(tmp_path)}), profile="production")
    monkeypatch.setattr(settings, "load", lambda: production)
    with pytest.raises(click.ClickException, match="production"), scratch_product():
        pass


def test_a_figure_needs_every_post_answered_and_stored() -> None:
    good, bad = (Answer(0.0, 1.0, status, "LH-2026-0001") for status in (303, 503))
    check_answers([good], 303)
    with pytest.raises(click.ClickException, match="1 of 2 posts failed"):
        check_answers([good, bad], 303)
    with pytest.raises(click.ClickException, match="2 receipts, but 1 reports"):
        check_stored(2, 1)


def test_a_percentile_is_one_of_the_values() -> None:
    assert [percentile([3, 1, 2, 4], share) for share in (0, 0.5, 0.95, 1)] == [1, 2, 4, 4]
