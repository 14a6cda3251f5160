"""Signs of life: when the worker and beat were last at work, and when the last backup was made."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, insert_into

SWEEP = "sweep"  # a tick that went all the way from beat through the broker to a worker
SLOW = "slow"  # the worker of the slow queue
BACKUP = "backup"


class Heartbeat(Base):
    __tablename__ = "heartbeat"
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    seen_at: Mapped[datetime]


def beat(session: Session, name: str, now: datetime) -> None:
    """Write down that something was at work now."""
    sign = insert_into(session, Heartbeat).values(name=name, seen_at=now)
    session.execute(sign.on_conflict_do_update(index_elements=["name"], set_={"seen_at": now}))


def last_beat(session: Session, name: str) -> datetime | None:
    """When something was last at work; None when it never was."""
    return session.scalar(select(Heartbeat.seen_at).where(Heartbeat.name == name))
