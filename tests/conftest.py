"""Fixtures that many tests share: real servers once per session, a fresh migrated database per test, the browser."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import playwright
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from models.base import Database
from settings import ROOT
from tests.servers import as_role, give_roles, postgres_server, valkey_server
from tests.site import Site, open_site


@pytest.fixture(scope="session", autouse=True)
def _plain_environment() -> None:
    """What the person at the console has set for the product must not leak into the tests."""
    for name in [name for name in os.environ if name.startswith("LEXHELLER_")]:
        del os.environ[name]


@pytest.fixture(scope="session")
def valkey() -> Iterator[str]:
    """The address of a real Valkey, in kombu's spelling. Shared: use queues or keys of your own."""
    with valkey_server() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of a real PostgreSQL's first database, for its administrator. Shared: make your own in it."""
    with postgres_server() as url:
        give_roles(url)
        yield url


def migrate(url: str) -> None:
    """Bring the database at `url` to the newest schema, as `alembic upgrade head` does."""
    config = Config(ROOT / "alembic.ini")
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    command.upgrade(config, "head")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "template.sqlite3"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> str:
    """The name of a migrated PostgreSQL database to copy, with its three roles."""
    run_on(postgres_url, "CREATE DATABASE migrated_template")
    here = in_database(postgres_url, "migrated_template")
    give_roles(here)
    migrate(as_role(here, "owner"))
    return "migrated_template"


def run_on(url: str, statement: str) -> None:
    """Run one statement outside any transaction, as CREATE DATABASE wants it."""
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))


def in_database(url: str, name: str) -> str:
    """The address of another database of the same server."""
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def copy_sqlite(template: Path, folder: Path) -> str:
    """The address of a copy of a SQLite file."""
    # SQLite's own backup also takes what still lies in the write-ahead log.
    with sqlite3.connect(template) as source, sqlite3.connect(folder / "lexheller.sqlite3") as target:
        source.backup(target)
    source.close()
    target.close()
    return f"sqlite:///{folder / 'lexheller.sqlite3'}"


@contextmanager
def postgres_copy(server_url: str, template: str) -> Iterator[str]:
    """The address of a copy of a PostgreSQL database, for its owner, who is no superuser: the wall stands in every
    test. Dropped afterwards."""
    name = f"test_{uuid4().hex}"
    run_on(server_url, f"CREATE DATABASE {name} TEMPLATE {template} OWNER lexheller_owner")
    yield as_role(in_database(server_url, name), "owner")
    run_on(server_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def sqlite_database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh migrated SQLite database."""
    return copy_sqlite(sqlite_template, tmp_path)


@pytest.fixture
def postgres_database_url(postgres_url: str, postgres_template: str) -> Iterator[str]:
    """A fresh migrated PostgreSQL database, dropped afterwards."""
    with postgres_copy(postgres_url, postgres_template) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh migrated database; a test that asks for it runs on both kinds."""
    url: str = request.getfixturevalue(f"{request.param}_database_url")
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """The same, opened as the product opens it."""
    opened = Database(database_url)
    yield opened
    opened.dispose()


@pytest.fixture(scope="session")
def furnished_sqlite(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with two federations and people of every role, to copy."""
    folder = tmp_path_factory.mktemp("furnished")
    with open_site(copy_sqlite(sqlite_template, folder), folder) as opened:
        opened.furnish()
    return folder / "lexheller.sqlite3"


@pytest.fixture(scope="session")
def furnished_postgres(
    postgres_url: str, postgres_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The name of a PostgreSQL database with the same, to copy."""
    with postgres_copy(postgres_url, postgres_template) as url:
        with open_site(url, tmp_path_factory.mktemp("furnished")) as opened:
            opened.furnish()
        yield make_url(url).database or ""


@pytest.fixture
def sqlite_site_url(furnished_sqlite: Path, tmp_path: Path) -> str:
    return copy_sqlite(furnished_sqlite, tmp_path)


@pytest.fixture
def postgres_site_url(postgres_url: str, furnished_postgres: str) -> Iterator[str]:
    with postgres_copy(postgres_url, furnished_postgres) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def site_url(request: pytest.FixtureRequest) -> str:
    """A database with two federations and people of every role; on both kinds of database."""
    url: str = request.getfixturevalue(f"{request.param}_site_url")
    return url


@pytest.fixture
def site(site_url: str, tmp_path: Path) -> Iterator[Site]:
    """The web application on such a database."""
    with open_site(site_url, tmp_path) as opened:
        yield opened


def chromium() -> str | None:
    """Debian's Chromium or another one on PATH; playwright's own download is never used."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for path in map(shutil.which, names) if path), None)


def no_browser() -> str | None:
    """Why tests in a browser cannot run on this machine. None when they can."""
    if chromium() is None:
        return "no Chromium on this machine"
    driver = Path(playwright.__file__).parent / "driver" / "node"
    started = subprocess.run([driver, "--version"], capture_output=True, check=False).returncode == 0
    return None if started else "playwright's driver does not start: is libatomic installed?"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--faults", action="store_true", help="run the whole fault suite and nothing else")
    parser.addoption("--seeds", type=int, default=20, help="how often each fault of the suite is made to happen")
    parser.addoption("--at-once", type=int, default=16, help="how many faults strike one product side by side")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A fault that asks for a seed happens once with each."""
    if "seed" in metafunc.fixturenames and metafunc.definition.get_closest_marker("faults"):
        metafunc.parametrize("seed", range(metafunc.config.getoption("seeds")))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Choose between the fault suite and everything else. What needs a browser is skipped where there is none."""
    whole = config.getoption("faults")
    chosen = [item for item in items if (item.get_closest_marker("faults") is not None) == whole]
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = chosen
    if whole:
        items.sort(key=_round)
    in_browser = [item for item in items if "playwright" in getattr(item, "fixturenames", ())]
    reason = no_browser() if in_browser else None
    for item in in_browser:
        item.add_marker("browser")
        if reason:
            item.add_marker(pytest.mark.skip(reason=reason))


def _round(item: pytest.Item) -> tuple[str, bool, int]:
    """The fault suite goes in rounds of one seed each, so that one which is cut short has done each fault as often.
    One kind of database after the other, and the full disk last: for each a product is started once."""
    asked: dict[str, Any] = getattr(getattr(item, "callspec", None), "params", {})
    names: Sequence[str] = getattr(item, "fixturenames", ())
    kind = asked.get("scene") or asked.get("cramped") or ("postgresql" if "server_scene" in names else "sqlite")
    return str(kind), "cramped" in names, int(asked.get("seed", -1))


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """How pytest-playwright starts the browser: ours of the machine, quiet, and as root too."""
    quiet = ("gpu", "quic", "background-networking", "component-update", "sync")
    return {
        "executable_path": chromium(),
        "args": ["--no-sandbox", "--no-first-run", *(f"--disable-{name}" for name in quiet)],
    }


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    """A browser as a Swedish caseworker has it."""
    return {"locale": "sv-SE", "timezone_id": "Europe/Stockholm"}
