"""`./lexheller bench`: every benchmark runs in a tiny size and prints figures. Nothing here judges a time."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.output import percentile
from settings import ROOT

# Options, and last the words to look for. The classifier's has no tiny size; tests/test_classification.py covers it.
TINY = {
    "dashboard": ["--reports=50", "--reports=100", "--visits=2", "p95 ratio"],
    "freshness": ["--seconds=1", "--rate=5", "--idle-posts=2", "5 posts/s for 1 s"],
    "pdf": ["--reports=50", "--rounds=1", "meeting pack: ours"],
    "signals": ["--areas=2", "Months until"],
    "start": ["--starts=1", "warm 1"],
    "submit": ["--seconds=1", "--rate=5", "--burst=0.3", "--rounds=1", "ratio form/bare"],
    "web": ["--imports=1", "--requests=8", "memory after start"],
}


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


def test_help_names_every_benchmark(tmp_path: Path) -> None:
    text = bench(tmp_path, "--help").stdout
    assert [name for name in (*TINY, "classifier") if f"\n  {name}" not in text] == []


@pytest.mark.parametrize("name", sorted(TINY))
def test_benchmark_prints_figures_and_leaves_nothing_behind(name: str, tmp_path: Path) -> None:
    *options, expected = TINY[name]
    done = bench(tmp_path, name, *options)
    assert done.returncode == 0, done.stderr[-2000:]
    assert expected in done.stdout
    assert re.search(r"\d\.\d\d", done.stdout)
    assert sorted(tmp_path.glob("bench-*")) == []


def test_benchmarks_keep_out_of_production(tmp_path: Path) -> None:
    assert "lexheller:" in bench(tmp_path, "web", "--database-url=sqlite:///mine").stderr


def test_a_percentile_is_one_of_the_values() -> None:
    assert [percentile([3, 1, 2, 4], share) for share in (0, 0.5, 0.95, 1)] == [1, 2, 4, 4]
