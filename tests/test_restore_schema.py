"""A backup of an older schema is brought up to date, and no schema is touched before there is a backup."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command as alembic
from click.testing import CliRunner
from sqlalchemy import select, text

from backup import archive, folder, restoring
from backup.schema import newest
from commands import migrate
from models import Report
from models.base import Database
from tests.backups import PROGRAMS, rows
from tests.conftest import postgres_copy
from tests.site import MONDAY
from tests.test_migrations import config


@pytest.fixture(params=["sqlite", "postgres"])
def older_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with the first released schema."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'older.sqlite3'}"
        alembic.upgrade(config(url), "0001")
        yield url
        return
    with postgres_copy(request.getfixturevalue("postgres_url"), "template0") as url:
        alembic.upgrade(config(url), "0001")
        yield url


@pytest.fixture
def older(older_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home of the settings that name the older database."""
    monkeypatch.setenv("PATH", str(PROGRAMS), prepend=":")
    monkeypatch.setenv("LEXHELLER_DATABASE_URL", older_url)
    monkeypatch.setenv("LEXHELLER_HOME", str(tmp_path))
    opened = Database(older_url)
    with opened.write() as session:
        session.execute(text("INSERT INTO federation (code, name) VALUES ('hoglandet', 'Höglandet')"))
    opened.dispose()
    return tmp_path


def revision(url: str) -> str | None:
    opened = Database(url)
    with opened.read() as session:
        found: str | None = session.scalar(text("SELECT version_num FROM alembic_version"))
    opened.dispose()
    return found


def test_a_backup_with_an_older_schema_is_brought_up_to_date(older: Path, older_url: str) -> None:
    path, manifest = folder.make(older_url, older / "backups", MONDAY)
    assert manifest.revision == "0001" != newest()
    restoring.restore(older_url, path, MONDAY)
    assert revision(older_url) == newest()
    opened = Database(older_url)
    with opened.read() as session:
        assert session.scalar(text("SELECT name FROM federation")) == "Höglandet"
        assert session.scalars(select(Report)).all() == []
    opened.dispose()


def test_a_migration_makes_a_backup_first_and_only_when_there_is_something_to_do(older: Path, older_url: str) -> None:
    first, second = (CliRunner().invoke(migrate.command) for _ in range(2))
    assert (first.exit_code, second.exit_code) == (0, 0), (first.output, second.output)
    [path] = folder.backups(older / "backups")
    assert f"Backup före uppgraderingen: {path}" in first.output
    assert "Backup" not in second.output
    assert archive.check(path).revision == "0001"
    assert rows(older_url)["federation"] == 1


def test_without_a_backup_the_schema_is_not_touched(older: Path, older_url: str) -> None:
    (older / "backups").touch()  # A file where the folder should be.
    done = CliRunner().invoke(migrate.command)
    assert done.exit_code == 1
    assert "Schemat har inte ändrats" in done.output
    assert revision(older_url) == "0001"
    assert CliRunner().invoke(migrate.command, ["--no-backup"]).exit_code == 0
    assert revision(older_url) == newest()
