"""The one-time key of a form: signed for its writer, so that one rendered form can become one report only."""

from __future__ import annotations

import secrets

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="form-key")


def make(user_id: int) -> str:
    """A new key for a form that is about to be shown."""
    return _signer().dumps([user_id, secrets.token_urlsafe(16)])


def read(signed: str, user_id: int) -> str | None:
    """What is stored with the report; None when the key was not made by us for this person."""
    owner, key = _open(signed)
    return key if owner == user_id else None


def is_ours(signed: str) -> bool:
    """Whether we made the key, for whomever it was."""
    return _open(signed)[1] is not None


def _open(signed: str) -> tuple[object, str | None]:
    try:
        owner, key = _signer().loads(signed)
    except (BadSignature, ValueError, TypeError):
        return None, None
    return owner, str(key)
