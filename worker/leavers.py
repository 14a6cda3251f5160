"""Leavers: of an account that was closed long enough ago nothing stays that tells who it was.

Its row stays, since reports, reviews and the log point to it, under a function instead of an address. Titles that stand
in histories are functions from the start. What was reported is kept and answered as before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from models.account import AccountToken, RecoveryCode
from models.audit import AuditEvent, add_event
from models.delivery import Delivery
from models.draft import Draft
from models.identity import Identity
from models.organisation import Federation
from models.report import Report
from models.user import SignIn, User

AT_A_TIME = 100
OWN = (Identity, SignIn, AccountToken, RecoveryCode, Draft)


def forget_leavers(session: Session, now: datetime) -> list[int]:
    """Delete the identities that are due. Returns: the ids of the accounts."""
    due = [user for federation in session.scalars(_federations()) for user in session.scalars(_due(federation, now))]
    for user in due:
        _forget(session, user, now)
    return [user.id for user in due]


def _federations() -> Select[Federation]:
    return select(Federation).order_by(Federation.id)


def _due(federation: Federation, now: datetime) -> Select[User]:
    long_ago = User.disabled_at <= now - timedelta(days=federation.leaver_days)
    here = (User.federation_id == federation.id, long_ago, User.forgotten_at.is_(None))
    return select(User).where(*here).order_by(User.id).limit(AT_A_TIME).with_for_update(skip_locked=True)


def _forget(session: Session, user: User, now: datetime) -> None:
    user.email, user.title = f"konto-{user.id}@lexheller.invalid", user.role.label
    user.password_hash, user.second_factor, user.second_factor_step = "", None, None
    user.post_id, user.areas, user.forgotten_at = None, [], now
    for noun in OWN:
        session.execute(delete(noun).where(noun.user_id == user.id))
    session.execute(update(Report).where(Report.reporter_id == user.id).values(feedback_email=None))
    facts = {"federation_id": user.federation_id, "action": "konton.forgotten", "subject": str(user.id)}
    add_event(session, AuditEvent(at=now, status=200, request_id="", **facts))


def letters_of(session: Session, user_ids: Sequence[int]) -> list[int]:
    """The numbers of the mails that some accounts were sent."""
    own = select(Delivery.id).where(Delivery.user_id.in_(user_ids)).order_by(Delivery.id)
    return list(session.scalars(own))


def burn(folder: Path, letters: Iterable[int]) -> None:
    """Where mail is laid in a folder instead of being sent, the address stands in the file."""
    for number in letters:
        (folder / f"{number}.eml").unlink(missing_ok=True)
