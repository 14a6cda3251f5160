"""SQLite: copied by its own online backup while people work, put back by one rename."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from backup.archive import CHUNK, Measured, private_file, unpack
from backup.counting import facts
from backup.manifest import BackupError

BUSY = "Databasen används av något annat program. Stoppa Lex Heller först (Ctrl-C där det körs) och försök igen."
BROKEN = "Databasen är skadad och kan inte kopieras. Återställ en tidigare backup med ./lexheller restore FIL."
HEADER = b"SQLite format 3\0"
MAKING = ".making-"  # how the folder of a copy under way begins


def file_of(url: str) -> Path:
    """The file behind an address."""
    return Path(make_url(url).database or "")


def copy(url: str, out: Measured, folder: Path) -> tuple[str, dict[str, int]]:
    """Copy the database as it stands at one moment; nobody waits meanwhile.

    Arguments: folder - where there is room for the copy while it is read.
    Raises: BackupError; sqlite3.Error, such as a full disk.
    """
    with TemporaryDirectory(dir=folder, prefix=MAKING) as name:
        twin = Path(name) / "copy.sqlite3"
        with closing(sqlite3.connect(file_of(url))) as source, closing(sqlite3.connect(twin)) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")  # One file, with no log beside it.
            if target.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise BackupError(BROKEN)
        found = count(f"sqlite:///{twin}")
        with twin.open("rb") as file:
            shutil.copyfileobj(file, out, CHUNK)
    return found


def count(url: str) -> tuple[str, dict[str, int]]:
    """The revision and the rows of each table."""
    with create_engine(url, poolclass=NullPool).connect() as connection:
        return facts(connection)


@contextmanager
def beside(url: str, archive: Path, _now: datetime) -> Iterator[str]:
    """The copy out of an archive, beside the database that is in use. Yields: its address. It is gone in the end,
    unless it has been put in place.

    Raises: BackupError, OSError.
    """
    side = file_of(url).with_name(f"{file_of(url).name}.restoring")
    side.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _clear(side)  # What somebody who was killed left: its log would be read into the new file.
    try:
        with private_file(side) as target:
            unpack(archive, target)
            target.flush()
            os.fsync(target.fileno())
        yield f"sqlite:///{side}"
    finally:
        _clear(side)


def _clear(side: Path) -> None:
    for ending in ("", "-wal", "-shm", "-journal"):
        side.with_name(side.name + ending).unlink(missing_ok=True)


def refuse_in_use(url: str) -> None:
    """Bring what lies in the write-ahead log into the file, which only who is alone with it can do.

    Raises: BackupError when somebody else has it open. A file that cannot be read is no hindrance: it is why
    somebody restores. It is not even opened, since SQLite would throw away the log beside it.
    """
    if not _readable(file_of(url)):
        return
    try:
        with closing(sqlite3.connect(file_of(url), timeout=1)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise BackupError(BUSY) from error
    except sqlite3.DatabaseError:
        pass


def _readable(path: Path) -> bool:
    if not path.exists():
        return False
    with path.open("rb") as file:
        return file.read(len(HEADER)) == HEADER


def swap(url: str, side_url: str, now: datetime) -> str:
    """Put the side file in place. The former one keeps a second name before that, so there is always a database.

    Returns: what the former one is called now; empty when there was none.
    """
    place, side = file_of(url), file_of(side_url)
    with closing(sqlite3.connect(side)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    aside = place.with_name(f"{place.name}.before-{now:%Y%m%dT%H%M%SZ}")
    there = place.exists()
    if there:
        _second_name(place, aside)
    for ending in ("-wal", "-shm"):  # Left only by a file that could not be read; they belong to it.
        log = place.with_name(place.name + ending)
        if log.exists():
            log.replace(aside.with_name(aside.name + ending))
    side.replace(place)
    return str(aside) if there else ""


def _second_name(place: Path, aside: Path) -> None:
    try:
        os.link(place, aside)
    except OSError:  # A file system without links.
        shutil.copy2(place, aside)
