"""The folder of backups: making one, telling which there are, and throwing away the old ones."""

from __future__ import annotations

import errno
import re
import shutil
import sqlite3
from datetime import UTC, datetime, time, timedelta
from functools import partial
from pathlib import Path
from types import ModuleType

from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from backup import postgres, sqlite
from backup.archive import pack
from backup.manifest import BackupError, Manifest
from models.base import Database
from models.heartbeat import BACKUP, beat
from schemas.months import LOCAL

KEPT = timedelta(days=14)  # What has been taken out of the product is out of its backups when these days are over.
LEAST = 3  # Kept however old: were the nightly backup to fail unseen, the last good ones must not go.
NIGHT = time(2)  # in Sweden, when a new backup is due
NAME = re.compile(r"lexheller-(\d{8}T\d{6}Z)\.zip")
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
STORES: dict[str, ModuleType] = {"sqlite": sqlite, "postgresql": postgres}


def kind_of(url: str) -> str:
    """The kind of database behind an address."""
    return make_url(url).get_backend_name()


def make(url: str, folder: Path, now: datetime) -> tuple[Path, Manifest]:
    """Make a backup of the database at `url`, and throw away those that are too old.

    Returns: the file and what it holds. Raises: BackupError; then nothing new is in the folder.
    """
    kind = kind_of(url)
    path = folder / f"lexheller-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.zip"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _clear(folder, now)
        manifest = pack(path, kind, lambda out: STORES[kind].copy(url, out, folder), now)
        prune(folder, now)
    except (OSError, sqlite3.Error, SQLAlchemyError) as error:
        raise BackupError(words(error, folder)) from error
    return path, manifest


def words(error: Exception, folder: Path) -> str:
    """What went wrong, in plain Swedish and without anything from the database."""
    if (isinstance(error, OSError) and error.errno in FULL) or "disk is full" in str(error):
        return f"Disken är full: det finns inte plats i {folder}. Inget har ändrats. Gör plats och försök igen."
    if "disk I/O error" in str(error):
        return f"Det går inte att skriva i {folder}. Är disken full eller skadad? Inget har ändrats."
    if isinstance(error, OSError):
        return f"Det går inte att använda {error.filename or folder}: {error.strerror}."
    return f"Databasen svarar inte som den ska ({type(error).__name__}). Inget har ändrats."


def note(database: Database, now: datetime) -> None:
    """Write down when the last backup was made, for the pages that tell."""
    with database.write() as session:
        beat(session, BACKUP, now)


def due(last: datetime | None, now: datetime) -> bool:
    """Whether a night has begun since the last backup."""
    here = now.astimezone(LOCAL)
    night = datetime.combine(here.date(), NIGHT, LOCAL)
    night = night if night <= here else datetime.combine(here.date() - timedelta(days=1), NIGHT, LOCAL)
    return last is None or not night <= last <= now  # one of tomorrow was made while the clock was wrong


def made_at(path: Path) -> datetime | None:
    """When a backup was made, by its name; None for any other file."""
    found = NAME.fullmatch(path.name)
    return datetime.strptime(found[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) if found else None


def backups(folder: Path) -> list[Path]:
    """The backups in a folder, newest first."""
    return sorted(filter(made_at, folder.glob("lexheller-*.zip")), key=lambda path: path.name, reverse=True)


def prune(folder: Path, now: datetime) -> None:
    """Throw away the backups that are older than the days they are kept, but never the newest few."""
    for path in backups(folder)[LEAST:]:
        if (made_at(path) or now) <= now - KEPT:
            path.unlink(missing_ok=True)


def _clear(folder: Path, now: datetime) -> None:
    """Remove what somebody who died while making a backup left behind, a day later."""
    stale = (now - timedelta(days=1)).timestamp()
    for path in [*folder.glob("*.part"), *folder.glob(f"{sqlite.MAKING}*")]:
        if path.stat().st_mtime < stale:
            remove = partial(shutil.rmtree, ignore_errors=True) if path.is_dir() else Path.unlink
            remove(path)
