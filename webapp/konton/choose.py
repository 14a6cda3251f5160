"""/losenord: whoever holds the link from a mail chooses a password, or asks for such a link."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from models.account import AccountToken, Purpose, end_sign_ins, find_token, use_token
from models.user import User
from schemas.password import NewPasswordSchema
from webapp import slow_down
from webapp.form_input import Input, read_form
from webapp.konton.letters import order_letter
from webapp.passwords import hasher
from webapp.requests import logger, now, reading, writing

blueprint = Blueprint("losenord", __name__)
ASKED = "Om adressen har ett konto är ett mejl på väg. Länken i det gäller i en timme."
ASKING = "forgotten password"  # what the requests of one place are counted under


@blueprint.route("/losenord/<words>", methods=["GET", "POST"])
def choose(words: str) -> Response | tuple[str, int]:
    """The page behind the link. It tells nothing of the account but what its owner must know."""
    token = find_token(reading(), words, now())
    if token is None:
        return render_template("web/losenord-gammalt.html"), 410
    if request.method == "GET":
        return _page(words, token, Input())
    typed = read_form("password", NewPasswordSchema([token.user.email, token.user.title]))
    if typed.errors:
        return _page(words, token, typed)
    with writing() as session:
        user = use_token(session, words, now())
        if user is not None:
            user.password_hash = hasher.hash(typed.data["password"])
            end_sign_ins(session, user.id)
    if user is None:  # Somebody used the link a moment ago.
        return render_template("web/losenord-gammalt.html"), 410
    logger.info("password_chosen", user_id=user.id)
    flash("Lösenordet är sparat. Logga in med det.")
    return redirect(url_for("sign_in.sign_in"), 303)


def _page(words: str, token: AccountToken, typed: Input) -> tuple[str, int]:
    html = render_template("web/losenord.html", words=words, email=token.user.email, errors=typed.errors)
    return html, typed.status


@blueprint.route("/glomt-losenord", methods=["GET", "POST"])
def forgotten() -> Response | str | tuple[str, int]:
    """Everybody gets the same answer, so that it does not tell which addresses have accounts."""
    if request.method == "GET":
        return render_template("web/glomt-losenord.html", errors={})
    email = request.form.get("email", "").replace("\x00", "").strip().lower()
    with writing() as session:
        wait = slow_down.seconds_to_wait(session, ASKING, now())
        if wait:
            return render_template("web/glomt-losenord.html", errors={"email": slow_down.too_many(wait)}), 429
        slow_down.note_refused(session, ASKING, now())
        user_id = session.scalar(select(User.id).where(User.email == email, User.disabled_at.is_(None)))
        if user_id is not None:
            order_letter(session, user_id, Purpose.RESET)
    flash(ASKED)
    return redirect(url_for("sign_in.sign_in"), 303)
