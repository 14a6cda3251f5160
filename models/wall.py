"""The second wall: PostgreSQL itself shows a transaction only the rows of whoever asks (row security, migration 0008).

The first wall is the query: each asks for what its scope allows. Should one forget to, the database answers with what
the scope allows all the same. It is told who asks at the beginning of every transaction, and forgets it at the end, so
that a connection of the pool carries nobody's rights to the next. Where nobody is told, nothing is shown. SQLite has
no such wall.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import MetaData, event, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, SessionTransaction

if TYPE_CHECKING:
    from models.user import Scope


class Reach(StrEnum):
    """How far somebody sees. `all` is granted only to a role that owns the tables, or is a member of the owner."""

    STRANGER = "stranger"  # accounts, to find out who asks, and nothing that anybody reported
    PERSON = "person"  # the own federation; of its reports those of the own scope
    FEDERATION = "federation"  # the own federation with all its reports
    PUBLIC = "public"  # what is published, of all federations
    FIGURES = "figures"  # what is counted over the whole installation, and the end of the audit log
    ALL = "all"


@dataclass(frozen=True)
class Sees:
    """Who asks, and how far they see. `post_ids` are the posts whose reports lie on a coordinator's desk today."""

    reach: Reach
    scope: Scope | None = None
    post_ids: frozenset[int] = frozenset()

    def words(self) -> dict[str, str]:
        """The same as the database is told it."""
        told = {"reach": self.reach.value, "areas": "", "posts": _listed(self.post_ids)}
        if self.scope is None:
            return told | {"federation": "", "user": "", "role": ""}
        who = {"federation": str(self.scope.federation_id), "user": str(self.scope.user_id)}
        return told | who | {"role": self.scope.role.value, "areas": _listed(self.scope.area_ids)}


def _listed(ids: Iterable[int]) -> str:
    return ",".join(map(str, sorted(ids)))


EVERYTHING = f"-c lexheller.reach={Reach.ALL}"  # how a connection that sees all is opened, as libpq's options
NAMES = ("reach", "federation", "user", "role", "areas", "posts")
# The last argument says that it holds until the transaction ends.
_TELL = text("SELECT " + ", ".join(f"set_config('lexheller.{name}', :{name}, true)" for name in NAMES))


@event.listens_for(Session, "after_begin")
def tell(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    """The one place where the database hears who asks: at the beginning of a session's every transaction."""
    sees = session.info.get("sees")
    if sees is not None and connection.dialect.name == "postgresql":
        connection.execute(_TELL, sees.words())


def let_see(session: Session, sees: Sees) -> None:
    """From now on a session asks in this name; a transaction that is open already, at once."""
    session.info["sees"] = sees
    if session.in_transaction() and session.get_bind().dialect.name == "postgresql":
        session.execute(_TELL, sees.words())


@contextmanager
def reaching(session: Session, reach: Reach) -> Iterator[None]:
    """Let whoever asks see further, or elsewhere, until the block ends. What was changed in it is written in it.

    A session that was never told who asks, as those of workers and commands, sees everything before and after.
    """
    before: Sees | None = session.info.get("sees")
    if before is None:
        yield
        return
    let_see(session, replace(before, reach=reach))
    try:
        yield
        session.flush()
    except BaseException:
        # A transaction that is lost cannot be told anything, and forgets what it was told.
        with suppress(SQLAlchemyError):
            _narrow(session, before.reach)
        raise
    _narrow(session, before.reach)


def _narrow(session: Session, reach: Reach) -> None:
    let_see(session, replace(session.info["sees"], reach=reach))


def walled(metadata: MetaData) -> set[str]:
    """The tables with rows of a federation: itself, and whatever refers to it or to another such table."""
    found, before = {"federation"}, set[str]()
    while found != before:
        before = set(found)
        found |= {name for name, table in metadata.tables.items() if _refers(table, before)}
    return found


def _refers(table: object, to: set[str]) -> bool:
    return any(key.column.table.name in to for key in table.foreign_keys)  # type: ignore[attr-defined]
