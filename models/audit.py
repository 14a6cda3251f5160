"""The audit log: who did or read what and when, in a chain in which no link can be changed or taken out unseen.

Each event carries a hash of itself and of the event before, so that whoever changes one has to change all that came
after; and the newest hash is in every backup. It names accounts and things by their ids, and holds no text.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, ForeignKey, Index, Select, String, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models.base import Base
from models.user import User

START = "0" * 64
EMPTIED = "emptied"  # the action of an event whose facts a disposal has taken away; its place in the chain stays
CHAIN_LOCK = 0x4C48  # the key of PostgreSQL's lock; SQLite has one writer at a time anyway


class AuditEvent(Base):
    """`action` is the address's name in the code; `subject` the ids in the address; `status` the HTTP status that
    answered. `user_id` is empty for a stranger, such as at a sign-in that was refused."""

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_federation", "federation_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    federation_id: Mapped[int | None] = mapped_column(ForeignKey("federation.id"))
    action: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(120), default="")
    status: Mapped[int]
    request_id: Mapped[str] = mapped_column(String(32), default="")
    chain: Mapped[str] = mapped_column(String(64))
    user: Mapped[User | None] = relationship()


def link(event: AuditEvent, before: str) -> str:
    """The hash that ties an event to the one before. Arguments: before - its hash, or `START`."""
    facts = [
        event.id,
        event.at.astimezone(UTC).isoformat(),  # As the database gives it back, whatever zone it came in.
        event.user_id,
        event.federation_id,
        event.action,
        event.subject,
        event.status,
        event.request_id,
    ]
    return hashlib.sha256((before + json.dumps(facts)).encode()).hexdigest()


def add_event(session: Session, event: AuditEvent) -> None:
    """Put an event at the end of the chain. One at a time: the next must see this one's hash."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": CHAIN_LOCK})
    newest = session.execute(select(AuditEvent.id, AuditEvent.chain).order_by(AuditEvent.id.desc()).limit(1)).first()
    event.id = newest.id + 1 if newest else 1
    event.chain = link(event, newest.chain if newest else START)
    session.add(event)


def first_broken(events: Iterable[AuditEvent], emptied: Collection[int] = ()) -> int | None:
    """The id of the first event that was changed, or that follows one that was taken out; None when all is whole.

    Arguments: events - all of them, oldest first; emptied - the ids that a disposal's receipt accounts for. Their
    own facts cannot be proved any more, but the events around them can: the hash of each is still there.
    """
    before = START
    for number, event in enumerate(events, start=1):
        accounted = event.action == EMPTIED and event.id in emptied
        if event.id != number or not (accounted or event.chain == link(event, before)):
            return event.id
        before = event.chain
    return None


def events_of(federation_id: int) -> Select[AuditEvent]:
    """What the people of a federation have done, newest first."""
    return select(AuditEvent).where(AuditEvent.federation_id == federation_id).order_by(AuditEvent.id.desc())


def about(user_id: int) -> ColumnElement[bool]:
    """What others, such as an administrator, did with an account."""
    return AuditEvent.action.startswith("konton.") & (AuditEvent.subject == str(user_id))
