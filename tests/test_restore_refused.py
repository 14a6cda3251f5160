"""A restore that cannot be done, or is broken off, leaves everything as it was."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from backup import folder, restoring
from backup.manifest import BackupError
from commands import restore
from launch.folders import only_one
from models.base import Database
from tests.backups import Vault, spoil, vault

__all__ = ["vault"]  # a fixture


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
