"""Backups: complete or not there, never with the password in sight, old ones gone after the stated days."""

from __future__ import annotations

import os
import resource
import stat
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

import worker.night
from backup import archive, folder
from backup.manifest import BackupError
from models.heartbeat import BACKUP, last_beat
from schemas.months import LOCAL
from settings import ROOT
from tests.backups import PROGRAMS, Vault
from tests.site import Site
from tests.workshop import Workshop

SECRET = "hemligt lösenord: 100 % = #?"


@pytest.fixture
def vault(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Vault:
    return Vault(site, tmp_path / "backups", monkeypatch)


def command(vault: Vault, *words: str, limit: int | None = None) -> subprocess.CompletedProcess[str]:
    """One of the product's commands. `limit` is how many bytes a file may grow to, as on a disk that is full then."""
    most = limit or resource.RLIM_INFINITY
    return subprocess.run(
        [sys.executable, "-m", "commands", *words],
        cwd=ROOT,
        env=os.environ | {"LEXHELLER_DATABASE_URL": vault.url, "LEXHELLER_HOME": str(vault.folder.parent)},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY)),
    )


def test_the_command_makes_a_backup_that_only_its_owner_can_read(vault: Vault) -> None:
    vault.site.sign_in("reporter").file_report()
    done = command(vault, "backup")
    assert done.returncode == 0, done.stderr
    [path] = folder.backups(vault.folder)
    assert str(path) in done.stdout
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(vault.folder.stat().st_mode) == 0o700
    manifest = archive.check(path)
    assert manifest.rows == {name: rows for name, rows in vault.rows().items() if name != "alembic_version"} | {
        "heartbeat": 0
    }
    assert manifest.rows["report"] == 1
    assert vault.left_beside() == []
    with vault.site.database.read() as session:
        assert last_beat(session, BACKUP) == folder.made_at(path) or last_beat(session, BACKUP) == manifest.made_at


def test_a_backup_can_be_laid_in_another_folder(vault: Vault, tmp_path: Path) -> None:
    assert command(vault, "backup", "--to", str(tmp_path / "elsewhere")).returncode == 0
    assert len(folder.backups(tmp_path / "elsewhere")) == 1
    assert not vault.folder.exists()


def test_what_is_stored_together_is_in_the_backup_together(vault: Vault) -> None:
    """Reports are filed while it is made: each comes with the row that asks for its classification, or not at all."""
    reporter, done = vault.site.sign_in("reporter"), threading.Event()

    def keep_filing() -> None:
        while not done.is_set():
            reporter.file_report()

    filing = threading.Thread(target=keep_filing)
    filing.start()
    try:
        found = []
        for _ in range(5):
            found.append(archive.check(vault.make()).rows)
            vault.site.advance(seconds=1)
    finally:
        done.set()
        filing.join()
    assert [rows["report"] for rows in found] == [rows["outbox"] for rows in found]
    assert found[-1]["report"] > 0


@pytest.mark.parametrize("limit", [4_000, 20_000])
def test_on_a_full_disk_nothing_half_is_left(vault: Vault, limit: int) -> None:
    before = vault.rows()
    done = command(vault, "backup", limit=limit)
    assert done.returncode == 1
    # SQLite does not tell a limit from a broken disk; without any space at all it says that the disk is full.
    assert "isken är full" in done.stderr or "Är disken full" in done.stderr, done.stderr
    assert "Inget har ändrats" in done.stderr
    assert list(vault.folder.iterdir()) == []
    assert vault.rows() == before
    assert command(vault, "backup").returncode == 0


