"""PostgreSQL is brought back to a moment, with the words of docker-compose.yml and its own programs: a copy of the
whole server, the archive of what was written since, and the moment before something went wrong."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from settings import ROOT
from tests import servers
from tests.faults.stores import Store, postgres_store
from tests.server_profile import SERVICES

RPO = 300  # seconds that may be lost at most, as docs/operations.md promises
WORDS = [str(word) for word in SERVICES["postgres"]["command"]]


@pytest.fixture
def archived() -> Iterator[Store]:
    """A PostgreSQL that archives as the one of docker-compose.yml does, into a folder beside its data."""
    with postgres_store() as store:
        store.stop()
        archive = store.folder / "archive"
        archive.mkdir()
        shutil.chown(archive, *(servers.NOBODY, servers.NOBODY) if servers._is_root() else ())
        store.command += [word.replace("/archive", str(archive)) for word in WORDS[1:]]
        store.start()
        yield store


def run(store: Store, script: str, *words: str) -> subprocess.CompletedProcess[str]:
    """One of the scripts, as `docker compose exec` or `run` does in PostgreSQL's container."""
    told = {
        "PATH": f"{Path(store.command[0]).parent}:{os.environ['PATH']}", "PGHOST": str(store.folder),
        "LEXHELLER_ARCHIVE": str(store.folder / "archive"), "PGDATA": str(store.folder / "data"),
    }  # fmt: skip
    return subprocess.run(
        ["/bin/sh", str(ROOT / "backup" / script), *words], input="", env=told, cwd=store.folder,
        capture_output=True, text=True, check=False, **servers._unprivileged(),
    )  # fmt: skip


@contextmanager
def asking(store: Store) -> Iterator[psycopg.Connection]:
    with psycopg.connect(host=str(store.folder), user="postgres", dbname="postgres", autocommit=True) as connection:
        yield connection


def note(store: Store, name: str) -> str:
    """Write a row. Returns: a moment after it and before anything else, as the scripts write moments."""
    with asking(store) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS noted (name text)")
        connection.execute("INSERT INTO noted VALUES (%s)", [name])
    time.sleep(1.1)
    moment = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    time.sleep(1.1)
    return moment


def noted(store: Store) -> list[str]:
    """Raises: psycopg.Error while PostgreSQL is still on its way back."""
    until = time.monotonic() + 30
    with asking(store) as connection:
        while connection.execute("SELECT pg_is_in_recovery()").fetchone() == (True,) and time.monotonic() < until:
            time.sleep(0.05)
        return [name for (name,) in connection.execute("SELECT name FROM noted ORDER BY name").fetchall()]


def go_back(store: Store, moment: str) -> None:
    store.stop()
    done = run(store, "back-to.sh", moment)
    assert done.returncode == 0, done.stderr
    store.start()


def test_the_archive_is_never_older_than_was_promised() -> None:
    waits = [int(word.partition("=")[2]) for word in WORDS if word.startswith("archive_timeout=")]
    assert 0 < sum(waits) <= RPO - 30  # The copy itself takes a while too.


@pytest.mark.faults
def test_the_server_is_brought_to_a_moment_and_on_to_the_newest(archived: Store) -> None:
    note(archived, "1 before the copy")
    made = run(archived, "base-backup.sh")
    assert made.returncode == 0, made.stderr
    wanted = note(archived, "2 after the copy")
    note(archived, "3 the mistake")
    with asking(archived) as connection:
        connection.execute("DELETE FROM noted WHERE name < '3'")

    go_back(archived, wanted)
    assert noted(archived) == ["1 before the copy", "2 after the copy"]
    note(archived, "4 on the new way")

    go_back(archived, "latest")
    assert noted(archived) == ["1 before the copy", "2 after the copy", "4 on the new way"]
    assert len(list(archived.folder.glob("data.before-*"))) == 2


@pytest.mark.faults
def test_a_lost_disk_costs_what_was_not_archived_yet(archived: Store) -> None:
    assert run(archived, "base-backup.sh").returncode == 0
    note(archived, "archived")
    with asking(archived) as connection:
        connection.execute("SELECT pg_switch_wal()")  # as archive_timeout does
    archive = archived.folder / "archive"
    until = time.monotonic() + 10
    while not any(b"archived" in gzip.decompress(path.read_bytes()) for path in archive.glob("0*.gz")):
        assert time.monotonic() < until, "nothing was archived"
        time.sleep(0.05)
    note(archived, "not yet")
    archived.kill()
    shutil.rmtree(archived.folder / "data")
    go_back(archived, "latest")
    assert noted(archived) == ["archived"]


@pytest.mark.faults
def test_what_cannot_be_done_changes_nothing(archived: Store) -> None:
    def refused(moment: str) -> str:
        done = run(archived, "back-to.sh", moment)
        assert done.returncode != 0
        assert not list(archived.folder.glob("data.*"))
        return done.stderr

    assert "runs" in refused("latest")
    archived.stop()
    assert "looks like" in refused("in the morning")
    assert "no copy from before" in refused("20200101T000000Z")


@pytest.mark.faults
def test_old_copies_and_what_only_they_need_are_thrown_away(archived: Store) -> None:
    archive = archived.folder / "archive"
    assert run(archived, "base-backup.sh").returncode == 0
    old = next(archive.glob("base-*Z"))
    segments = set(archive.glob("0*.gz"))
    os.utime(old, (time.time() - 15 * 86_400,) * 2)
    time.sleep(1.1)  # The names tell seconds.
    assert run(archived, "base-backup.sh").returncode == 0
    assert not old.exists()
    assert len(list(archive.glob("base-*Z"))) == 1
    assert not segments & set(archive.glob("0*.gz"))
    assert list(archive.glob("0*.gz"))
