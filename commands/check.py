"""Check that the product can run here: settings, migrations, versions, clock, fonts, Pango."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

import settings
from commands._database import opened
from models.base import Database, utc_now
from models.invariants import RULES, check
from worker import pdf

ROOT = Path(__file__).resolve().parent.parent
FONTS = ROOT / "webapp" / "static" / "fonts"
CLOCK_SECONDS = 5  # workers hand out work by their own clocks; more than this apart and tasks may run twice
Check = Callable[[settings.Settings, Database], str | None]


def _migrations(_current: settings.Settings, database: Database) -> str | None:
    head = ScriptDirectory.from_config(Config(ROOT / "alembic.ini")).get_current_head()
    with database.engine.connect() as connection:
        here = MigrationContext.configure(connection).get_current_revision()
    return None if here == head else f"the database stands at {here}, the newest is {head}: run alembic upgrade head"


def _versions(_current: settings.Settings, _database: Database) -> str | None:
    return "; ".join(settings.version_faults()) or None


def _clock(_current: settings.Settings, database: Database) -> str | None:
    if database.engine.dialect.name != "postgresql":
        return None  # The embedded database has no clock of its own.
    with database.engine.connect() as connection:
        apart = abs((connection.execute(text("SELECT now()")).scalar_one() - utc_now()).total_seconds())
    return None if apart <= CLOCK_SECONDS else f"this machine and the database differ by {apart:.0f} seconds"


def _fonts(_current: settings.Settings, _database: Database) -> str | None:
    return None if list(FONTS.glob("*.woff2")) else f"no fonts in {FONTS.relative_to(ROOT)}"


def _pango(_current: settings.Settings, _database: Database) -> str | None:
    return pdf.available()


CHECKS: dict[str, Check] = {
    "migrations": _migrations,
    "versions": _versions,
    "clock": _clock,
    "fonts": _fonts,
    "pango": _pango,
}


@click.command()
@click.option("--invariants", is_flag=True, help="Check instead what must always hold in the database.")
def command(invariants: bool) -> int:
    """Check settings, migrations, versions, clock, fonts and Pango; exit code 1 when anything is wrong."""
    if invariants:
        return _check_invariants()
    current = settings.load()
    click.echo(f"ok     settings: {current.profile} profile")
    faults = 0
    with opened(current) as database:
        for name, one in CHECKS.items():
            fault = _result(one, current, database)
            faults += fault is not None
            click.echo(f"FAULT  {name}: {fault}" if fault else f"ok     {name}")
    return 1 if faults else 0


def _check_invariants() -> int:
    """A line for each rule that is broken, with the ids of its rows and nothing that anybody has written."""
    with opened() as database:
        broken = check(database, utc_now())
    for breach in broken:
        click.echo(f"BROKEN {breach}")
    click.echo("FAULT  something is broken" if broken else f"ok     all {len(RULES)} rules hold (I1 to I8)")
    return 1 if broken else 0


def _result(one: Check, current: settings.Settings, database: Database) -> str | None:
    try:
        return one(current, database)
    except Exception as error:
        # A check that cannot be made is a fault like any other, told in one line.
        return f"{type(error).__name__}: {str(error).splitlines()[0]}"
