"""Signing in and out. The cookie holds a random token; the server's row decides whether it opens anything."""

from __future__ import annotations

import re
import secrets
from datetime import datetime

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask_login import UserMixin, current_user, login_user, logout_user
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import delete, select, update
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from models.user import Role, Scope, SignIn, User, find_sign_in, hash_token
from webapp import form_key, second_factor, slow_down
from webapp.demo import ACCOUNTS
from webapp.passwords import fits
from webapp.rapportera.filing import WRITERS, show_again
from webapp.rapportera.form import typed
from webapp.requests import logger, now, parts, person, reading, writing
from webapp.wall import recognise

blueprint = Blueprint("sign_in", __name__)
KEPT = "kept-"  # what the fields of an interrupted form are called on the sign-in page
SECONDS_UNSEEN = 60  # the moment last seen is written at most this often
STALE = "Sidan har varit öppen för länge. Logga in igen"
ANOTHERS = "Texten på inloggningssidan hörde till ett annat konto. Den är inte sparad."
SECONDS_FOR_CODE = 300
WRONG_CODE = "Koden stämmer inte, eller är redan använd. Vänta på nästa och skriv den"
WRONG = "E-postadressen eller lösenordet stämmer inte"


class Person(UserMixin):  # type: ignore[misc]
    """The signed-in person of a request."""

    def __init__(self, user: User, token: str) -> None:
        self.user, self.token = user, token
        self.role: Role = user.role
        self.scope: Scope = user.scope

    def get_id(self) -> str:
        return self.token


def load_person(token: str) -> Person | None:
    """Who the token in the cookie belongs to, if it still opens anything."""
    moment = now()
    found = find_sign_in(reading(), token, moment)
    if found is None:
        return None
    recognise(found.user)
    if (moment - found.seen_at).total_seconds() > SECONDS_UNSEEN:
        _note_seen(found.id, moment)
    return Person(found.user, token)


def _note_seen(sign_in_id: int, moment: datetime) -> None:
    """Who only reads is let in also when the disk is full; the sign-in then ends half an hour after its last note."""
    try:
        with writing() as store:
            store.execute(update(SignIn).where(SignIn.id == sign_in_id).values(seen_at=moment))
    except SQLAlchemyError as error:
        logger.warning("sign_in_not_noted", kind=type(error).__name__)


@blueprint.route("/logga-in", methods=["GET", "POST"])
def sign_in() -> Response | str | tuple[str, int]:
    if request.method == "GET":
        return redirect(url_for("pages.start")) if current_user.is_authenticated else page(request.args.get("next"))
    email = request.form.get("email", "").replace("\x00", "").strip().lower()
    if wait := slow_down.seconds_to_wait(reading(), email, now()):
        return _refuse(email, slow_down.too_many(wait), 429)
    user = _check_password(email, request.form.get("password", ""))
    if user is None:
        with writing() as store:
            slow_down.note_refused(store, email, now())
        return _refuse(email, WRONG, 422)
    return _ask_for_code(user) if user.second_factor else _let_in(user)


def _let_in(user: User) -> Response | str | tuple[str, int]:
    """Open a session, and go on where one was interrupted."""
    open_session(user)
    kept = kept_fields()
    if kept and form_key.read(kept.get("form_key", ""), user.id) is None:
        flash(ANOTHERS)
        return redirect(url_for("pages.start"))
    interrupted = request.form.get("next") == url_for("rapportera.report") and user.role in WRITERS
    if interrupted and kept:
        return show_again(kept, "Du är inloggad igen. Din text finns kvar. Kontrollera och skicka igen.")
    return redirect(_safe(request.form.get("next")))


def _check_password(email: str, password: str) -> User | None:
    user = reading().scalars(select(User).where(User.email == email, User.disabled_at.is_(None))).one_or_none()
    return user if fits(user.password_hash if user else None, password) else None


def _ask_for_code(user: User, error: str = "", status: int = 200) -> tuple[str, int]:
    """The second step. The proof says for a few minutes that the password was right, to nobody but this service."""
    kept = kept_fields()
    html = render_template(
        "web/logga-in-kod.html",
        errors={"code": error} if error else {},
        proof=_proofs().dumps(user.id),
        next=request.form.get("next", ""),
        carried=_carried(kept) if kept else [],
    )
    return html, status


