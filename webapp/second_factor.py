"""The second factor: a code of six digits from an app, new every half minute (TOTP, RFC 6238), or a recovery code.

The secret that app and service share is not stored. It is worked out from the service's own key and a random word in
the account's row, so that a copy of the database alone gives no codes.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import b32encode
from datetime import datetime

import pyotp
from sqlalchemy import delete, or_, update
from sqlalchemy.orm import Session

from models.account import RecoveryCode
from models.user import User
from webapp.requests import parts

ISSUER = "Lex Heller"
DRIFT = 1  # half minutes that a phone's clock may be wrong by
RECOVERY_CODES = 8


def new_word() -> str:
    return secrets.token_hex(16)


def _totp(user_id: int, word: str) -> pyotp.TOTP:
    key = parts().settings.secret_key.encode()
    return pyotp.TOTP(b32encode(hmac.digest(key, f"totp {user_id} {word}".encode(), "sha1")).decode())


def secret_of(user_id: int, word: str) -> str:
    """What is typed into an app that cannot read the picture."""
    return _totp(user_id, word).secret


def address_of(user: User, word: str) -> str:
    """What the picture says to the app."""
    return _totp(user.id, word).provisioning_uri(name=user.email, issuer_name=ISSUER)


def step_of(user_id: int, word: str, code: str, moment: datetime) -> int | None:
    """The half minute that a code belongs to, or None when it is wrong."""
    totp, now = _totp(user_id, word), int(moment.timestamp()) // 30
    near = range(now - DRIFT, now + DRIFT + 1)
    same = hmac.compare_digest  # which knows ASCII only
    return next((step for step in near if code.isascii() and same(totp.at(step * 30), code)), None)


def use_code(session: Session, user: User, typed: str, moment: datetime) -> bool:
    """Does a code open the account? Each code does once, also for two who type it at the same moment."""
    code = "".join(typed.split()).replace("-", "").lower()
    step = step_of(user.id, user.second_factor or "", code, moment)
    if step is None:
        return _use_recovery(session, user.id, code)
    fresh = or_(User.second_factor_step.is_(None), User.second_factor_step < step)
    taken = update(User).where(User.id == user.id, fresh).values(second_factor_step=step).returning(User.id)
    return session.scalar(taken) is not None


def _hash(user_id: int, code: str) -> str:
    """A recovery code is random and long enough for a plain hash; the account's id keeps equal ones apart."""
    return hashlib.sha256(f"{user_id} {code}".encode()).hexdigest()


def _use_recovery(session: Session, user_id: int, code: str) -> bool:
    mine = (RecoveryCode.user_id == user_id, RecoveryCode.code_hash == _hash(user_id, code))
    return session.scalar(delete(RecoveryCode).where(*mine).returning(RecoveryCode.id)) is not None


def turn_on(session: Session, user: User, word: str, step: int) -> list[str]:
    """Ask for codes from now on.

    Arguments: step - the half minute of the code that proved the app; it opens nothing once more.
    Returns: the recovery codes, which are shown once and never again.
    """
    session.execute(update(User).where(User.id == user.id).values(second_factor=word, second_factor_step=step))
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    codes = [secrets.token_hex(8) for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(user_id=user.id, code_hash=_hash(user.id, code)) for code in codes)
    return ["-".join(code[start : start + 4] for start in range(0, 16, 4)) for code in codes]


def turn_off(session: Session, user_id: int) -> None:
    session.execute(update(User).where(User.id == user_id).values(second_factor=None, second_factor_step=None))
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
