"""Accounts as the pages show them, and what their form offers."""

from __future__ import annotations

from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from models.account import AccountToken, Purpose
from models.organisation import OUTSIDE_PARTY, Area, parties_of
from models.user import Role, User
from webapp.requests import now, person, reading

ROLES = [
    (Role.REPORTER.value, "Handläggare som rapporterar"),
    (Role.COORDINATOR.value, "Samverkanskoordinator som granskar"),
    (Role.FORUM_MEMBER.value, "Ledamot i ett forum, läser sammanställningar"),
    (Role.ADMINISTRATOR.value, "Administratör som sköter konton, forum och drift"),
]
INVITED, IN_USE, CLOSED, LAPSED = "Inbjuden", "Används", "Stängt", "Inbjudan har gått ut"
TAGS = {INVITED: "granskas", IN_USE: "klar", CLOSED: "neutral", LAPSED: "sen"}


def areas() -> list[Area]:
    query = select(Area).where(Area.federation_id == person().federation_id).order_by(Area.name)
    return list(reading().scalars(query))


def units() -> list[tuple[str, list[tuple[str, str]]]]:
    """The units by party, as a grouped list to choose from. The value is the unit's id: codes are one party's own."""
    parties = [party for party in parties_of(reading(), person().federation_id) if party.code != OUTSIDE_PARTY]
    return [(party.name, [(str(unit.id), unit.name) for unit in party.units]) for party in parties]


def offered() -> dict[str, Any]:
    return {"roles": ROLES, "units": units(), "areas": [(area.code, area.name) for area in areas()]}


def list_rows() -> list[dict[str, Any]]:
    """Every account of the administrator's federation, but those of whom nothing is left to look after."""
    query = select(User).where(User.federation_id == person().federation_id, User.forgotten_at.is_(None))
    query = query.order_by(User.role, User.title, User.email)
    users = reading().scalars(query.options(joinedload(User.unit), selectinload(User.areas)))
    waiting = _unused_invitations()
    return [_row(user, waiting.get(user.id)) for user in users]


def _unused_invitations() -> dict[int, AccountToken]:
    """The newest invitation of each account that has not chosen a password yet."""
    query = select(AccountToken).join(AccountToken.user).where(User.federation_id == person().federation_id)
    newest = {token.user_id: token for token in reading().scalars(query.order_by(AccountToken.id))}
    return {
        user_id: token
        for user_id, token in newest.items()
        if token.used_at is None and token.purpose is Purpose.INVITATION
    }


def _row(user: User, invitation: AccountToken | None) -> dict[str, Any]:
    state = _state(user, invitation)
    return {
        "id": user.id,
        "href": url_for("konton.show_account", user_id=user.id),
        "email": user.email,
        "title": user.title,
        "role": user.role.label,
        "unit": user.unit.name if user.unit else "",
        "areas": ", ".join(area.name for area in user.areas),
        "state": state,
        "tag": TAGS[state],
    }


def _state(user: User, invitation: AccountToken | None) -> str:
    if user.disabled_at is not None:
        return CLOSED
    if invitation is None:
        return IN_USE
    return INVITED if invitation.expires_at > now() else LAPSED
