"""Check that the product can run here: settings, schema, versions, clock, wall, log, disk, backup, fonts, Pango."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import click
from sqlalchemy import func, select

import settings
from backup import schema
from commands._database import opened
from models.audit import AuditEvent, first_broken
from models.base import Database, utc_now
from models.clock import MOST_APART, seconds_apart
from models.disposal import disposed_events
from models.heartbeat import BACKUP, last_beat
from models.invariants import RULES, check
from models.report import Report
from models.wall_state import DOWN, bare_tables, is_bypassed, owns_tables
from webapp.disk import LEAST, free_bytes
from webapp.vitals import BACKUP_DUE
from worker import pdf

ROOT = Path(__file__).resolve().parent.parent
FONTS = ROOT / "webapp" / "static" / "fonts"


class FaultError(Exception):
    """What is wrong, in one line."""


# Says what was found. Raises: FaultError when it is not as it should be.
Check = Callable[[settings.Settings, Database], str]


def _schema(_current: settings.Settings, database: Database) -> str:
    with database.engine.connect() as connection:
        here = schema.current(connection)
    if here != schema.newest():
        raise FaultError(
            f"the database stands at {here or 'nothing'}, the newest is {schema.newest()}: run ./lexheller migrate"
        )
    return here


def _versions(_current: settings.Settings, _database: Database) -> str:
    if faults := settings.version_faults():
        raise FaultError("; ".join(faults))
    return f"Lex Heller {settings.VERSION}"


def _clock(_current: settings.Settings, database: Database) -> str:
    apart = seconds_apart(database)
    if apart is None:
        return "the embedded database has none of its own"
    if apart > MOST_APART:
        raise FaultError(f"this machine and the database differ by {apart:.0f} seconds")
    return f"this machine and the database differ by {apart:.1f} seconds"


def _wall(_current: settings.Settings, database: Database) -> str:
    """What the web must not pass by; workers and commands see everything, and may."""
    if database.engine.dialect.name != "postgresql":
        return "the embedded database has none; the queries are the only one"
    with database.engine.connect() as connection:
        if is_bypassed(connection):
            raise FaultError(f"down: {DOWN}")
        if bare := bare_tables(connection):
            raise FaultError(f"no row security around {', '.join(bare)}: run ./lexheller migrate")
        shared = " (one role for all: it could also take the wall down)" if owns_tables(connection) else ""
    return f"stands around every table of a federation{shared}"


def _log(_current: settings.Settings, database: Database) -> str:
    """Proof that no event of the audit log was changed or taken out, but what a disposal accounts for."""
    with database.read() as session:
        emptied, number = disposed_events(session), session.scalar(select(func.count()).select_from(AuditEvent))
        everything = select(AuditEvent).order_by(AuditEvent.id).execution_options(yield_per=1000)
        with closing(session.scalars(everything)) as events:
            broken = first_broken(events, emptied)
    if broken is not None:
        raise FaultError(f"the chain is broken at event {broken}: it, or one before it, was changed or taken out")
    return f"{number} events in one whole chain"


def _disk(current: settings.Settings, _database: Database) -> str:
    found = f"{free_bytes(current.home) / 1e9:.1f} GB free at {current.home}"
    if free_bytes(current.home) < LEAST:
        raise FaultError(f"only {found}")
    return found


def _backup(_current: settings.Settings, database: Database) -> str:
    """A product that has not lived through a night need not have one yet."""
    with database.read() as session:
        last, first_report = last_beat(session, BACKUP), session.scalar(select(func.min(Report.received_at)))
    if last is not None and utc_now() - last < BACKUP_DUE:
        return f"the last one is {_hours(utc_now() - last)} old"
    if last is not None:
        raise FaultError(f"the last one is {_hours(utc_now() - last)} old: see the worker's log for backup_failed")
    if first_report is not None and utc_now() - first_report > BACKUP_DUE:
        raise FaultError("none has ever been made")
    return "none yet; the first is made within ten minutes of the start"


def _hours(time: timedelta) -> str:
    return f"{time.total_seconds() / 3600:.1f} hours"


def _fonts(_current: settings.Settings, _database: Database) -> str:
    found = len(list(FONTS.glob("*.woff2")))
    if not found:
        raise FaultError(f"none in {FONTS.relative_to(ROOT)}")
    return f"{found} files"


def _pango(_current: settings.Settings, _database: Database) -> str:
    if missing := pdf.available():
        raise FaultError(missing)
    return "loads"


CHECKS: dict[str, Check] = {
    "schema": _schema,
    "versions": _versions,
    "clock": _clock,
    "wall": _wall,
    "log": _log,
    "disk": _disk,
    "backup": _backup,
    "fonts": _fonts,
    "pango": _pango,
}


@click.command()
@click.option("--invariants", is_flag=True, help="Check instead what must always hold in the database.")
def command(invariants: bool) -> int:
    """Check settings, schema, versions, clock, wall, log, disk, backup, fonts and Pango. Exit code 1 for a fault."""
    if invariants:
        return _check_invariants()
    current = settings.load()
    click.echo(f"ok     settings: {current.profile} profile")
    with opened(current, whole=False) as database:
        well = [_tell(name, one, current, database) for name, one in CHECKS.items()]
    return 0 if all(well) else 1


def _check_invariants() -> int:
    """A line for each rule that is broken, with the ids of its rows and nothing that anybody has written."""
    with opened() as database:
        broken = check(database, utc_now())
    for breach in broken:
        click.echo(f"BROKEN {breach}")
    click.echo("FAULT  something is broken" if broken else f"ok     all {len(RULES)} rules hold (I1 to I8)")
    return 1 if broken else 0


def _tell(name: str, one: Check, current: settings.Settings, database: Database) -> bool:
    """Print one line. Returns: whether all was well. A check that cannot be made is a fault like any other."""
    try:
        click.echo(f"ok     {name}: {one(current, database)}")
    except FaultError as fault:
        click.echo(f"FAULT  {name}: {fault}")
    except Exception as error:
        click.echo(f"FAULT  {name}: {type(error).__name__}: {str(error).splitlines()[0]}")
    else:
        return True
    return False
