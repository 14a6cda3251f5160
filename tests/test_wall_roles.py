"""The roles of web and worker can neither take the wall down nor change the schema."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import ProgrammingError

from models import Report
from models.base import Database
from models.wall import Reach, Sees
from tests.servers import as_administrator, as_role, give_roles
from tests.site import Site
from tests.wall import person, town

__all__ = ["town"]  # a fixture

DDL = (
    "CREATE TABLE mine (id integer)",
    "CREATE TEMPORARY TABLE report (id integer)",
    "ALTER TABLE report DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE report NO FORCE ROW LEVEL SECURITY",
    "DROP POLICY wall ON report",
    "CREATE POLICY mine ON report USING (true)",
    "CREATE OR REPLACE FUNCTION sees_all() RETURNS boolean LANGUAGE sql STABLE AS 'SELECT true'",
    "TRUNCATE report",
    "DROP TABLE draft",
    "SET ROLE lexheller_owner",
    "ALTER ROLE lexheller_web BYPASSRLS",
    "GRANT lexheller_owner TO lexheller_web",
    "CREATE SCHEMA mine",
)


def attempt(connection: Connection, statement: str) -> str:
    """What PostgreSQL says to a statement; empty when it was done."""
    with connection.begin() as transaction:
        try:
            connection.execute(text(statement))
        except ProgrammingError as error:
            return str(error.orig)
        finally:
            transaction.rollback()
    return ""


@pytest.mark.parametrize("role", ["web", "worker"])
def test_neither_web_nor_worker_changes_the_schema_or_takes_the_wall_down(town: Site, role: str) -> None:
    give_roles(as_administrator(town.settings.database_url))  # A copy of a database forgets what was taken from all.
    database = Database(as_role(town.settings.database_url, role))
    with database.engine.connect() as connection:
        for statement in DDL:
            assert attempt(connection, statement), f"{role} was let to {statement}"
    database.dispose()


def test_the_web_gets_nothing_by_asking_for_everything_and_the_worker_all(town: Site) -> None:
    seen = {}
    for role in ("web", "worker", "owner"):
        database = Database(as_role(town.settings.database_url, role))
        with database.read() as session:
            seen[role] = session.scalar(select(func.count()).select_from(Report))
        with database.write(replace(Sees(Reach.ALL), scope=person(town, "coordinator").scope)) as session:
            assert session.scalar(select(func.count()).select_from(Report)) == seen[role]
        database.dispose()
    assert seen == {"web": 0, "worker": 4, "owner": 4}
