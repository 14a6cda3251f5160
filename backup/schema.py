"""The database's schema as a number in a chain: where it stands, which is the newest, and the way there."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from settings import ROOT


def _config(url: str = "") -> Config:
    made = Config(ROOT / "alembic.ini")
    if url:
        made.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return made


def newest() -> str:
    """The revision that this version of the product works with."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def known(revision: str) -> bool:
    """Whether this version of the product has heard of a revision. A newer product's it has not."""
    return revision in {step.revision for step in ScriptDirectory.from_config(_config()).walk_revisions()}


def current(connection: Connection) -> str:
    """Where a database stands; empty when it has no schema yet."""
    return MigrationContext.configure(connection).get_current_revision() or ""


def upgrade(url: str) -> None:
    """Bring a database to the newest revision."""
    command.upgrade(_config(url), "head")
