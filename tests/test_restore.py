"""The drill: a backup is put back whole, or everything stays as it was."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic import command as alembic
from click.testing import CliRunner
from sqlalchemy import select, text, update
from sqlalchemy.engine import make_url

from backup import archive, folder, restoring
from backup.manifest import BackupError
from backup.schema import newest
from commands import migrate, recount, restore
from launch.folders import only_one
from models import Delivery, Outbox, Report, SignIn
from models.base import Database
from models.delivery import DeliveryKind, DeliveryState, order_delivery
from models.heartbeat import BACKUP, last_beat
from models.user import User
from tests.backups import PROGRAMS, Vault, rows, spoil
from tests.conftest import postgres_copy
from tests.site import MONDAY, Site
from tests.test_migrations import config


@pytest.fixture
def vault(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Vault:
    made = Vault(site, tmp_path / "backups", monkeypatch)
    monkeypatch.setenv("LEXHELLER_DATABASE_URL", made.url)
    monkeypatch.setenv("LEXHELLER_HOME", str(tmp_path))
    return made


def test_everything_that_was_there_is_there_again_and_the_former_database_is_kept(vault: Vault) -> None:
    reporter = vault.site.sign_in("reporter")
    kept = reporter.file_report()
    vault.site.recount()
    path, before = vault.make(), vault.rows()
    lost = reporter.file_report()
    after = vault.rows()
    restored = vault.restore(path)
    expected = before | {"sign_in": 0, "heartbeat": 1, "report_number": 2}
    assert vault.rows() == expected
    aside = make_url(vault.url).set(database=restored.aside).render_as_string(hide_password=False)
    assert rows(aside) == after
    assert CliRunner().invoke(recount.command).output.strip().endswith(" 0 numbers changed")
    reporter = vault.site.sign_in("reporter")
    assert reporter.get(f"/mina-rapporter/{kept}").status_code == 200
    assert reporter.get(f"/mina-rapporter/{lost}").status_code == 404
    assert vault.left_beside() == []


def test_what_may_have_changed_since_is_not_taken_for_true(vault: Vault) -> None:
    """No number is given to two people, no mail is sent twice, and no old sign-in opens again."""
    site = vault.site
    first = site.sign_in("reporter").file_report()
    with site.database.write() as session:
        user = session.scalars(select(User.id)).first() or 0
        for number, state in enumerate([DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.SENT]):
            delivery = order_delivery(session, DeliveryKind.OVERDUE, number, user, "", site.moment)
            session.execute(update(Delivery).where(Delivery.id == delivery).values(state=state))
    path = vault.make()
    lost = [site.sign_in("reporter").file_report() for _ in range(3)]
    vault.restore(path)
    with site.database.read() as session:
        states = session.scalars(select(Delivery.state).order_by(Delivery.id)).all()
        assert states == [DeliveryState.UNKNOWN, DeliveryState.UNKNOWN, DeliveryState.SENT]
        assert [row.task.value for row in session.scalars(select(Outbox))] == ["classify_report"]
        assert last_beat(session, BACKUP) == site.moment
    assert site.count(SignIn) == 0
    assert site.sign_in("reporter").file_report() not in [first, *lost]


def test_the_command_tells_what_it_did(vault: Vault) -> None:
    path = vault.make()
    vault.site.database.dispose()
    done = CliRunner().invoke(restore.command, [str(path)])
    assert done.exit_code == 0, done.output
    assert "Databasen är återställd till 2026-11-16 kl. 10.00" in done.output
    assert "before" in done.output


def test_a_database_that_was_brought_back_by_other_means_is_set_right(vault: Vault) -> None:
    reporter = vault.site.sign_in("reporter")
    before, number = vault.rows(), int(reporter.file_report().rsplit("-", 1)[1])
    vault.site.database.dispose()
    assert CliRunner().invoke(restore.command, []).exit_code == 2
    done = CliRunner().invoke(restore.command, ["--set-right"])
    assert done.exit_code == 0, done.output
    assert before["sign_in"] == 1
    assert vault.rows()["sign_in"] == 0
    assert int(vault.site.sign_in("reporter").file_report().rsplit("-", 1)[1]) > number + 1000


def flip(path: Path) -> Path:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x55
    return other(path, bytes(data))


def truncate(path: Path) -> Path:
    return other(path, path.read_bytes()[: path.stat().st_size * 2 // 3])


def empty(path: Path) -> Path:
    return other(path, b"")


def without_manifest(path: Path) -> Path:
    made = path.with_name("without.zip")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(made, "w") as new:
        new.writestr(old.namelist()[0], old.read(old.namelist()[0]))
    return made


def wrong_hash(path: Path) -> Path:
    return spoil(path, lambda manifest: manifest | {"sha256": "0" * 64})


def wrong_counts(path: Path) -> Path:
    return spoil(path, lambda manifest: manifest | {"rows": manifest["rows"] | {"report": 4711}})


def newer(path: Path) -> Path:
    return spoil(path, lambda manifest: manifest | {"revision": "9999", "version": "9.9.9"})


def other_kind(path: Path) -> Path:
    """A whole backup of the other kind of database."""
    turned = {"sqlite": ("postgresql", "database.dump"), "postgresql": ("sqlite", "database.sqlite3")}
    made = path.with_name("other-kind.zip")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(made, "w") as new:
        manifest = json.loads(old.read("manifest.json"))
        kind, entry = turned[manifest["kind"]]
        new.writestr(entry, old.read(old.namelist()[0]))
        new.writestr("manifest.json", json.dumps(manifest | {"kind": kind}))
    return made


def other(path: Path, data: bytes) -> Path:
    made = path.with_name("other.zip")
    made.write_bytes(data)
    return made


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (flip, "skadad"),
        (truncate, "skadad"),
        (empty, "skadad"),
        (without_manifest, "innehållsförteckning"),
        (wrong_hash, "kontrollsumma"),
        (wrong_counts, "stämmer inte"),
        (newer, "nyare version"),
        (other_kind, "samma sorts databas"),
    ],
)
def test_a_backup_that_cannot_be_trusted_changes_nothing(vault: Vault, damage: Any, words: str) -> None:
    spoilt = damage(vault.make())
    vault.site.sign_in("reporter").file_report()
    before = vault.rows()
    with pytest.raises(BackupError, match=words):
        vault.restore(spoilt)
    assert vault.rows() == before
    assert vault.left_beside() == []


def test_it_is_not_done_while_anybody_has_the_database_open(vault: Vault) -> None:
    path, before = vault.make(), vault.rows()
    vault.site.database.dispose()
    with vault.site.database.engine.connect() as somebody:
        somebody.execute(text("SELECT 1"))
        done = CliRunner().invoke(restore.command, [str(path)])
    assert done.exit_code == 1
    assert "Stoppa" in done.output
    assert vault.rows() == before


def test_it_is_not_done_while_the_product_runs(vault: Vault, tmp_path: Path) -> None:
    path = vault.make()
    vault.site.database.dispose()
    with only_one(tmp_path):
        done = CliRunner().invoke(restore.command, [str(path)])
    assert done.exit_code == 1
    assert "Lex Heller körs redan" in done.output


def test_a_step_that_fails_leaves_the_database_as_it_was(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    path = vault.make()
    vault.site.sign_in("reporter").file_report()
    before = vault.rows()

    def stumble(*_: object) -> None:
        raise OSError(28, "No space left on device", "databasen")

    monkeypatch.setattr(restoring, "_set_right", stumble)
    with pytest.raises(BackupError, match="Disken är full"):
        vault.restore(path)
    assert vault.rows() == before
    assert vault.left_beside() == []


def test_what_a_killed_restore_left_does_no_harm(vault: Vault) -> None:
    """Somebody is killed when the database beside has been built and written to; then it is done again."""
    vault.site.sign_in("reporter").file_report()
    path, before = vault.make(), vault.rows()
    vault.site.database.dispose()
    store = folder.STORES[folder.kind_of(vault.url)]
    killed = store.beside(vault.url, path, vault.site.moment)
    side = killed.__enter__()
    opened = Database(side)
    with opened.write() as session:
        session.execute(text("DELETE FROM outbox"))
    if folder.kind_of(vault.url) == "sqlite":
        logged = {file: file.read_bytes() for file in store.file_of(side).parent.glob("*.restoring*")}
    opened.dispose()
    if folder.kind_of(vault.url) == "sqlite":
        for file, data in logged.items():  # As a kill leaves them: with what was not yet brought into the file.
            file.write_bytes(data)
    vault.site.advance(minutes=1)
    vault.restore(path)
    assert vault.rows()["outbox"] == before["outbox"] == 1
    assert vault.left_beside() == []


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


def test_a_backup_with_an_older_schema_is_brought_up_to_date(older: Path, older_url: str) -> None:
    path, manifest = folder.make(older_url, older / "backups", MONDAY)
    assert manifest.revision == "0001" != newest()
    restoring.restore(older_url, path, MONDAY)
    opened = Database(older_url)
    with opened.read() as session:
        assert session.scalar(text("SELECT version_num FROM alembic_version")) == newest()
        assert session.scalar(text("SELECT name FROM federation")) == "Höglandet"
        assert session.scalars(select(Report)).all() == []
    opened.dispose()


def test_a_migration_makes_a_backup_first_and_only_when_there_is_something_to_do(older: Path, older_url: str) -> None:
    for _ in range(2):
        done = CliRunner().invoke(migrate.command)
        assert done.exit_code == 0, done.output
    [path] = folder.backups(older / "backups")
    assert f"Backup före uppgraderingen: {path}" not in done.output
    assert archive.check(path).revision == "0001"
    assert rows(older_url)["federation"] == 1


def test_without_a_backup_the_schema_is_not_touched(older: Path, older_url: str) -> None:
    (older / "backups").touch()  # A file where the folder should be.
    done = CliRunner().invoke(migrate.command)
    assert done.exit_code == 1
    assert "Schemat har inte ändrats" in done.output
    assert "backup" not in rows(older_url)
    assert CliRunner().invoke(migrate.command, ["--no-backup"]).exit_code == 0


def test_a_database_that_cannot_be_read_is_replaced_and_kept(sqlite_site_url: str, tmp_path: Path) -> None:
    """It is why somebody restores."""
    place = Path(make_url(sqlite_site_url).database or "")
    path, manifest = folder.make(sqlite_site_url, tmp_path / "backups", MONDAY)
    place.write_bytes(b"no database" * 1000)
    place.with_name(place.name + "-wal").write_bytes(b"old log")
    done = restoring.restore(sqlite_site_url, path, MONDAY)
    assert Path(done.aside).read_bytes().startswith(b"no database")
    assert Path(f"{done.aside}-wal").exists()
    assert rows(sqlite_site_url)["user"] == manifest.rows["user"]


def test_a_backup_is_put_back_where_there_is_no_database_yet(sqlite_site_url: str, tmp_path: Path) -> None:
    path, manifest = folder.make(sqlite_site_url, tmp_path / "backups", MONDAY)
    new = f"sqlite:///{tmp_path / 'new' / 'lexheller.sqlite3'}"
    assert restoring.restore(new, path, MONDAY).aside == ""
    assert rows(new)["user"] == manifest.rows["user"]
    with closing(sqlite3.connect(tmp_path / "new" / "lexheller.sqlite3")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
