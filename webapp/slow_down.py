"""Slowing down whoever guesses passwords. Nobody is locked out: an account must not be closed by a stranger's guesses.

One who guesses at one account from one place waits ever longer. Many accounts from one place, or one account from
many places, wait a little: behind one address there may be a whole municipality, and the account's owner is
somewhere too (OWASP ASVS 5.0, 6.3.1).
"""

from __future__ import annotations

import hashlib
import math
from datetime import datetime, timedelta

from flask import request
from sqlalchemy.orm import Session

from models.account import Refusal, forget_refusals, note_refusals, refusals

PAIR, ACCOUNT, PLACE = "pair", "account", "place"
FREE = {PAIR: 5, ACCOUNT: 20, PLACE: 50}  # refusals in a row before the first pause
LONGEST = {PAIR: 900, ACCOUNT: 10, PLACE: 2}  # seconds


def _keys(account: str) -> dict[str, str]:
    """Each kind of key, hashed. The place is the address that the proxies we know of vouch for."""
    place = request.remote_addr or ""
    plain = {PAIR: (account, place), ACCOUNT: (account,), PLACE: (place,)}
    return {kind: hashlib.sha256(repr((kind, *words)).encode()).hexdigest() for kind, words in plain.items()}


def _pause(kind: str, failures: int) -> timedelta:
    """None up to the free ones, then 2, 4, 8 ... seconds up to the longest."""
    doublings = min(failures - FREE[kind] + 1, 20)
    return timedelta(seconds=min(2**doublings, LONGEST[kind]) if doublings > 0 else 0)


def seconds_to_wait(session: Session, account: str, now: datetime) -> int:
    """How long until this account may be tried again from here; 0 when it may at once."""
    keys = _keys(account)
    kinds = {key: kind for kind, key in keys.items()}
    rows: list[Refusal] = list(refusals(session, list(kinds), now).values())
    waits = [row.last_at + _pause(kinds[row.key], row.failures) - now for row in rows]
    return max([0, *(math.ceil(wait.total_seconds()) for wait in waits)])


def note_refused(session: Session, account: str, now: datetime) -> None:
    note_refusals(session, list(_keys(account).values()), now)


def note_let_in(session: Session, account: str) -> None:
    """The place is not cleared: or one who has an account of their own could guess at others' without a pause."""
    keys = _keys(account)
    forget_refusals(session, [keys[PAIR]])


def too_many(seconds: int) -> str:
    """What is said to whoever has to wait."""
    wait = f"{seconds} sekunder" if seconds < 120 else f"{math.ceil(seconds / 60)} minuter"
    return f"Det har blivit många försök. Vänta {wait} och försök igen"
