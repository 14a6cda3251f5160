"""What keeps an account its owner's: one-time tokens to choose a password with, and the count of refused sign-ins."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, UniqueConstraint, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models.base import Base, Word, insert_into, word_column
from models.user import SignIn, User, hash_token

FORGOTTEN = timedelta(days=1)  # how long a refused sign-in is remembered


class Purpose(Word):
    INVITATION = "invitation", "Inbjudan"
    RESET = "reset", "Nytt lösenord"


# An invitation waits for somebody to come back from leave; who asked for a new password is at the desk.
LASTS = {Purpose.INVITATION: timedelta(days=14), Purpose.RESET: timedelta(hours=1)}


class AccountToken(Base):
    """Lets whoever holds it choose the account's password, once. Only a hash is stored, and none until the token is
    made: that happens when its mail is written, so that it exists nowhere but there."""

    __tablename__ = "account_token"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[Purpose] = mapped_column(word_column(Purpose))
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    ordered_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    user: Mapped[User] = relationship()


def order_token(session: Session, user_id: int, purpose: Purpose, now: datetime) -> AccountToken:
    """A token to come; those that the account had before open nothing any more."""
    unused = (AccountToken.user_id == user_id, AccountToken.used_at.is_(None))
    session.execute(update(AccountToken).where(*unused).values(expires_at=now))
    token = AccountToken(user_id=user_id, purpose=purpose, ordered_at=now, expires_at=now + LASTS[purpose])
    session.add(token)
    session.flush()
    return token


def make_token(session: Session, token_id: int) -> str:
    """The words of a token, shown only now. Making them anew, when a mail is tried again, ends the former."""
    words = secrets.token_urlsafe(32)
    session.execute(update(AccountToken).where(AccountToken.id == token_id).values(token_hash=hash_token(words)))
    return words


def find_token(session: Session, words: str, now: datetime) -> AccountToken | None:
    """The token behind its words, while it is unused, in time, and its account is not closed."""
    still = (AccountToken.used_at.is_(None), AccountToken.expires_at > now, User.disabled_at.is_(None))
    query = select(AccountToken).join(AccountToken.user).where(AccountToken.token_hash == hash_token(words), *still)
    return session.scalars(query).one_or_none()


def use_token(session: Session, words: str, now: datetime) -> User | None:
    """Use a token up. Returns: its account, once; None for everybody who comes later, also at the same moment."""
    found = find_token(session, words, now)
    unused = (AccountToken.used_at.is_(None), AccountToken.token_hash == hash_token(words))
    step = update(AccountToken).where(*unused).values(used_at=now).returning(AccountToken.id)
    if found is None or session.scalar(step) is None:
        return None
    return found.user


def end_sign_ins(session: Session, user_id: int, but: str | None = None) -> None:
    """Sign an account out everywhere. Arguments: but - the token of a sign-in that stays."""
    session.execute(delete(SignIn).where(SignIn.user_id == user_id, SignIn.token_hash != hash_token(but or "")))


class Refusal(Base):
    """How often a sign-in was refused in a row, by account, by place, or by both. The key is a hash: the table tells
    neither who nor from where."""

    __tablename__ = "refusal"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime]


def refusals(session: Session, keys: list[str], now: datetime) -> dict[str, Refusal]:
    """What is remembered of some keys."""
    fresh = (Refusal.key.in_(keys), Refusal.last_at > now - FORGOTTEN)
    return {row.key: row for row in session.scalars(select(Refusal).where(*fresh))}


def note_refusals(session: Session, keys: list[str], now: datetime) -> None:
    """Count one more refusal for each key, and forget the old ones of everybody."""
    session.execute(delete(Refusal).where(Refusal.last_at <= now - FORGOTTEN))
    for key in keys:
        row = insert_into(session, Refusal).values(key=key, failures=1, last_at=now)
        more = {"failures": Refusal.failures + 1, "last_at": now}
        session.execute(row.on_conflict_do_update(index_elements=[Refusal.key], set_=more))


def forget_refusals(session: Session, keys: list[str]) -> None:
    """Whoever signs in has shown that the refusals before were slips."""
    session.execute(delete(Refusal).where(Refusal.key.in_(keys)))


class RecoveryCode(Base):
    """Opens an account once when its phone is gone. Only a hash is stored."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("user_id", "code_hash"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    code_hash: Mapped[str] = mapped_column(String(64))
