"""Rows of random values in every table of a database, whatever its schema is at the moment."""

from __future__ import annotations

import random
import warnings
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Column, Connection, MetaData, Table, insert, select
from sqlalchemy import types as kinds
from sqlalchemy.exc import SAWarning

EACH = 5  # rows in every table
Rows = dict[str, list[dict[str, Any]]]


def fill(connection: Connection, seed: int) -> None:
    """Add rows to every table, each pointing at rows that are there, and every third optional value left out."""
    dice = random.Random(seed)
    metadata = reflect(connection)
    for table in ordered(metadata):
        there = {column.name: _keys(connection, metadata, column) for column in table.columns if column.foreign_keys}
        rows = [dict(_row(table, number, there, dice)) for number in range(1, EACH + 1)]
        connection.execute(insert(table), rows)


def reflect(connection: Connection) -> MetaData:
    """The schema as the database tells it."""
    metadata = MetaData()
    metadata.reflect(connection, resolve_fks=False)
    if "alembic_version" in metadata.tables:
        metadata.remove(metadata.tables["alembic_version"])
    return metadata


def ordered(metadata: MetaData) -> list[Table]:
    """Tables after those that they must point at. Those that point at each other do so by choice, and may be empty."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)
        return list(metadata.sorted_tables)


def _keys(connection: Connection, metadata: MetaData, column: Column[Any]) -> list[Any]:
    """The keys of the rows that a column may point at."""
    [key] = column.foreign_keys
    table, _, name = key.target_fullname.partition(".")
    return list(connection.scalars(select(metadata.tables[table].c[name])))


def _row(table: Table, number: int, there: dict[str, list[Any]], dice: random.Random) -> Iterator[tuple[str, Any]]:
    """One row. It points at another row for each number, so that pairs are unique too."""
    for column in table.columns:
        if column.name in there:
            keys = there[column.name]
            yield column.name, keys[(number - 1) % len(keys)] if keys else None
        elif column.primary_key and isinstance(column.type, kinds.Integer) and len(table.primary_key) == 1:
            yield column.name, number
        else:
            left_out = column.nullable and dice.random() < 1 / 3
            yield column.name, None if left_out else _value(column, number, dice)


def _value(column: Column[Any], number: int, dice: random.Random) -> Any:
    """A value of the column's kind, another one for each number."""
    kind = column.type
    if isinstance(kind, kinds.Boolean):
        return dice.random() < 0.5
    if isinstance(kind, kinds.Integer):
        return number
    if isinstance(kind, kinds.Float | kinds.Numeric):
        return number / 8
    if isinstance(kind, kinds.DateTime):
        moment = datetime(2026, 1, number, 12, tzinfo=UTC) + timedelta(seconds=dice.randrange(3600))
        return moment if kind.timezone else moment.replace(tzinfo=None)
    if isinstance(kind, kinds.Date):
        return date(2026, number, 1)
    if isinstance(kind, kinds.JSON):
        return [{"åäö": number}]
    if isinstance(kind, kinds.LargeBinary):
        return dice.randbytes(20)
    assert isinstance(kind, kinds.String), f"no value for {column}: {kind!r}"
    return f"{number}å\"'{dice.randrange(10**6)}"[: kind.length or 100]


def contents(connection: Connection) -> Rows:
    """Every row of every table."""
    tables = ordered(reflect(connection))
    return {table.name: [dict(row) for row in connection.execute(select(table)).mappings()] for table in tables}


def in_common(one: Rows, other: Rows, changed: frozenset[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What both schemas can tell of their rows, for comparing; without the columns that a migration says it changes."""
    found: tuple[dict[str, Any], dict[str, Any]] = ({}, {})
    for name in one.keys() & other.keys():
        columns = set.intersection(*[set(row) for row in [*one[name], *other[name]]] or [set()])
        kept = sorted(column for column in columns if f"{name}.{column}" not in changed)
        for rows, place in zip((one, other), found, strict=True):
            place[name] = sorted(repr([row[column] for column in kept]) for row in rows[name])
    return found
