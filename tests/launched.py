"""The whole tree, started by `./lexheller run` on a home of its own, to watch and to kill parts of."""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from settings import ROOT

LINUX_ONLY = pytest.mark.skipif(sys.platform != "linux", reason="the tie between parent and child is Linux'")


@dataclass
class Running:
    """A started system: its supervisor and the address that it printed."""

    home: Path
    supervisor: subprocess.Popen[str]
    address: str

    def tree(self) -> list[psutil.Process]:
        """All processes of the system: at least Valkey, two workers, web and beat."""
        assert soon(lambda: len(self._below()) >= 5)
        return self._below()

    def _below(self) -> list[psutil.Process]:
        return alive(psutil.Process(self.supervisor.pid).children(recursive=True))

    def part(self, word: str) -> psutil.Process | None:
        """The living child whose command line holds a word."""
        children = alive(psutil.Process(self.supervisor.pid).children())
        return next((child for child in children if word in " ".join(child.cmdline())), None)

    def kill_part(self, word: str) -> None:
        """Kill a part hard, and see another process take its place."""
        old = self.part(word)
        assert old
        old.kill()
        assert soon(lambda: self.part(word) not in (None, old))

    def status(self) -> int:
        """The health page's answer; 0 when nobody answers."""
        connection = http.client.HTTPConnection(self.address, timeout=5)
        try:
            connection.request("GET", "/halsa")
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()


def launch(home: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "launch", *words],
        cwd=ROOT,
        env={**os.environ, "LEXHELLER_HOME": str(home), "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@contextmanager
def running(home: Path) -> Iterator[Running]:
    """The system on a free port, stopped at the end if the test has not stopped it."""
    process = launch(home, "--port", "0")
    try:
        yield Running(home, process, address_from(process))
    finally:
        process.terminate()
        try:
            process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def address_from(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    said = []
    for line in process.stdout:
        said.append(line)
        if found := re.search(r"http://(\S+)", line):
            return found[1]
    raise AssertionError("the system did not start:\n" + "".join(said))


def soon(happens: Callable[[], bool], seconds: float = 20) -> bool:
    until = time.monotonic() + seconds
    while not happens():
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that still run. One that is dead and only waits to be noticed by its parent does not count."""
    return [process for process in processes if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One system for the tests that leave it running."""
    with running(tmp_path_factory.mktemp("home")) as started:
        yield started
