"""Who may come in: accounts bound to a federation, areas and a unit; and their sign-ins."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, ForeignKey, String, Table, bindparam, select
from sqlalchemy.orm import Mapped, Session, contains_eager, mapped_column, relationship

from models.base import Base, Word, word_column
from models.organisation import Area, Federation, Unit
from models.post import Post

# OWASP ASVS 5.0, 7.3.1 and 7.3.2: idle half an hour, at most one working day.
IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=10)


class Role(Word):
    REPORTER = "reporter", "Handläggare"
    COORDINATOR = "coordinator", "Samverkanskoordinator"
    FORUM_MEMBER = "forum_member", "Forumledamot"
    ADMINISTRATOR = "administrator", "Administratör"


user_area = Table(
    "user_area",
    Base.metadata,
    Column("user_id", ForeignKey("user.id", ondelete="CASCADE"), primary_key=True),
    Column("area_id", ForeignKey("area.id", ondelete="CASCADE"), primary_key=True),
)


@dataclass(frozen=True)
class Scope:
    """What one signed-in person may see. Queries of reports and counts cannot be made without one."""

    user_id: int
    federation_id: int
    role: Role
    area_ids: frozenset[int]
    party_id: int | None = None


class User(Base):
    """An account. `title` is the function that others see, never a person's name. `second_factor` is the random word
    that the secret of its codes is worked out from, or empty; `second_factor_step` the half minute of the last code.
    `forgotten_at` is when the identity of somebody who left was deleted: the row stays for what points to it."""

    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    federation_id: Mapped[int] = mapped_column(ForeignKey("federation.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role] = mapped_column(word_column(Role))
    title: Mapped[str] = mapped_column(String(200))
    is_example: Mapped[bool] = mapped_column(default=False)
    disabled_at: Mapped[datetime | None]
    second_factor: Mapped[str | None] = mapped_column(String(32))
    second_factor_step: Mapped[int | None]
    forgotten_at: Mapped[datetime | None]
    federation: Mapped[Federation] = relationship()
    unit: Mapped[Unit | None] = relationship()
    post: Mapped[Post | None] = relationship()
    areas: Mapped[list[Area]] = relationship(secondary=user_area, order_by=Area.name)

    @property
    def scope(self) -> Scope:
        party_id = self.unit.party_id if self.unit else None
        areas = frozenset(area.id for area in self.areas)
        return Scope(self.id, self.federation_id, self.role, areas, party_id)


class SignIn(Base):
    """A session kept by the server, so that it can be ended. Only a hash of its token is stored."""

    __tablename__ = "sign_in"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    user: Mapped[User] = relationship()


def addresses_with_account(session: Session, federation_id: int) -> set[str]:
    """The addresses that somebody in a federation can sign in with."""
    here = (User.federation_id == federation_id, User.disabled_at.is_(None))
    return set(session.scalars(select(User.email).where(*here)))


def hash_token(token: str) -> str:
    """A token is random and long, so a plain SHA-256 keeps it from being read out of the database."""
    return hashlib.sha256(token.encode()).hexdigest()


# Built once: every request asks this, and putting the query together took longer than its answer.
_OPEN_SIGN_IN = (
    select(SignIn)
    .where(
        SignIn.token_hash == bindparam("token_hash"),
        SignIn.started_at > bindparam("started_after"),
        SignIn.seen_at > bindparam("seen_after"),
    )
    .join(SignIn.user)
    .where(User.disabled_at.is_(None))
    .options(
        contains_eager(SignIn.user).joinedload(User.unit).joinedload(Unit.party),
        contains_eager(SignIn.user).joinedload(User.areas),
        contains_eager(SignIn.user).joinedload(User.federation),
    )
)


def find_sign_in(session: Session, token: str, now: datetime) -> SignIn | None:
    """The sign-in behind a token, unless it is too old, too idle, or its account is disabled."""
    asked = {"token_hash": hash_token(token), "started_after": now - ABSOLUTE, "seen_after": now - IDLE}
    return session.scalars(_OPEN_SIGN_IN, asked).unique().one_or_none()
