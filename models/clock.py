"""The clock of this machine against the database's. Work is handed out by clocks; wrong ones hand it out twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, func, select
from sqlalchemy.exc import OperationalError

from models.base import Database, UtcDateTime, utc_now

MOST_APART = 5  # seconds


def seconds_apart(database: Database) -> float | None:
    """How far the clocks are apart; None for SQLite, which has no clock of its own.

    Raises: sqlalchemy.exc.OperationalError when the database is away.
    """
    if database.engine.dialect.name != "postgresql":
        return None
    with database.read() as session:
        theirs = session.scalars(select(func.clock_timestamp(type_=UtcDateTime))).one()
    return abs((theirs - utc_now()).total_seconds())


def refuse_wrong_clock(database: Database) -> None:
    """Do not start beside a database whose clock says something else. One that is away is asked by the next start.

    Raises: SystemExit with the reason.
    """
    try:
        apart = seconds_apart(database) or 0
    except OperationalError:
        return
    if apart > MOST_APART:
        raise SystemExit(f"Lex Heller does not start: this machine and the database differ by {apart:.0f} seconds")


def reached(moment: SQLColumnExpression[Any], by: datetime, ahead: timedelta) -> ColumnElement[bool]:
    """Whether a stored moment has come. One that lies further ahead than anybody would have put it was written while a
    clock was wrong: it counts as come, or what waits for it would wait as long as the clock was wrong."""
    return (moment <= by) | (moment > by + ahead)
