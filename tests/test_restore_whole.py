"""The drill: a backup is put back whole, and what may have changed since is not taken for true."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from click.testing import CliRunner
from sqlalchemy import select, update
from sqlalchemy.engine import make_url

from backup import folder, restoring
from commands import recount, restore
from models import Delivery, Outbox, SignIn
from models.delivery import DeliveryKind, DeliveryState, order_delivery
from models.heartbeat import BACKUP, last_beat
from models.user import User
from tests.backups import Vault, rows, vault
from tests.site import MONDAY

__all__ = ["vault"]  # a fixture


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
