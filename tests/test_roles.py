"""The three roles of the server profile: made anew and out of an older installation, and who starts as which."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click
import pytest
from alembic import command
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.pool import NullPool

from backup import folder
from backup.manifest import BackupError
from commands import check, recount, roles
from models import Report
from models.base import Database
from models.wall_state import DOWN, refuse_behind_wall
from settings import ROOT, Settings
from tests.backups import PROGRAMS
from tests.conftest import in_database, migrate, run_on
from tests.servers import as_administrator, as_role
from tests.site import MONDAY, Site, open_site
from tests.test_migrations import config
from webapp import create_app

PASSWORD = "ett lösenord: med @ / och %"


@pytest.fixture
def town(postgres_site_url: str, tmp_path: Path) -> Iterator[Site]:
    with open_site(postgres_site_url, tmp_path) as site:
        site.sign_in("reporter").file_report()
        yield site


def production(url: str, home: Path) -> Settings:
    return Settings("production", home, url, broker_url="", secret_key="k" * 40, trusted_hosts=("localhost",))


def run(told: click.Command, url: str, monkeypatch: pytest.MonkeyPatch, *words: str) -> Result:
    monkeypatch.setenv("LEXHELLER_DATABASE_URL", url)
    monkeypatch.setenv("LEXHELLER_HOME", str(ROOT / "var" / "none"))
    return CliRunner().invoke(told, words)


def wall_line(url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    [line] = [line for line in run(check.command, url, monkeypatch).output.splitlines() if line[7:].startswith("wall:")]
    return line


def test_in_production_the_web_starts_as_its_role_or_as_the_owner_and_never_as_a_superuser(
    town: Site, tmp_path: Path
) -> None:
    url = town.settings.database_url
    for accepted in (as_role(url, "web"), url):
        create_app(production(accepted, tmp_path)).extensions["lexheller"].database.dispose()
    with pytest.raises(SystemExit, match=r"does not start: .*superuser"):
        create_app(production(as_administrator(url), tmp_path))
    run_on(as_administrator(url), "CREATE ROLE passes_by LOGIN BYPASSRLS")
    try:
        with pytest.raises(SystemExit, match="BYPASSRLS"):
            create_app(production(make_url(url).set(username="passes_by").render_as_string(), tmp_path))
    finally:
        run_on(as_administrator(url), "DROP ROLE passes_by")


def test_check_says_plainly_whether_the_wall_stands(town: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    url = town.settings.database_url
    stands = "ok     wall: stands around every table of a federation"
    assert wall_line(as_role(url, "web"), monkeypatch) == stands
    assert wall_line(as_role(url, "worker"), monkeypatch) == stands
    assert wall_line(url, monkeypatch) == f"{stands} (one role for all: it could also take the wall down)"
    assert wall_line(as_administrator(url), monkeypatch) == f"FAULT  wall: down: {DOWN}"
    run_on(url, "ALTER TABLE report NO FORCE ROW LEVEL SECURITY")
    assert wall_line(url, monkeypatch).startswith("FAULT  wall: no row security around report: run")


def test_a_command_and_a_worker_refuse_to_work_as_the_web(town: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """They would find nothing to count, and say that all is well."""
    url = town.settings.database_url
    done = run(recount.command, as_role(url, "web"), monkeypatch)
    assert done.exit_code == 1
    assert "shown nothing" in done.output
    assert run(recount.command, as_role(url, "worker"), monkeypatch).output.startswith("1 slices counted")
    database = Database(as_role(url, "web"))
    with pytest.raises(SystemExit, match="use the worker's address"):
        refuse_behind_wall(database)
    database.dispose()


def test_the_workers_backup_is_whole_and_the_web_makes_none(
    town: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(PROGRAMS), prepend=":")
    url = town.settings.database_url
    _, manifest = folder.make(as_role(url, "worker"), tmp_path / "backups", MONDAY)
    with town.database.read() as session:
        assert manifest.rows["report"] == session.scalar(select(func.count()).select_from(Report)) == 1
    with pytest.raises(BackupError, match="ser inte alla rader"):
        folder.make(as_role(url, "web"), tmp_path / "backups", MONDAY)


def test_one_role_for_all_that_is_no_superuser_works_behind_the_wall_too(town: Site, tmp_path: Path) -> None:
    town.webs_database.dispose()
    app = create_app(replace(town.settings, home=tmp_path), clock=lambda: town.moment)
    town.app, app.test_client_class = app, town.app.test_client_class
    town.sign_in("reporter").file_report()
    assert "LH-2026-0001" in town.sign_in("coordinator").get("/avvikelser").text
    database: Database = app.extensions["lexheller"].database
    with database.read() as session:
        assert session.scalars(select(Report)).all() == []
    database.dispose()


@pytest.fixture
def older(postgres_url: str) -> Iterator[str]:
    """An installation of before: its only role is a superuser, who owns everything."""
    run_on(postgres_url, "CREATE DATABASE older")
    url = in_database(postgres_url, "older")
    command.upgrade(config(url), "0007")
    yield url
    run_on(postgres_url, "DROP DATABASE older WITH (FORCE)")


def test_an_older_installation_gets_its_roles_and_the_owner_takes_over(
    older: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = []
    for name in ("owner", "web", "worker"):
        files.append(tmp_path / name)
        address = make_url(older).set(username=f"lexheller_{name}", password=PASSWORD)
        files[-1].write_text(address.render_as_string(hide_password=False) + "\n")
    for _ in range(2):
        done = run(roles.command, older, monkeypatch, *map(str, files))
        assert done.exit_code == 0, done.exception
    owner = as_role(older, "owner")
    migrate(owner)
    command.downgrade(config(owner), "0007")
    migrate(owner)
    made = create_engine(older, poolclass=NullPool)
    with made.connect() as connection:
        others = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relowner = 10"
        assert connection.scalars(text(others)).all() == []
        hashed = "SELECT rolpassword LIKE 'SCRAM-SHA-256$%' FROM pg_authid WHERE rolname LIKE 'lexheller_%'"
        assert connection.scalars(text(hashed)).all() == [True, True, True]
    made.dispose()
    web = create_engine(as_role(older, "web"), poolclass=NullPool)
    with web.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM report")) == 0
        with pytest.raises(ProgrammingError, match="must be owner"):
            connection.execute(text("DROP TABLE report"))
    web.dispose()


def test_the_roles_must_be_three(older: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "all"
    file.write_text(as_role(older, "web"))
    done = run(roles.command, older, monkeypatch, str(file), str(file), str(file))
    assert "three different users" in done.output
