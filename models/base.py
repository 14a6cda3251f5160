"""What all nouns share: the declarative base, moments in UTC, words, and the database itself."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import DateTime, Dialect, Enum, MetaData, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from models.wall import EVERYTHING, Sees
from schemas.words import Word as Word

Clock = Callable[[], datetime]
BUSY_SECONDS = 10  # how long a writer waits for SQLite's one writing place

# Constraints carry names, so that a broken one can be mapped to the field that broke it.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def utc_now() -> datetime:
    """The clock of everyday use. Tests and demo data hand in their own."""
    return datetime.now(UTC)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC. SQLite keeps no time zone, so it is taken off on the way in and put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without time zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar = {datetime: UtcDateTime}


def word_column(words: type[Word]) -> Enum:
    """The column type of a word: its code as text, so that a new word needs no change of schema."""
    return Enum(words, native_enum=False, length=32, values_callable=lambda kind: [member.value for member in kind])


def insert_into(session: Session, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that knows ON CONFLICT, in the words of the session's database."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


class Database:
    """One engine and its two ways in.

    SQLite fails at once when a reading transaction turns into a writing one while somebody else writes.
    Therefore every transaction says beforehand whether it writes, and a writing one takes the lock first.

    PostgreSQL shows each transaction what whoever asks may see, see models/wall.py. Arguments: walled - nothing is
    seen but by a session that is told who asks, as the web's are; left out, everything is, as workers must.
    """

    def __init__(self, url: str, pool_size: int = 8, walled: bool = False) -> None:
        self.engine = _sqlite_engine(url) if url.startswith("sqlite") else _server_engine(url, pool_size, walled)
        self._writing_place = threading.Lock() if url.startswith("sqlite") else None

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for reading; what it may have changed is rolled back."""
        with Session(self.engine) as session:
            yield session

    @contextmanager
    def write(self, sees: Sees | None = None) -> Iterator[Session]:
        """A session that commits when the block ends well and otherwise rolls back. Arguments: sees - who asks."""
        engine, told = self.engine.execution_options(writes=True), {"sees": sees}
        with self._queue(), Session(engine, expire_on_commit=False, info=told) as session, session.begin():
            yield session

    @contextmanager
    def _queue(self) -> Iterator[None]:
        """Who waits for SQLite asks again after ever longer pauses, and a crowd is served in no order. The threads
        of one process therefore queue here. Whoever has waited too long goes on, and SQLite tells that it is busy."""
        queued = self._writing_place is not None and self._writing_place.acquire(timeout=BUSY_SECONDS)
        try:
            yield
        finally:
            if queued and self._writing_place is not None:
                self._writing_place.release()

    def scrub(self) -> None:
        """Empty SQLite's write-ahead log, in which text that was taken away still stands; the file itself is
        overwritten (secure_delete). Somebody who reads just then puts it off to the next checkpoint. On a server
        the vacuum does this in its time."""
        if self._writing_place is None:
            return
        connection = self.engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA busy_timeout=200")  # milliseconds; nobody is to wait for this
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            connection.cursor().execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
        finally:
            connection.close()

    def dispose(self) -> None:
        self.engine.dispose()


def _server_engine(url: str, pool_size: int, walled: bool) -> Engine:
    limits = "-c statement_timeout=15000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=30000"
    reach = "" if walled else EVERYTHING
    return create_engine(
        url,
        pool_pre_ping=True,
        pool_size=pool_size,
        hide_parameters=True,  # An error message must never carry what somebody wrote.
        connect_args={"connect_timeout": 3, "options": f"{limits} {reach}"},
    )


def _sqlite_engine(url: str) -> Engine:
    engine = create_engine(
        url, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # The driver must not begin transactions behind our back.
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # A receipt is a promise: the row must outlive a power cut.
        f"busy_timeout={BUSY_SECONDS * 1000}",
        "foreign_keys=ON",
        "secure_delete=ON",
        "trusted_schema=OFF",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
