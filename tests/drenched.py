"""A site on which every text that somebody wrote is another one: past the forms, straight into the rows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlalchemy import String, Table, Text, select, update

from models.base import Base
from tests.site import Site

# Columns whose texts the product itself makes or looks things up by: codes, words of its own, hashes, addresses.
OURS = re.compile(
    r"code|form_key|chain|reference|task|\w*key|model\w*|version|second_factor|request_id|kind|state|mark|issuer|recipient|"
    r"\w*category|convener|mail_domains|fault|suggested|\w*(?:_sha256|_hash|email)"
)
FROZEN = frozenset({"audit_event", "alembic_version", "summary", "heartbeat", "sign_in", "outbox", "classification"})


LONG = 20  # characters; in shorter columns stand codes


def _length(table: Table, column: str) -> int | None:
    found: int | None = getattr(table.c[column].type, "length", None)
    return found


def written_columns() -> dict[str, list[str]]:
    """The columns of free text, by table."""
    found = {
        table.name: [
            column.name
            for column in table.columns
            if type(column.type) in (String, Text)
            and not OURS.fullmatch(column.name)
            and not column.primary_key
            and not column.foreign_keys
            and (_length(table, column.name) or LONG) >= LONG
        ]
        for table in Base.metadata.sorted_tables
        if table.name not in FROZEN
    }
    return {name: columns for name, columns in found.items() if columns}


def drench(site: Site, texts: Iterator[str]) -> None:
    """Give each text of each row the next of the texts, cut where the column ends."""
    with site.database.write() as session:
        for name, columns in written_columns().items():
            table = Base.metadata.tables[name]
            keys = list(table.primary_key.columns)
            for row in session.execute(select(*keys).order_by(*keys)).all():
                here = [key == value for key, value in zip(keys, row, strict=True)]
                cut = {column: next(texts)[: _length(table, column)] for column in columns}
                session.execute(update(table).where(*here).values(cut))
