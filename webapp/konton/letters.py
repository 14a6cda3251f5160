"""Mail with a link to choose a password by. The link's words are made when the mail is written, and kept nowhere."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models.account import Purpose, order_token
from models.delivery import DeliveryKind, order_delivery
from webapp.requests import now

KINDS = {Purpose.INVITATION: DeliveryKind.INVITATION, Purpose.RESET: DeliveryKind.PASSWORD}


def order_letter(session: Session, user_id: int, purpose: Purpose) -> None:
    """Send an account a link that lets its owner choose a password, in the same transaction as what called for it."""
    token = order_token(session, user_id, purpose, now())
    order_delivery(session, KINDS[purpose], token.id, user_id, "", now())
