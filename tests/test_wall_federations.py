"""The second wall, in PostgreSQL itself: federations share no row, whatever the query asks for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import Table, delete, insert, select, update
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.orm import Session

from models import Base
from models.base import Database
from models.user import Role, Scope
from models.wall import Reach, Sees, walled
from models.wall_state import bare_tables, is_bypassed
from tests.filling import EACH, fill, reflect
from tests.servers import as_role
from tests.wall import REFUSED

# Shared by the whole installation, or without a word about anybody: jobs by id, signs of life, hashes, trained models.
BARE = {"heartbeat", "outbox", "refusal", "trained_model"}
LOG = "audit_event"  # It may be added to by anybody, and changed by nobody.


@pytest.fixture
def webs(postgres_database_url: str) -> Iterator[Database]:
    """Five federations with a row in every table each, for the web's role; row number k belongs to federation k."""
    everything = Database(postgres_database_url)
    with everything.engine.begin() as connection:
        fill(connection, 1)
    everything.dispose()
    opened = Database(as_role(postgres_database_url, "web"), walled=True)
    yield opened
    opened.dispose()


def whole(number: int) -> Sees:
    """As far as anybody sees in a federation."""
    return Sees(Reach.FEDERATION, Scope(number, number, Role.COORDINATOR, frozenset({number})))


def tables(database: Database) -> dict[str, Table]:
    """The tables that stand behind the wall, as the database tells them: `fill` knows nothing of our words."""
    with database.engine.connect() as connection:
        found = reflect(connection).tables
    return {name: found[name] for name in sorted(walled(Base.metadata))}


def rows(session: Session, table: Table) -> set[tuple[Any, ...]]:
    return {tuple(map(str, row)) for row in session.execute(select(table))}


def test_every_table_of_a_federation_stands_behind_the_wall(webs: Database) -> None:
    assert set(Base.metadata.tables) - walled(Base.metadata) == BARE
    with webs.engine.connect() as connection:
        assert bare_tables(connection) == []
        assert not is_bypassed(connection)


def test_nobody_in_particular_sees_no_row_at_all(webs: Database) -> None:
    with webs.read() as session:
        for name, table in tables(webs).items():
            assert rows(session, table) == set(), name


def test_federations_share_no_row_whatever_is_asked(webs: Database) -> None:
    seen: dict[str, list[set[tuple[Any, ...]]]] = {name: [] for name in tables(webs)}
    for number in range(1, EACH + 1):
        with webs.write(whole(number)) as session:
            for name, table in tables(webs).items():
                seen[name].append(rows(session, table))
    for name, found in seen.items():
        assert sum(map(len, found)) == len(set().union(*found)), f"{name}: one row was seen from two federations"
        assert all(len(one) <= 1 for one in found), name
        assert any(found), f"{name}: nobody sees any"


def test_no_row_of_another_federation_is_changed_or_added(webs: Database) -> None:
    with webs.write(whole(1)) as session:
        theirs = {name: session.execute(select(table)).mappings().all() for name, table in tables(webs).items()}
    with webs.write(whole(2)) as session:
        for name, table in tables(webs).items():
            [column, *_] = table.columns
            mine = 0 if name == LOG else len(rows(session, table))
            assert session.execute(update(table).values({column.name: column})).rowcount == mine, name  # type: ignore[attr-defined]
            for row in theirs[name] if name != LOG else ():
                with pytest.raises(ProgrammingError, match=REFUSED), session.begin_nested():
                    session.execute(insert(table).values(dict(row)))


def test_no_row_of_another_federation_is_deleted(webs: Database) -> None:
    """One table at a time, as what hangs on a row goes with it. What still points at a row holds it there."""
    with webs.write(whole(1)) as session:
        before = {name: rows(session, table) for name, table in tables(webs).items()}
    for table in tables(webs).values():
        with suppress(IntegrityError), webs.write(whole(2)) as session:
            session.execute(delete(table))
    with webs.write(whole(1)) as session:
        left = {name: rows(session, table) for name, table in tables(webs).items()}
    assert left == before, "something of the first federation is gone"


def test_nobody_changes_the_audit_log_not_even_their_own(webs: Database) -> None:
    log = tables(webs)[LOG]
    with webs.write(whole(1)) as session:
        assert session.execute(update(log).values(action="nothing")).rowcount == 0  # type: ignore[attr-defined]
        assert session.execute(delete(log)).rowcount == 0  # type: ignore[attr-defined]