def test_no_password_stands_where_others_can_see_it(
    tmp_path: Path, postgres_site_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The dump is made through a program that writes down how it was called."""
    spy = tmp_path / "bin" / "pg_dump"
    spy.parent.mkdir()
    told = tmp_path / "told"
    spy.write_text(
        f'#!/bin/sh\n{{ echo "$@"; env; }} > {told}\ncat "$PGSERVICEFILE" > {told}.file\n'
        f'stat -c %a "$PGSERVICEFILE" >> {told}.file\nexec {PROGRAMS}/pg_dump "$@"\n'
    )
    spy.chmod(0o755)
    monkeypatch.setenv("PATH", f"{spy.parent}:{os.environ['PATH']}")
    url = make_url(postgres_site_url).set(password=SECRET).render_as_string(hide_password=False)
    path, _ = folder.make(url, tmp_path / "backups", datetime.now(LOCAL))
    assert archive.check(path).rows["federation"] == 2
    assert "hemligt" not in told.read_text()
    assert f"password={SECRET}\n" in Path(f"{told}.file").read_text()
    assert Path(f"{told}.file").read_text().endswith("\n600\n")


def test_a_missing_program_is_named(tmp_path: Path, postgres_site_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BackupError, match="pg_dump saknas"):
        folder.make(postgres_site_url, tmp_path / "backups", datetime.now(LOCAL))
    assert list((tmp_path / "backups").iterdir()) == []


def test_a_dump_that_fails_leaves_nothing(
    tmp_path: Path, postgres_site_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    false = tmp_path / "bin" / "pg_dump"
    false.parent.mkdir()
    false.write_text("#!/bin/sh\necho halfway\necho 'pg_dump: error: server version mismatch' >&2\nexit 1\n")
    false.chmod(0o755)
    monkeypatch.setenv("PATH", f"{false.parent}:{os.environ['PATH']}")
    with pytest.raises(BackupError, match=r"pg_dump misslyckades: .*version mismatch"):
        folder.make(postgres_site_url, tmp_path / "backups", datetime.now(LOCAL))
    assert list((tmp_path / "backups").iterdir()) == []


def test_old_backups_go_but_never_the_newest_three(vault: Vault) -> None:
    start = vault.site.moment
    for day in range(20):
        vault.site.moment = start + timedelta(days=day)
        vault.make()
    ages = [(vault.site.moment - (folder.made_at(path) or start)).days for path in folder.backups(vault.folder)]
    assert ages == list(range(14))
    (vault.folder / "anteckning.zip").touch()
    folder.prune(vault.folder, start + timedelta(days=400))
    assert len(folder.backups(vault.folder)) == 3
    assert (vault.folder / "anteckning.zip").exists(), "what is not ours is left alone"


def test_what_a_killed_backup_left_is_removed_a_day_later(vault: Vault) -> None:
    vault.folder.mkdir()
    for name, hours in (("old.zip.1.part", 25), ("new.zip.2.part", 1)):
        (vault.folder / name).touch()
        moment = (vault.site.moment - timedelta(hours=hours)).timestamp()
        os.utime(vault.folder / name, (moment, moment))
    (vault.folder / ".making-old").mkdir()
    os.utime(vault.folder / ".making-old", (0, 0))
    path = vault.make()
    assert {found.name for found in vault.folder.iterdir()} == {"new.zip.2.part", path.name}


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        (None, "2026-11-16T12:00", True),
        ("2026-11-15T02:00", "2026-11-16T01:59", False),
        ("2026-11-15T02:00", "2026-11-16T02:00", True),
        ("2026-11-16T02:05", "2026-11-16T23:00", False),
        ("2026-11-12T09:00", "2026-11-16T12:00", True),
        ("2026-10-24T12:00", "2026-10-25T02:30", True),  # the night when the clock is put back
    ],
)
def test_a_backup_is_due_once_a_night_and_at_once_when_one_was_missed(last: str | None, now: str, due: bool) -> None:
    moments = [datetime.fromisoformat(text).replace(tzinfo=LOCAL) if text else None for text in (last, now)]
    assert moments[1] is not None
    assert folder.due(moments[0], moments[1]) is due


@pytest.fixture
def night(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> Vault:
    """The worker's own backup, on the site's database and clock."""
    Workshop(vault.site, monkeypatch)
    settings = replace(vault.site.settings, backups=vault.folder)
    monkeypatch.setattr(worker.night, "current", settings)
    monkeypatch.setattr(worker.night, "utc_now", lambda: vault.site.moment)
    return vault


def test_the_worker_makes_one_each_night_however_often_it_is_asked(night: Vault) -> None:
    for _ in range(3):
        worker.night.back_up()
        night.site.advance(minutes=10)
    assert len(folder.backups(night.folder)) == 1
    night.site.advance(hours=24)
    worker.night.back_up()
    [newest, _] = folder.backups(night.folder)
    with night.site.database.read() as session:
        assert last_beat(session, BACKUP) == folder.made_at(newest)
    assert "mindre än en minut" in night.site.sign_in("administrator").get("/drift").text


def test_a_night_without_a_backup_is_tried_again_and_logged_with_its_reason(
    night: Vault, caplog: pytest.LogCaptureFixture
) -> None:
    night.folder.touch()  # A file where the folder should be.
    worker.night.back_up()
    assert "backup_failed" in caplog.text
    assert "Det går inte att använda" in caplog.text
    night.folder.unlink()
    worker.night.back_up()
    assert len(folder.backups(night.folder)) == 1
