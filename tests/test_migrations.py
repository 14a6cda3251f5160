"""The migrations as code: up, down and up again, the same as the models, and harmless to what is there."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.engine import Engine
from sqlalchemy.pool import NullPool

from models import Base
from models.wall import EVERYTHING
from settings import ROOT
from tests.conftest import migrate, postgres_copy
from tests.filling import Rows, contents, fill, in_common
from tests.site import open_site

NOTHING_ON_SQLITE = {"0008"}  # SQLite has no row security.


def config(url: str) -> Config:
    made = Config(ROOT / "alembic.ini")
    made.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return made


@contextmanager
def engine(url: str) -> Iterator[Engine]:
    options = {"options": EVERYTHING} if url.startswith("postgresql") else {}
    made = create_engine(url, poolclass=NullPool, connect_args=options)
    yield made
    made.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
        return
    with postgres_copy(request.getfixturevalue("postgres_url"), "template0") as url:
        yield url


def schema(url: str) -> dict[str, Any]:
    """Every table as the database itself describes it, in an order that does not depend on how it was made."""
    with engine(url) as opened, opened.connect() as connection:
        seen, walls = inspect(connection), _walls(connection)
        parts: dict[str, dict[Any, Any]] = {
            "primary key": {name: [found] for name, found in seen.get_multi_pk_constraint().items()},
            "foreign keys": seen.get_multi_foreign_keys(),
            "unique": seen.get_multi_unique_constraints(),
            "checks": seen.get_multi_check_constraints(),
            "indexes": seen.get_multi_indexes(),
        }
        return {
            key[1]: {"columns": sorted(map(_column, columns)), "walls": walls.get(key[1], [])}
            | {part: sorted(map(_words, found.get(key, []))) for part, found in parts.items()}
            for key, columns in seen.get_multi_columns().items()
            if key[1] != "alembic_version"
        }


def _column(column: Any) -> tuple[str, str, bool, str | None]:
    return column["name"], str(column["type"]), column["nullable"], column["default"]


def _walls(connection: Connection) -> dict[str, list[str]]:
    """The policies of row security by table, and whether it is forced; SQLite has none."""
    found: dict[str, list[str]] = {}
    if connection.dialect.name == "postgresql":
        policies = "SELECT tablename, policyname, cmd, qual, with_check FROM pg_policies ORDER BY 1, 2"
        forced = "SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class WHERE relforcerowsecurity"
        for name, *rest in (*connection.execute(text(policies)), *connection.execute(text(forced))):
            found.setdefault(name, []).append(repr(rest))
    return found


def _words(part: Any) -> str:
    """A part of a schema as text; a condition as its SQL."""
    return repr({name: _words(value) if isinstance(value, dict) else str(value) for name, value in part.items()})


def test_the_chain_has_one_head_and_every_link_can_be_undone() -> None:
    script = ScriptDirectory.from_config(config("sqlite://"))
    assert len(script.get_heads()) == 1
    for revision in script.walk_revisions():
        assert callable(getattr(revision.module, "downgrade", None)), revision.revision


def test_each_step_goes_up_down_and_up_to_the_same_schema(empty_url: str) -> None:
    chain = [revision.revision for revision in ScriptDirectory.from_config(config(empty_url)).walk_revisions()][::-1]
    for before, revision in zip(["base", *chain], chain, strict=False):
        command.upgrade(config(empty_url), revision)
        there = schema(empty_url)
        command.downgrade(config(empty_url), before)
        assert (schema(empty_url) == there) == (revision in NOTHING_ON_SQLITE and empty_url.startswith("sqlite"))
        command.upgrade(config(empty_url), revision)
        assert schema(empty_url) == there


def test_all_the_way_down_leaves_nothing(empty_url: str) -> None:
    migrate(empty_url)
    assert len(schema(empty_url)) == len(Base.metadata.tables)
    command.downgrade(config(empty_url), "base")
    assert schema(empty_url) == {}


def test_the_newest_schema_is_the_models(empty_url: str) -> None:
    migrate(empty_url)
    command.check(config(empty_url))  # Raises when a migration is missing.


def test_a_migrated_database_equals_one_made_from_the_models(empty_url: str) -> None:
    """What `alembic check` does not look at: checks, deletions that cascade, the names of constraints. The models know
    nothing of row security, which the migrations alone put up."""
    migrate(empty_url)
    with engine(empty_url) as opened:
        migrated = schema(empty_url)
        with opened.begin() as connection:
            for table in reversed(Base.metadata.sorted_tables):
                connection.execute(text(f'DROP TABLE "{table.name}"' + _cascade(opened)))
        Base.metadata.create_all(opened)
    assert schema(empty_url) == {name: table | {"walls": []} for name, table in migrated.items()}


def _cascade(opened: Engine) -> str:
    return " CASCADE" if opened.dialect.name == "postgresql" else ""


def test_migrating_a_database_in_use_again_keeps_every_row(site_url: str, tmp_path: Path) -> None:
    with open_site(site_url, tmp_path) as site:
        site.sign_in("reporter").file_report()
        before = rows(site_url)
        migrate(site_url)
        assert rows(site_url) == before
        assert before["report"] == 1
        site.sign_in("reporter").file_report()


def rows(url: str) -> dict[str, int]:
    """How many rows each table holds."""
    with engine(url) as opened, opened.connect() as connection:
        tables = sorted(Base.metadata.tables)
        return {name: connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in tables}  # noqa: S608


STEPS = [step.revision for step in ScriptDirectory.from_config(config("sqlite://")).walk_revisions()][::-1]
# Columns whose values a migration is meant to change, by revision: `table.column`.
MEANT: dict[str, frozenset[str]] = {}


@pytest.mark.parametrize("revision", STEPS[1:])
def test_a_step_up_and_down_keeps_what_is_there(empty_url: str, revision: str) -> None:
    """With random rows in every table of the schema before it."""
    before = STEPS[STEPS.index(revision) - 1]
    command.upgrade(config(empty_url), before)
    there = schema(empty_url)
    full = filled(empty_url, seed=int(revision))
    command.upgrade(config(empty_url), revision)
    kept, found = in_common(full, everything(empty_url), MEANT.get(revision, frozenset()))
    assert found == kept
    assert kept.keys() >= full.keys() - removed(revision)
    command.downgrade(config(empty_url), before)
    assert schema(empty_url) == there
    assert (
        in_common(full, everything(empty_url), MEANT.get(revision, frozenset()))[1]
        == in_common(full, full, MEANT.get(revision, frozenset()))[0]
    )


def removed(revision: str) -> set[str]:
    """The tables that a step takes away: none so far. One that does is the last of expand, migrate, contract."""
    return set()


@pytest.mark.parametrize("revision", STEPS)
def test_a_step_can_be_taken_back_when_its_tables_are_in_use(empty_url: str, revision: str) -> None:
    before = ["base", *STEPS][STEPS.index(revision)]
    command.upgrade(config(empty_url), revision)
    filled(empty_url, 1)
    command.downgrade(config(empty_url), before)
    command.upgrade(config(empty_url), revision)


def filled(url: str, seed: int) -> Rows:
    with engine(url) as opened:
        with opened.begin() as connection:
            fill(connection, seed)
        found = everything(url)
    assert all(found.values())
    return found


def everything(url: str) -> Rows:
    with engine(url) as opened, opened.connect() as connection:
        return contents(connection)


def patient(url: str, *pauses: float) -> Config:
    """As a migration runs, with other pauses between its tries."""
    made = config(url)
    made.attributes["pauses"] = pauses
    return made


def test_a_migration_gives_up_soon_when_it_cannot_get_its_lock(postgres_site_url: str) -> None:
    """A migration that queues for a table stops everybody behind it."""
    newest = STEPS[-1]
    with engine(postgres_site_url) as opened, opened.connect() as busy:
        for table in sorted(Base.metadata.tables):
            busy.execute(text(f'SELECT count(*) FROM "{table}"'))  # noqa: S608 - the names are our own.
        with pytest.raises(Exception, match="lock timeout"):
            command.downgrade(patient(postgres_site_url), "-1")
        busy.rollback()
    assert rows(postgres_site_url)["federation"] == 2
    with engine(postgres_site_url) as opened, opened.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == newest


def test_a_migration_tries_again_and_goes_on_when_the_lock_is_let_go(postgres_site_url: str) -> None:
    with engine(postgres_site_url) as opened, opened.connect() as busy:
        for table in sorted(Base.metadata.tables):
            busy.execute(text(f'SELECT count(*) FROM "{table}"'))  # noqa: S608
        letting_go = threading.Timer(2.5, busy.rollback)  # after the first try has given up
        letting_go.start()
        command.downgrade(patient(postgres_site_url, *[0.1] * 10), "-1")
        letting_go.join()
    command.upgrade(config(postgres_site_url), "head")
    assert rows(postgres_site_url)["federation"] == 2
