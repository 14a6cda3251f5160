"""/konto: one's own account: the password, and where one is signed in."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user
from marshmallow import fields
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from models.account import RecoveryCode, end_sign_ins
from models.user import ABSOLUTE, IDLE, SignIn, User, hash_token
from schemas.months import LOCAL
from schemas.password import NewPasswordSchema
from webapp import slow_down
from webapp.form_input import Input, read_form
from webapp.passwords import fits, hasher
from webapp.requests import logger, now, person, reading, writing

blueprint = Blueprint("konto", __name__)
Answer = Response | tuple[str, int]
WRONG = "Det är inte ditt nuvarande lösenord"


class ChangeSchema(NewPasswordSchema):
    """A new password, and the present one as the proof that it is the owner who sits there."""

    current = fields.String(load_default="")


@blueprint.get("/konto")
def show() -> Answer:
    return _page(Input())


@blueprint.post("/konto/losenord")
def change_password() -> Answer:
    """Change the password, and sign out everywhere else."""
    user = person()
    typed = read_form("password", ChangeSchema([user.email, user.title]))
    if wait := slow_down.seconds_to_wait(reading(), user.email, now()):
        typed.refuse("current", slow_down.too_many(wait))
    elif not typed.errors and not fits(user.password_hash, typed.data["current"]):
        typed.refuse("current", WRONG)
        with writing() as session:
            slow_down.note_refused(session, user.email, now())
    if typed.errors:
        return _page(typed)
    with writing() as session:
        session.get_one(User, user.id).password_hash = hasher.hash(typed.data["password"])
        end_sign_ins(session, user.id, but=current_user.token)
    logger.info("password_changed", user_id=user.id)
    flash("Lösenordet är ändrat. Du är utloggad på andra enheter.")
    return redirect(url_for("konto.show"), 303)


@blueprint.post("/konto/logga-ut-andra")
def sign_out_others() -> Response:
    with writing() as session:
        end_sign_ins(session, person().id, but=current_user.token)
    logger.info("signed_out_elsewhere", user_id=person().id)
    flash("Du är utloggad på alla andra enheter.")
    return redirect(url_for("konto.show"), 303)


def _page(typed: Input) -> tuple[str, int]:
    left = select(func.count()).select_from(RecoveryCode).where(RecoveryCode.user_id == person().id)
    html = render_template(
        "web/konto.html",
        errors=typed.errors,
        sign_ins=_sign_ins(),
        second_factor=bool(person().second_factor),
        codes_left=reading().scalar(left),
    )
    return html, typed.status


def _sign_ins() -> list[dict[str, Any]]:
    """Where the account is signed in at this moment, this browser first."""
    moment = now()
    still = (SignIn.user_id == person().id, SignIn.started_at > moment - ABSOLUTE, SignIn.seen_at > moment - IDLE)
    here = hash_token(current_user.token)
    rows = reading().scalars(select(SignIn).where(*still).order_by(SignIn.seen_at.desc()))
    told = [{"here": row.token_hash == here, "since": f"{row.started_at.astimezone(LOCAL):%H.%M}"} for row in rows]
    return sorted(told, key=lambda row: not row["here"])
