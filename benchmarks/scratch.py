"""A product of the benchmark's own: a fresh folder, a fresh database, the real programs, and nothing left behind."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import click
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

import settings
from commands.demo import ensure_example_federation
from launch import address, valkey
from launch.children import Child
from launch.folders import make_home, runtime_folder
from launch.parts import Parts
from launch.supervisor import Supervisor
from models.base import Database

HOST = "127.0.0.1"


@dataclass
class Product:
    """The parts of one product. What is started is stopped when the block of `scratch_product` ends."""

    settings: settings.Settings
    parts: Parts
    socket: Path
    supervisor: Supervisor = field(default_factory=lambda: Supervisor(lambda line: click.echo(line, err=True)))

    @property
    def home(self) -> Path:
        return self.settings.home

    def run(self, name: str, *words: str) -> None:
        """Run one command of the product to its end.

        Raises: LaunchError when it fails.
        """
        child = self.parts.migration()
        child.label, child.log = name, self.home / "log" / f"{name}.log"
        child.command[2:] = ["commands", name, *words]
        self.supervisor.run_once(child)

    def start_valkey(self) -> None:
        child = self.parts.valkey(self.socket)
        self.supervisor.keep(child)
        self.supervisor.wait_for(lambda: valkey.answers(self.socket), 30, child)

    def start_workers(self) -> None:
        """Both workers and the beat."""
        for child in (self.parts.fast_worker(), self.parts.slow_worker(), self.parts.beat()):
            self.supervisor.keep(child)

    def start_web(self, app: str = "webapp:create_app") -> tuple[str, Child]:
        """Start the web server with the product's own settings, for the product or for another application.

        Returns: host and port, and the process.
        """
        port = address.free_port(HOST, 0)
        child = self.parts.web(HOST, port)
        child.command[-1] = app
        self.supervisor.keep(child)
        where = f"{HOST}:{port}"
        self.supervisor.wait_for(lambda: address.answers(where), 60, child)
        return where, child


@contextmanager
def scratch_product(database_url: str | None = None) -> Iterator[Product]:
    """A migrated product with the example federation, and with no report and no process yet.

    Arguments: database_url - a PostgreSQL server in which a database is made and dropped again; SQLite when None.
    Raises: click.ClickException in the production profile.
    """
    current = settings.load()
    if current.production:
        raise click.ClickException("benchmarks never run in the production profile")
    with ExitStack() as stack:
        # Beside the product's own data, so that the same disk is measured.
        current.home.mkdir(parents=True, exist_ok=True)
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-", dir=current.home)))
        make_home(home)
        socket = stack.enter_context(runtime_folder(home)) / "valkey.sock"
        told = _environment(home, socket, stack.enter_context(_own_database(database_url)))
        product = Product(settings.load(told), Parts(home, told), socket)
        stack.callback(product.supervisor.stop)
        product.supervisor.run_once(product.parts.migration())
        database = Database(product.settings.database_url)
        ensure_example_federation(database)
        database.dispose()
        yield product


def _environment(home: Path, socket: Path, database_url: str | None) -> dict[str, str]:
    told = {name: value for name, value in os.environ.items() if not name.startswith("LEXHELLER_")}
    told["LEXHELLER_REPORTS_PER_HOUR"] = "1000000"  # A few accounts file for everybody.
    told |= {"LEXHELLER_HOME": str(home), "LEXHELLER_BROKER_URL": f"redis+socket://{socket}", "PYTHONUNBUFFERED": "1"}
    return told | {"LEXHELLER_DATABASE_URL": database_url} if database_url else told


@contextmanager
def _own_database(server: str | None) -> Iterator[str | None]:
    """A database with a name of its own in a PostgreSQL server; the database that the address names is left alone."""
    if server is None:
        yield None
        return
    if not server.startswith("postgresql"):
        raise click.ClickException("--database-url names a PostgreSQL server: postgresql+psycopg://...")
    name = f"lexheller_bench_{uuid4().hex[:12]}"
    run_on(server, f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        run_on(server, f"DROP DATABASE {name} WITH (FORCE)")


def run_on(server: str, statement: str) -> None:
    """Run one statement outside any transaction and any database of ours."""
    engine = create_engine(server, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
