"""/konton: the administrator invites people by function, changes what they may do, and closes accounts."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from models.account import Purpose, end_sign_ins
from models.organisation import Area
from models.user import Role, User
from schemas.account import AccountSchema
from webapp.form_input import Input, read_form
from webapp.konton.letters import order_letter
from webapp.konton.rows import areas, list_rows, offered
from webapp.passwords import no_password
from webapp.requests import logger, now, person, reading, writing
from webapp.wall import ACCOUNTS, opened

blueprint = Blueprint("konton", __name__)
Answer = Response | tuple[str, int]
TAKEN = "Det finns redan ett konto med den adressen"
SELF = "Du kan inte stänga ditt eget konto eller ta bort din egen roll. Be en annan administratör"


@blueprint.get("/konton")
def list_accounts() -> str:
    return render_template("web/konton.html", accounts=list_rows())


@blueprint.route("/konton/nytt", methods=["GET", "POST"])
def invite() -> Answer:
    typed = _read() if _is_post() else Input(values={"areas": _only_area()})
    if not _is_post() or typed.errors:
        return _form(typed)
    with writing() as session:
        user = None if _taken(session, typed.data["email"]) else _add(session, typed.data)
        if user is not None:
            order_letter(session, user.id, Purpose.INVITATION)
    if user is None:
        typed.refuse("email", TAKEN)
        return _form(typed)
    return _done("account_invited", user, f"En inbjudan är på väg till {user.email}.")


@blueprint.route("/konton/<int:user_id>", methods=["GET", "POST"])
def show_account(user_id: int) -> Answer:
    user = _find(reading(), user_id)
    typed = _read() if _is_post() else Input(values=_stored(user))
    if _is_post() and user.id == person().id and typed.data.get("role") not in (None, user.role.value):
        typed.refuse("role", SELF)
    if not _is_post() or typed.errors:
        return _form(typed, user)
    with writing() as session:
        row = _find(session, user_id)
        moved = row.email != typed.data["email"] and _taken(session, typed.data["email"])
        if not moved:
            _fill(session, row, typed.data)
    if moved:
        typed.refuse("email", TAKEN)
        return _form(typed, user)
    return _done("account_changed", user, "Kontot är ändrat. Det gäller från nästa sida som öppnas.")


@blueprint.post("/konton/<int:user_id>/stang")
def close(user_id: int) -> Response:
    """Close an account. Whoever is signed in with it is out at the next request; what was reported stays."""
    if user_id == person().id:
        flash(SELF)
        return redirect(url_for("konton.show_account", user_id=user_id), 303)
    with writing() as session:
        user = _find(session, user_id)
        user.disabled_at, user.post_id = user.disabled_at or now(), None
        end_sign_ins(session, user.id)
    return _done("account_closed", user, "Kontot är stängt.")


@blueprint.post("/konton/<int:user_id>/oppna")
def reopen(user_id: int) -> Response:
    """Open a closed account again. Its old password opens nothing; a new invitation is sent."""
    with writing() as session:
        user = _find(session, user_id)
        if user.disabled_at is not None:
            user.disabled_at, user.password_hash = None, no_password()
            order_letter(session, user.id, Purpose.INVITATION)
    return _done("account_opened", user, f"Kontot är öppet. En inbjudan är på väg till {user.email}.")


@blueprint.post("/konton/<int:user_id>/inbjudan")
def invite_again(user_id: int) -> Response:
    """A new link; those that were sent before open nothing any more."""
    with writing() as session:
        user = _find(session, user_id)
        if user.disabled_at is None:
            order_letter(session, user.id, Purpose.INVITATION)
    return _done("account_invited", user, f"En ny länk är på väg till {user.email}.")


def _is_post() -> bool:
    return request.method == "POST"


def _read() -> Input:
    offer = offered()
    unit_ids = [value for _, group in offer["units"] for value, _ in group]
    schema = AccountSchema([code for code, _ in offer["roles"]], unit_ids, [code for code, _ in offer["areas"]])
    return read_form("account", schema, several=("areas",))


def _only_area() -> list[str]:
    """Where there is only one area it is chosen from the start."""
    codes = [area.code for area in areas()]
    return codes if len(codes) == 1 else []


def _stored(user: User) -> dict[str, Any]:
    return {
        "email": user.email,
        "role": user.role.value,
        "title": user.title,
        "unit": str(user.unit_id or ""),
        "areas": [area.code for area in user.areas],
    }


def _form(typed: Input, user: User | None = None) -> tuple[str, int]:
    own = user is not None and user.id == person().id
    return render_template("web/konto-visa.html", typed=typed, account=user, own=own, **offered()), typed.status


def _find(session: Session, user_id: int) -> User:
    known = (User.federation_id == person().federation_id, User.forgotten_at.is_(None))
    here = select(User).where(User.id == user_id, *known)
    user = session.scalars(here).one_or_none()
    if user is None:
        abort(404)
    return user


def _taken(session: Session, email: str) -> bool:
    with opened(session, ACCOUNTS):
        return session.scalar(select(User.id).where(User.email == email)) is not None


def _add(session: Session, data: dict[str, Any]) -> User:
    user = User(federation_id=person().federation_id, password_hash=no_password(), is_example=False)
    session.add(user)
    _fill(session, user, data)
    session.flush()
    return user


def _fill(session: Session, user: User, data: dict[str, Any]) -> None:
    user.email, user.title, user.role = data["email"], data["title"], Role(data["role"])
    user.unit_id = int(data["unit"]) if data["unit"] else None
    chosen = (Area.federation_id == user.federation_id, Area.code.in_(data["areas"]))
    user.areas = list(session.scalars(select(Area).where(*chosen)))
    if user.role is not Role.COORDINATOR:
        user.post_id = None  # A post is a coordinator's; whoever is none any more leaves it.


def _done(event: str, user: User, message: str) -> Response:
    logger.info(event, user_id=person().id, account_id=user.id)
    flash(message)
    return redirect(url_for("konton.list_accounts"), 303)
