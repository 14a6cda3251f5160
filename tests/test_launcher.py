"""The shell launcher, as far as it can be tried without installing anything."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from settings import ROOT

LAUNCHER = ROOT / "lexheller"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with the launcher, one command, and a .venv that looks installed and only tells how it was called."""
    root = tmp_path / "en mapp"
    (root / ".venv" / "bin").mkdir(parents=True)
    (root / "commands").mkdir()
    (root / "commands" / "say_hello.py").write_text('"""Say hello."""\n')
    shutil.copy(LAUNCHER, root)
    for name in ("requirements.txt", "requirements-dev.txt"):
        (root / name).write_text("click==8\n")
        (root / ".venv" / name).write_text("click==8\n")
    python = root / ".venv" / "bin" / "python"
    python.write_text('#!/bin/sh\n[ "$1" = -c ] || echo "$PWD: $PYTHONPATH: $*"\n')
    python.chmod(0o755)
    return root


def call(program: Path, *words: str, cwd: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", str(program), *words],
        cwd=cwd,
        env={"PATH": os.environ["PATH"], **environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )


@pytest.mark.parametrize("shell", ["sh", "dash", "bash", "busybox"])
def test_every_posix_shell_can_read_it(shell: str) -> None:
    found = shutil.which(shell)
    if found is None:
        pytest.skip(f"{shell} is not on this machine")
    words = [found, "sh", "-n"] if shell == "busybox" else [found, "-n"]
    done = subprocess.run([*words, str(LAUNCHER)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_it_can_be_executed() -> None:
    assert os.access(LAUNCHER, os.X_OK)
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


@pytest.mark.parametrize("words", [(), ("-h",), ("--help",), ("help",)])
def test_help_names_every_command_without_installing(checkout: Path, words: tuple[str, ...]) -> None:
    shutil.rmtree(checkout / ".venv")
    done = call(checkout / "lexheller", *words, cwd=checkout)
    assert done.returncode == 0
    assert {"run", "test", "say-hello"} <= {line.split()[0] for line in done.stdout.splitlines() if line[:2] == "  "}
    assert "Say hello." in done.stdout
    assert not (checkout / ".venv").exists()


@pytest.mark.parametrize("name", ["hello", "--demo", "../commands/say-hello", "say_hello", "-x"])
def test_an_unknown_command_is_told_without_installing(checkout: Path, name: str) -> None:
    shutil.rmtree(checkout / ".venv")
    done = call(checkout / "lexheller", name, cwd=checkout)
    assert done.returncode == 2
    assert done.stderr.startswith(f"Okänt kommando: {name}")
    assert not (checkout / ".venv").exists()


def test_a_command_runs_where_the_caller_stands_and_finds_its_rooms(checkout: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(Path("en mapp") / "lexheller")
    done = call(link, "say-hello", "--to", "två ord", cwd=tmp_path)
    assert done.stdout == f"{tmp_path}: {checkout}: -P -m commands say-hello --to två ord\n"


def test_run_hands_its_words_to_the_supervisor(checkout: Path) -> None:
    done = call(checkout / "lexheller", "run", "--demo", "--port", "0", cwd=checkout)
    assert done.stdout == f"{checkout}: {checkout}: -P -m launch --demo --port 0\n"


def test_a_home_that_cannot_be_used_is_replaced(checkout: Path) -> None:
    python = checkout / ".venv" / "bin" / "python"
    python.write_text('#!/bin/sh\n[ "$1" = -c ] || echo "$HOME $XDG_CACHE_HOME"\n')
    for environ in ({}, {"HOME": "/nonexistent"}):
        done = call(checkout / "lexheller", "say-hello", cwd=checkout, **environ)
        home = environ.get("HOME", f"{checkout}/var")
        assert done.stdout == f"{home} {checkout}/var/cache\n"


def test_requirements_name_no_place_of_download() -> None:
    for path in ROOT.glob("requirements*.txt"):
        text = path.read_text(encoding="utf-8")
        assert "://" not in text, path.name
        assert "--index" not in text, path.name
        assert "--find-links" not in text, path.name
        assert text.count("==") > 10, path.name
