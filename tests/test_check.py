"""`check`: one line for each thing, what was found, and a fault when it is not as it should be."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command as alembic
from click.testing import CliRunner, Result
from sqlalchemy import update

import commands.check
from commands import check
from models import AuditEvent, Report
from models.base import utc_now
from models.heartbeat import BACKUP, beat
from tests.site import Site
from tests.test_migrations import config


@pytest.fixture
def here(site: Site, site_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Site:
    monkeypatch.setenv("LEXHELLER_DATABASE_URL", site_url)
    monkeypatch.setenv("LEXHELLER_HOME", str(tmp_path))
    return site


def run() -> Result:
    return CliRunner().invoke(check.command, standalone_mode=False)


def line(result: Result, name: str) -> str:
    [found] = [line for line in result.output.splitlines() if line[7:].startswith(f"{name}:")]
    return found


def test_a_fresh_product_is_well(here: Site) -> None:
    done = run()
    assert done.return_value == 0, done.output
    assert {line[:7] for line in done.output.splitlines()} == {"ok     "}
    assert "GB free" in line(done, "disk")
    assert "none yet" in line(done, "backup")
    assert line(done, "clock").endswith(("seconds", "of its own"))


def test_a_backup_that_did_not_come_is_a_fault(here: Site) -> None:
    here.sign_in("reporter").file_report()
    with here.database.write() as session:
        session.execute(update(Report).values(received_at=utc_now() - timedelta(days=2)))
    assert line(run(), "backup") == "FAULT  backup: none has ever been made"
    for hours, word in ((3, "ok     backup: the last one is 3.0 hours"), (30, "FAULT  backup: the last one is 30.0")):
        with here.database.write() as session:
            beat(session, BACKUP, utc_now() - timedelta(hours=hours))
        assert line(run(), "backup").startswith(word)


def test_a_disk_that_is_nearly_full_is_a_fault(here: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands.check, "LEAST", 10**18)
    done = run()
    assert line(done, "disk").startswith("FAULT  disk: only ")
    assert done.return_value == 1


def test_a_clock_that_is_wrong_is_a_fault(
    postgres_site_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LEXHELLER_DATABASE_URL", postgres_site_url)
    monkeypatch.setenv("LEXHELLER_HOME", str(tmp_path))
    monkeypatch.setattr("models.clock.utc_now", lambda: utc_now() + timedelta(minutes=2))
    assert "differ by 120 seconds" in line(run(), "clock")


def test_an_older_schema_and_a_missing_database_are_faults(
    here: Site, site_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    here.database.dispose()
    alembic.downgrade(config(site_url), "0001")
    assert "stands at 0001" in line(run(), "schema")
    monkeypatch.setenv("LEXHELLER_DATABASE_URL", f"sqlite:///{tmp_path}/none/none.sqlite3")
    assert line(run(), "schema").startswith("FAULT  schema: OperationalError")


def test_a_log_that_somebody_has_changed_is_a_fault(here: Site) -> None:
    reporter = here.sign_in("reporter")
    reporter.get("/avvikelser/LH-2026-0001")
    assert line(run(), "log").endswith("2 events in one whole chain")  # signing in, and the refusal
    with here.database.write() as session:
        session.execute(update(AuditEvent).where(AuditEvent.id == 2).values(subject="LH-2026-0002"))
    done = run()
    assert done.return_value == 1
    assert (
        line(done, "log")
        == "FAULT  log: the chain is broken at event 2: it, or one before it, was changed or taken out"
    )
