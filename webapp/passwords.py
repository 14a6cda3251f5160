"""Passwords are stored as Argon2id hashes, with the cost that the library recommends."""

from __future__ import annotations

import secrets
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

hasher = PasswordHasher()


@lru_cache(maxsize=1)
def _nobody() -> str:
    """Checked against when there is no such account, so that the time taken does not tell which addresses exist."""
    return hasher.hash(secrets.token_hex(16))


def no_password() -> str:
    """The hash of words that nobody knows: such an account opens only when its owner has chosen a password."""
    return hasher.hash(secrets.token_hex(16))


def fits(password_hash: str | None, password: str) -> bool:
    """Does a password open an account? Takes as long when there is no account."""
    try:
        return hasher.verify(password_hash or _nobody(), password) and password_hash is not None
    except VerificationError:
        return False
