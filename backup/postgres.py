"""PostgreSQL: copied by pg_dump from one frozen moment, put back into a database beside the one in use, then swapped.

The password stands in a file that only we may read, never among a program's words, where every user sees it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from backup.archive import CHUNK, Measured, unpack
from backup.counting import facts
from backup.manifest import BackupError
from models.wall import EVERYTHING
from models.wall_state import sees_everything

BUSY = "Lex Heller körs: {number} anslutningar till databasen är öppna. Stoppa webb, arbetare och klocka först."
MISSING = "Programmet {name} saknas. Installera PostgreSQL:s klientprogram, version 18 eller nyare."
BESIDE = "_restoring_"  # follows the name of the database in use
MAINTENANCE = "postgres"  # the database that every server has, to stand in while another one is renamed
SERVICE = "lexheller"  # what the database is called in the file that tells where it is
NO_LIMITS = f"-c statement_timeout=0 -c idle_in_transaction_session_timeout=0 {EVERYTHING}"
BLIND = "Databasrollen ser inte alla rader, så kopian skulle bli ofullständig. Använd arbetarens eller ägarens adress."


def copy(url: str, out: Measured, _folder: Path) -> tuple[str, dict[str, int]]:
    """Copy the database as it stands at one moment; nobody waits meanwhile. What is counted is what is dumped.

    Raises: BackupError; sqlalchemy.exc.DBAPIError.
    """
    with _connection(url, isolation_level="REPEATABLE READ") as connection:
        if not sees_everything(connection):
            raise BackupError(BLIND)
        moment = connection.scalar(text("SELECT pg_export_snapshot()"))
        found = facts(connection)
        # Row security stays on, or PostgreSQL would refuse: whoever is let through sees every row all the same.
        kept = ("--format=custom", "--enable-row-security")
        words = (*kept, f"--snapshot={moment}", "--lock-wait-timeout=10s", "--no-password")
        with _program("pg_dump", words, url, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None  # noqa: S101 - for the type; it was asked for above.
            while data := process.stdout.read(CHUNK):
                out.write(data)
    return found


def count(url: str) -> tuple[str, dict[str, int]]:
    """The revision and the rows of each table."""
    with _connection(url) as connection:
        return facts(connection)


@contextmanager
def beside(url: str, archive: Path, now: datetime) -> Iterator[str]:
    """The copy out of an archive, in a database beside the one that is in use. Yields: its address. It is gone in
    the end, unless it has been put in place.

    Raises: BackupError; sqlalchemy.exc.DBAPIError.
    """
    name = f"{make_url(url).database}{BESIDE}{now:%Y%m%d%H%M%S}"
    side = _in_database(url, name)
    _clear(url)
    _run(url, f'CREATE DATABASE "{name}" TEMPLATE template0')
    try:
        words = ("--exit-on-error", "--no-owner", "--no-privileges", "--no-password", f"--dbname=service={SERVICE}")
        with _program("pg_restore", words, side, stdin=subprocess.PIPE) as process:
            assert process.stdin is not None  # noqa: S101 - for the type; it was asked for above.
            with suppress(BrokenPipeError), process.stdin as pipe:  # Why it listens no more, it tells when it ends.
                unpack(archive, pipe)
        yield side
    finally:
        _clear(url)


def _clear(url: str) -> None:
    """Drop what was built beside and not put in place, also what somebody who was killed left."""
    query = text("SELECT datname FROM pg_database WHERE starts_with(datname, :beginning)")
    with _connection(_in_database(url, MAINTENANCE)) as connection:
        left = connection.scalars(query, {"beginning": f"{make_url(url).database}{BESIDE}"}).all()
    for name in left:
        _run(url, f'DROP DATABASE "{name}" WITH (FORCE)')


def refuse_in_use(url: str) -> None:
    """Raises: BackupError when anybody has the database open."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = :name AND backend_type = 'client backend'"
    with _connection(_in_database(url, MAINTENANCE)) as connection:
        number = connection.scalar(text(query), {"name": make_url(url).database})
    if number:
        raise BackupError(BUSY.format(number=number))


def swap(url: str, side_url: str, now: datetime) -> str:
    """Two renames in one transaction: there is always a database. PostgreSQL refuses while anybody has one open.

    Returns: what the former one is called now; empty when there was none.
    """
    place, side = make_url(url).database, make_url(side_url).database
    aside = f"{place}_before_{now:%Y%m%d%H%M%S}"
    with _connection(_in_database(url, MAINTENANCE)) as connection, connection.begin():
        there = connection.scalar(text("SELECT count(*) FROM pg_database WHERE datname = :name"), {"name": place})
        if there:
            connection.execute(text(f'ALTER DATABASE "{place}" RENAME TO "{aside}"'))
        connection.execute(text(f'ALTER DATABASE "{side}" RENAME TO "{place}"'))
    return aside if there else ""


@contextmanager
def _program(
    name: str, words: tuple[str, ...], url: str, stdin: int = subprocess.DEVNULL, stdout: int | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """One of PostgreSQL's own programs, told where the database is by a file. It is gone in the end.

    Raises: BackupError when it is missing or fails.
    """
    found = shutil.which(name)
    if found is None:
        raise BackupError(MISSING.format(name=name))
    with TemporaryDirectory() as folder:
        environ = os.environ | {
            "PGSERVICEFILE": str(_service_file(Path(folder), url)),
            "PGSERVICE": SERVICE,
            "PGOPTIONS": EVERYTHING,
        }
        process = subprocess.Popen([found, *words], env=environ, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE)
        said: list[bytes] = []
        assert process.stderr is not None  # noqa: S101 - for the type; it was asked for above.
        # Read beside, as a program that has much to say would otherwise wait for us, and we for it.
        listener = threading.Thread(target=lambda stream: said.append(stream.read()), args=(process.stderr,))
        listener.start()
        try:
            yield process
        except BaseException:
            process.kill()
            raise
        finally:
            code = process.wait()
            listener.join()
            for stream in (process.stdout, process.stderr):
                if stream is not None:
                    stream.close()
        if code != 0:
            raise BackupError(f"{name} misslyckades: {_first_line(b''.join(said))}")


def _service_file(folder: Path, url: str) -> Path:
    """Where the database is and the password, as libpq reads it from a file (PostgreSQL's manual, 34.17)."""
    _, given = create_engine(url).dialect.create_connect_args(make_url(url))
    path = folder / "service"
    path.touch(mode=0o600)
    lines = [f"{name}={value}\n" for name, value in given.items() if isinstance(value, str | int)]
    path.write_text("".join([f"[{SERVICE}]\n", *lines]), encoding="utf-8")
    return path


def _first_line(said: bytes) -> str:
    """The first complaint, without what follows: there PostgreSQL quotes rows."""
    line = (said.decode("utf-8", "replace").splitlines() or ["utan förklaring"])[0]
    return line.partition("COPY")[0][:200]


@contextmanager
def _connection(url: str, isolation_level: str = "READ COMMITTED") -> Iterator[Connection]:
    limits = {"connect_timeout": 5, "options": NO_LIMITS}
    engine = create_engine(
        url, poolclass=NullPool, connect_args=limits, isolation_level=isolation_level, hide_parameters=True
    )
    with engine.connect() as connection:
        yield connection


def _in_database(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def _run(url: str, statement: str) -> None:
    """Run one statement from outside the database that it is about."""
    with _connection(_in_database(url, MAINTENANCE), isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))
