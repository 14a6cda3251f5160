"""Does the second wall (models/wall.py) stand before a role? A superuser, or who has BYPASSRLS, walks through it."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from models.base import Base, Database
from models.wall import walled

_ROLE = text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
_FORCED = text("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity AND pg_table_is_visible(oid)")
_OWNER = text("SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass('report')")
_THERE = text("SELECT to_regprocedure('sees_all()') IS NOT NULL")
DOWN = "the database's role is a superuser or has BYPASSRLS, so that row security does not hold for it"
BEHIND = "the database's role is shown nothing but by who asks, as the web's is; use the worker's address"


def is_bypassed(connection: Connection) -> bool:
    """Whether row security holds for everybody but the role that this connection signed in with."""
    return bool(connection.scalar(_ROLE))


def bare_tables(connection: Connection) -> list[str]:
    """The tables with rows of a federation that no wall stands around."""
    return sorted(walled(Base.metadata) - set(connection.scalars(_FORCED)))


def owns_tables(connection: Connection) -> bool:
    """Whether this role owns the tables, and so could take the wall down: everybody goes by one role."""
    return connection.scalar(_OWNER) is True


def sees_everything(connection: Connection) -> bool:
    """Whether a connection sees all rows: before there was a wall, and where the role is let through."""
    if not connection.scalar(_THERE):
        return True
    return is_bypassed(connection) or bool(connection.scalar(text("SELECT sees_all()")))


def refuse_without_wall(database: Database) -> None:
    """Do not start as a role that the wall does not hold.

    Raises: SystemExit with the reason.
    """
    if _ask(database, is_bypassed):
        database.dispose()
        raise SystemExit(f"Lex Heller does not start: {DOWN}. See docs/operations.md, 'Roles in the database'")


def refuse_behind_wall(database: Database) -> None:
    """Do not work for all federations as a role that is shown none: it would count, build and keep nothing.

    Raises: SystemExit with the reason.
    """
    if _ask(database, sees_everything) is False:
        database.dispose()
        raise SystemExit(f"Lex Heller does not start: {BEHIND}")


def _ask(database: Database, question: Callable[[Connection], bool]) -> bool | None:
    """None on SQLite, which has no wall, and for a database that is away: that one is asked by the next start."""
    if database.engine.dialect.name != "postgresql":
        return None
    try:
        with database.engine.connect() as connection:
            return question(connection)
    except OperationalError:
        return None
