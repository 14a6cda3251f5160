"""How many rows each table holds: what a backup is compared with before it is trusted."""

from __future__ import annotations

from sqlalchemy import Connection, func, inspect, select, table

from backup import schema


def facts(connection: Connection) -> tuple[str, dict[str, int]]:
    """The revision, and how many rows each table holds, of the schema that is there and not of the models."""
    names = sorted(set(inspect(connection).get_table_names()) - {"alembic_version"})
    rows = {name: connection.scalar(select(func.count()).select_from(table(name))) or 0 for name in names}
    return schema.current(connection), rows
