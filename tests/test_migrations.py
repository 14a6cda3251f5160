"""The migrations as code: up, down and up again, the same as the models, and harmless to what is there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Inspector, create_engine, inspect, text
from sqlalchemy.engine import Engine
from sqlalchemy.pool import NullPool

from models import Base
from settings import ROOT
from tests.conftest import migrate, postgres_copy
from tests.site import open_site


def config(url: str) -> Config:
    made = Config(ROOT / "alembic.ini")
    made.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return made


@contextmanager
def engine(url: str) -> Iterator[Engine]:
    made = create_engine(url, poolclass=NullPool)
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
    with engine(url) as opened:
        seen = inspect(opened)
        return {name: _table(seen, name) for name in seen.get_table_names() if name != "alembic_version"}


def _table(seen: Inspector, name: str) -> dict[str, Any]:
    columns = [
        (column["name"], str(column["type"]), column["nullable"], column["default"])
        for column in seen.get_columns(name)
    ]
    parts: dict[str, Any] = {
        "primary key": [seen.get_pk_constraint(name)],
        "foreign keys": seen.get_foreign_keys(name),
        "unique": seen.get_unique_constraints(name),
        "checks": seen.get_check_constraints(name),
        "indexes": seen.get_indexes(name),
    }
    return {"columns": sorted(columns)} | {part: sorted(map(_words, found)) for part, found in parts.items()}


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
        assert schema(empty_url) != there
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
    """What `alembic check` does not look at: checks, deletions that cascade, the names of constraints."""
    migrate(empty_url)
    with engine(empty_url) as opened:
        migrated = schema(empty_url)
        with opened.begin() as connection:
            for table in reversed(Base.metadata.sorted_tables):
                connection.execute(text(f'DROP TABLE "{table.name}"' + _cascade(opened)))
        Base.metadata.create_all(opened)
    assert schema(empty_url) == migrated


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


def test_a_migration_gives_up_soon_when_it_cannot_get_its_lock(postgres_site_url: str) -> None:
    """A migration that queues for a table stops everybody behind it."""
    with engine(postgres_site_url) as opened, opened.connect() as busy:
        busy.execute(text("SELECT count(*) FROM report"))
        with pytest.raises(Exception, match="lock timeout"):
            command.downgrade(config(postgres_site_url), "base")
        busy.rollback()
    assert rows(postgres_site_url)["federation"] == 2
