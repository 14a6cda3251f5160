"""The folders of a running system, and the lock that keeps a second one away from them."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO

# Linux takes 107 bytes for a socket's path, macOS 103, and the folder gets a file name added.
LONGEST_FOLDER = 80
PREFIX = "lexheller-"
DATABASE = "lexheller.sqlite3"


class LaunchError(Exception):
    """The system cannot start or go on. The message is shown as it is."""


def make_home(home: Path) -> None:
    """Make the data folder with its rooms, readable for its owner only.

    Raises: LaunchError when it cannot be written.
    """
    try:
        for folder in (home, home / "log", home / "valkey"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home):
            pass
    except OSError as error:
        raise LaunchError(f"Det går inte att skriva i {home}: {error.strerror}.") from error


def check_file(path: Path) -> None:
    """See that a database file, where there is one, can be read as such.

    Raises: LaunchError.
    """
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True)) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error:
        raise LaunchError(f"Databasen {path} är trasig. Lägg tillbaka en säkerhetskopia: ./lexheller restore") from None


@contextmanager
def only_one(home: Path) -> Iterator[IO[str]]:
    """Hold the data folder's lock. The kernel lets go of it when we die, so it is never left behind.

    Yields: the lock file, into which the address is written for whoever comes second.
    Raises: LaunchError when another supervisor holds it.
    """
    with (home / "lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            address = lock.read().strip() or "startar just nu"
            raise LaunchError(f"Lex Heller körs redan med {home} ({address}). Stoppa det först.") from None
        lock.truncate(0)
        yield lock


@contextmanager
def runtime_folder(home: Path) -> Iterator[Path]:
    """A short-named folder of our own for the socket, gone when the block ends.

    The data folder will not do: its path may be too long for a socket, or lie on a file system without sockets.
    The link `runtime` in it shows the way, and tells the next start what a killed one left behind.
    """
    link = home / "runtime"
    _clear(link)
    wished = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    usable = len(wished.encode()) <= LONGEST_FOLDER and os.access(wished, os.W_OK | os.X_OK)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=wished if usable else "/tmp"))  # noqa: S108 - a folder of our own in it.
    try:
        link.symlink_to(folder)
        yield folder
    finally:
        _clear(link)


def _clear(link: Path) -> None:
    target = Path(os.path.realpath(link))
    if link.is_symlink() and target.name.startswith(PREFIX):
        shutil.rmtree(target, ignore_errors=True)
    link.unlink(missing_ok=True)
