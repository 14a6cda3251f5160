"""Runs the migrations on the database that the settings, or the caller's connection, name."""

from __future__ import annotations

import time
from typing import Literal

from alembic import context
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

import settings
from models import Base
from models.base import UtcDateTime

PAUSES = (1.0, 2.0, 4.0, 8.0)  # seconds between tries; meanwhile those who work get on


def migrate(connection: Connection) -> None:
    """PostgreSQL gives up after two seconds of waiting for a lock, since a migration that queues for one stops
    everybody behind it. It is tried again a few times, from the step that was not made."""
    for pause in context.config.attributes.get("pauses", PAUSES):
        try:
            return _run(connection)
        except OperationalError as error:
            if "lock timeout" not in str(error.orig):
                raise
            connection.rollback()
            time.sleep(pause)
    return _run(connection)


def _run(connection: Connection) -> None:
    """SQLite cannot alter much, so its tables are rebuilt in batches."""
    sqlite = connection.dialect.name == "sqlite"
    if not sqlite:
        connection.execute(text("SET lock_timeout = '2s'"))
        connection.execute(text("SET lexheller.reach = 'all'"))  # What a step changes, it changes for everybody.
        connection.commit()
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=sqlite,
        render_item=_render_item,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def _render_item(kind: str, item: object, _context: object) -> str | Literal[False]:
    """A migration must stand on its own when our types have moved on."""
    return "sa.DateTime(timezone=True)" if isinstance(item, UtcDateTime) else False


def _connect_and_migrate() -> None:
    url = context.config.get_main_option("sqlalchemy.url") or settings.load().database_url
    # Without a pool the connection is closed with its block, also when the migration fails.
    with create_engine(url, poolclass=NullPool).connect() as connection:
        migrate(connection)
        connection.commit()


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    _connect_and_migrate()
