"""/konto/utdrag: everything that is kept about one account, for its owner (GDPR, article 15)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from flask import Response
from sqlalchemy import ColumnElement, inspect, select

from models import AuditEvent, Delivery, Draft, Report, Review, SignIn, Tally, User
from models.audit import about
from models.base import Base
from webapp.konton.second_step import blueprint as blueprint
from webapp.requests import person, reading

# Hashes tell nothing of the person, and would let whoever finds the file try passwords against them.
LEFT_OUT = {"password_hash", "token_hash", "chain", "form_key", "second_factor", "second_factor_step"}


@blueprint.get("/konto/utdrag")
def extract() -> Response:
    """The rows that hold one's account, as JSON that a machine and a patient person can read."""
    body = json.dumps(_gather(person().id), ensure_ascii=False, indent=2, default=_plain)
    headers = {"Content-Disposition": 'attachment; filename="utdrag.json"'}
    return Response(body, mimetype="application/json", headers=headers)


def _gather(user_id: int) -> dict[str, Any]:
    own: Sequence[tuple[str, type[Base], ColumnElement[bool]]] = (
        ("konto", User, User.id == user_id),
        ("inloggningar", SignIn, SignIn.user_id == user_id),
        ("rapporter", Report, Report.reporter_id == user_id),
        ("utkast", Draft, Draft.user_id == user_id),
        ("samma_sak", Tally, Tally.user_id == user_id),
        ("granskningar", Review, Review.user_id == user_id),
        ("mejl", Delivery, Delivery.user_id == user_id),
        ("logg", AuditEvent, AuditEvent.user_id == user_id),
        ("logg_om_kontot", AuditEvent, about(user_id)),
    )
    return {name: [_facts(row) for row in reading().scalars(select(table).where(mine))] for name, table, mine in own}


def _facts(row: Base) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in inspect(type(row)).columns if column.key not in LEFT_OUT}


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