@blueprint.post("/logga-in/kod")
def second_step() -> Response | str | tuple[str, int]:
    try:
        user = reading().get(User, _proofs().loads(request.form.get("proof", ""), max_age=SECONDS_FOR_CODE))
    except BadSignature:
        user = None
    if user is None or user.disabled_at or not user.second_factor:
        return page(request.form.get("next"), kept_fields(), {"form": STALE})
    if wait := slow_down.seconds_to_wait(reading(), user.email, now()):
        return _ask_for_code(user, slow_down.too_many(wait), 429)
    with writing() as store:
        right = second_factor.use_code(store, user, request.form.get("code", ""), now())
        if not right:
            slow_down.note_refused(store, user.email, now())
    return _let_in(user) if right else _ask_for_code(user, WRONG_CODE, 422)


def _proofs() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(parts().settings.secret_key, salt="the password was right")


def _refuse(email: str, message: str, status: int) -> tuple[str, int]:
    logger.warning("sign_in_refused", status=status)
    return page(request.form.get("next"), kept_fields(), {"password": message}, email)[0], status


def open_session(user: User) -> None:
    """A new token at every sign-in, so that a planted one opens nothing; the one it takes the place of is ended."""
    token, moment = secrets.token_urlsafe(32), now()
    with writing() as store:
        if current_user.is_authenticated:
            store.execute(delete(SignIn).where(SignIn.token_hash == hash_token(current_user.token)))
        slow_down.note_let_in(store, user.email)
        store.add(SignIn(user_id=user.id, token_hash=hash_token(token), started_at=moment, seen_at=moment))
    signed_in = Person(user, token)
    recognise(user)
    # What may fail is done before the cookie changes: whoever gets no answer sends the same form again, token and all.
    session.clear()
    session.permanent = True
    login_user(signed_in)
    logger.info("signed_in", user_id=user.id, role=user.role.value)


@blueprint.post("/logga-ut")
def sign_out() -> Response:
    with writing() as store:
        store.execute(delete(SignIn).where(SignIn.token_hash == hash_token(current_user.token)))
    g.signed_out = person()  # The log asks when the answer is ready, and then nobody is signed in.
    logout_user()
    session.clear()
    flash("Du är utloggad.")
    return redirect(url_for("sign_in.sign_in"))


def page(
    next_address: str | None = None,
    kept: MultiDict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    email: str = "",
) -> tuple[str, int]:
    """The sign-in page; `kept` are the fields of a form that was interrupted."""
    html = render_template(
        "web/logga-in.html",
        errors=errors or {},
        values={"email": email},
        next=next_address or "",
        carried=_carried(kept) if kept else [],
        demo_accounts=_demo_accounts(),
    )
    return html, 422 if errors else 200


def _carried(form: MultiDict[str, str]) -> list[tuple[str, str]]:
    """The answers of an interrupted report, as hidden fields. Its key says whose they are, and which draft they belong
    to; without one nobody of ours wrote them, and nothing is kept."""
    answers = typed(form) if form_key.is_ours(form.get("form_key", "")) else {}
    several = ((name, [found] if isinstance(found, str) else found) for name, found in answers.items())
    return [(KEPT + name, value) for name, values in several for value in values if value]


def kept_fields() -> MultiDict[str, str]:
    """The answers of an interrupted report that came along with the sign-in."""
    fields = request.form.items(multi=True)
    return MultiDict((name.removeprefix(KEPT), value) for name, value in fields if name.startswith(KEPT))


def _safe(address: str | None) -> str:
    """Only an address of our own is followed after a sign-in. A browser drops control characters and reads
    a backslash as a slash, so with either of them an address may lead elsewhere than it seems to."""
    address = address or ""
    own = re.match("/(?!/)", address) and address.isprintable() and "\\" not in address
    return address if own else url_for("pages.start")


def _demo_accounts() -> list[dict[str, str]]:
    """The example accounts, shown only by a product that was started with --demo."""
    if not parts().settings.demo:
        return []
    return [{"email": account.email, "password": account.password, "role": account.title} for account in ACCOUNTS]
