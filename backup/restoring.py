"""Putting a backup back: beside the database in use, checked, brought up to date, set right, and then in its place."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from backup import archive, schema
from backup.folder import STORES, kind_of, words
from backup.manifest import BackupError, Manifest
from models.base import Database
from models.delivery import Delivery, DeliveryState
from models.heartbeat import BACKUP, beat
from models.organisation import Federation
from models.outbox import Outbox, Task
from models.report import skip_numbers
from models.user import SignIn
from schemas.months import local_date

OTHER_KIND = "Backupen är från {theirs}, men databasen här är {ours}. Den kan bara återställas på samma sorts databas."
NEWER = "Backupen är gjord av en nyare version ({version}) av Lex Heller. Uppgradera först och återställ sedan."
LACKING = "Den återställda databasen stämmer inte med backupens innehållsförteckning. Inget har ändrats."
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
MAYBE_SENT = "Databasen är återställd från en backup. Mejlet kan ha skickats efter att den togs"
# So many numbers are passed over in each federation: somebody may hold a receipt from the hours that were lost.
SKIPPED = 1000


@dataclass(frozen=True)
class Restored:
    """What was put back, and what the former database is called now; empty when there was none."""

    manifest: Manifest
    aside: str


def restore(url: str, path: Path, now: datetime) -> Restored:
    """Put a backup in the place of the database at `url`.

    Raises: BackupError; then the database is as it was.
    """
    try:
        manifest = _acceptable(url, path)
        store = STORES[manifest.kind]
        store.refuse_in_use(url)
        with store.beside(url, path, now) as side:
            if store.count(side) != (manifest.revision, manifest.rows):
                raise BackupError(LACKING)
            schema.upgrade(side)
            _set_right(side, now, manifest.made_at)
            return Restored(manifest, store.swap(url, side, now))
    except (OSError, sqlite3.Error, SQLAlchemyError) as error:
        raise BackupError(words(error, path.parent)) from error


def set_right(url: str, now: datetime) -> None:
    """Set right what may not be true any more in a database that PostgreSQL itself has brought back to a moment.

    Raises: BackupError when anybody has it open, or it cannot be written.
    """
    try:
        STORES[kind_of(url)].refuse_in_use(url)
        _set_right(url, now)
    except (OSError, sqlite3.Error, SQLAlchemyError) as error:
        raise BackupError(words(error, Path())) from error


def _acceptable(url: str, path: Path) -> Manifest:
    manifest = archive.check(path)
    if manifest.kind != kind_of(url):
        raise BackupError(OTHER_KIND.format(theirs=NAMES[manifest.kind], ours=NAMES[kind_of(url)]))
    if not schema.known(manifest.revision):
        raise BackupError(NEWER.format(version=manifest.version))
    return manifest


def _set_right(side: str, now: datetime, made_at: datetime | None = None) -> None:
    """What was true then and may not be true now: open sign-ins, mail that waited, numbers, the age of the backup."""
    database = Database(side)
    try:
        with database.write() as session:
            session.execute(delete(SignIn))
            _doubt_mail(session)
            for federation_id in session.scalars(select(Federation.id)).all():
                skip_numbers(session, federation_id, local_date(now).year, SKIPPED)
            if made_at is not None:
                beat(session, BACKUP, made_at)
    finally:
        database.dispose()


def _doubt_mail(session: Session) -> None:
    """Mail that waited then has probably been sent since. A person decides."""
    session.execute(delete(Outbox).where(Outbox.task == Task.DELIVER))
    waited = Delivery.state.in_([DeliveryState.QUEUED, DeliveryState.SENDING])
    doubt = {"state": DeliveryState.UNKNOWN, "fault": MAYBE_SENT, "retry_at": None}
    session.execute(update(Delivery).where(waited).values(doubt))
