"""PostgreSQL and Valkey that can be killed, stopped and started again in the same folder."""

from __future__ import annotations

import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import redis

from launch import valkey
from tests import servers


@dataclass
class Store:
    """One server. `sock` is the socket's path; the folder with its data outlives the process."""

    folder: Path
    sock: Path
    command: list[str]
    answers: Callable[[], bool]
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = servers._start(self.command, self.folder)
        servers._wait(self.answers, self.process, self.folder)

    def kill(self) -> None:
        """As a power cut does."""
        self.stop(signal.SIGKILL)

    def stop(self, number: signal.Signals = signal.SIGINT) -> None:
        if self.process is not None:
            children = psutil.Process(self.process.pid).children()
            servers._stop(self.process, number)
            psutil.wait_procs(children, 10)  # PostgreSQL's hold its memory until they notice, and it could not start.
            self.process = None
        (self.folder / "data" / "postmaster.pid").unlink(missing_ok=True)


@contextmanager
def valkey_store() -> Iterator[Store]:
    """A Valkey started as the product starts its own, with its data on disk."""
    with tempfile.TemporaryDirectory(prefix="lexheller-", dir="/tmp") as name:
        folder = Path(name)
        sock = folder / "valkey.sock"
        command = valkey.command(valkey.server_binary(), sock, folder)
        store = Store(folder, sock, command, lambda: valkey.answers(sock))
        store.start()
        try:
            yield store
        finally:
            store.stop(signal.SIGTERM)


@contextmanager
def postgres_store(disk: Path | None = None) -> Iterator[Store]:
    """A PostgreSQL that keeps its promises: what was committed is on disk when it is killed.

    Arguments: disk - where its folder is made, if not among other temporary files.
    """
    folder = Path(tempfile.mkdtemp(prefix="lexheller-pg-", dir=disk or "/tmp"))  # noqa: S108 - a folder of our own in it
    try:
        programs = servers._programs(folder)
        if servers._is_root():
            for path in (folder, *folder.rglob("*")):
                shutil.chown(path, servers.NOBODY, servers.NOBODY)
        servers._initialise(programs, folder)
        words = [str(programs / "postgres"), "-D", str(folder / "data"), "-k", str(folder), "-c", "listen_addresses="]
        store = Store(folder, folder / ".s.PGSQL.5432", words, lambda: servers._postgres_answers(folder))
        store.start()
        try:
            yield store
        finally:
            store.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def client(sock: Path) -> redis.Redis:
    """A line to a Valkey, past every proxy."""
    return redis.Redis(unix_socket_path=str(sock))
