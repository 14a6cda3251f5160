"""The gates: style, types and the house's contracts about imports, each run as the tools' own command line."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from settings import ROOT

BIN = Path(sys.executable).parent
ROOMS = ("backup", "benchmarks", "commands", "launch", "migrations", "models", "schemas", "webapp", "worker")
MAY_LOAD_SETTINGS = ("webapp/__init__.py", "worker/app.py", "migrations/env.py", "launch/", "commands/", "benchmarks/")
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
PURE = next(contract["source_modules"] for contract in CONTRACTS if contract["name"] == "Pure steps stay pure")
CLOCKS = {"now", "utcnow", "today", "utc_now", "time", "monotonic", "localtime", "gmtime"}


@pytest.mark.parametrize(
    "words",
    [("ruff", "check", "."), ("ruff", "format", "--check", "."), ("mypy", "."), ("lint-imports", "--no-logo")],
    ids=["ruff", "ruff-format", "mypy", "import-contracts"],
)
def test_the_gate_is_open(words: tuple[str, ...]) -> None:
    done = subprocess.run(
        [str(BIN / words[0]), *words[1:]], cwd=ROOT, capture_output=True, text=True, timeout=110, check=False
    )
    if done.returncode != 0:
        pytest.fail(f"{' '.join(words)} says:\n{done.stdout}{done.stderr}", pytrace=False)


def python_files(*places: str) -> Iterator[tuple[str, ast.Module]]:
    """Every Python file of some rooms or modules: its name and its tree."""
    for place in places:
        path = ROOT / place.replace(".", "/")
        path = path if path.is_dir() else path.with_suffix(".py")
        for file in [path] if path.is_file() else sorted(path.rglob("*.py")):
            yield str(file.relative_to(ROOT)), ast.parse(file.read_text(encoding="utf-8"))


def calls(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Every call in a tree: what stands before the last dot, and the name that is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield ast.unparse(node.func.value), node.func.attr
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield "", node.func.id


def test_settings_are_loaded_in_few_places() -> None:
    loading = {name for name, tree in python_files(*ROOMS) if ("settings", "load") in calls(tree)}
    assert {"webapp/__init__.py", "worker/app.py", "migrations/env.py"} <= loading
    assert {name for name in loading if not name.startswith(MAY_LOAD_SETTINGS)} == set()


def test_pure_steps_read_no_clock() -> None:
    """A step that is handed its moment gives the same answer tomorrow."""
    files = dict(python_files(*PURE))
    assert len(files) > len(PURE)
    assert {(name, call) for name, tree in files.items() for _, call in calls(tree) if call in CLOCKS} == set()


def test_no_room_loads_settings_by_another_name() -> None:
    """`from settings import load` would slip past the test above."""
    imported = {
        (name, alias.name)
        for name, tree in python_files(*ROOMS)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "settings"
        for alias in node.names
    }
    assert {alias for _, alias in imported} <= {"ROOT", "VERSION", "Settings", "SettingsError", "version_faults"}
