"""/logga-in/med: signing in at one's employer (OpenID Connect). Authlib speaks the protocol: state, nonce, PKCE, the
signature and audience of the answer. Here is decided what the answer opens."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Blueprint, Flask, abort, current_app, flash, redirect, url_for
from joserfc.errors import JoseError
from requests import RequestException
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from models.identity import Identity, find_identity
from models.organisation import Area, Federation, Party, Unit
from models.user import Role, User
from schemas.issuer import read_issuers
from webapp.passwords import no_password
from webapp.requests import logger, now, reading, writing
from webapp.sign_in import open_session

blueprint = Blueprint("issuers", __name__)
SECONDS = 5  # an issuer may take to answer, before the person is told that it does not
NOT_NOW = "Inloggningen hos din arbetsgivare svarar inte. Försök igen om en stund."
NOT_THROUGH = "Inloggningen hos din arbetsgivare gick inte igenom. Försök igen."
TOO_WEAK = "Din inloggning är inte stark nog för Lex Heller. Logga in på det sätt som din arbetsgivare kräver."
CLOSED = "Kontot är stängt. Vänd dig till administratören."
TAKEN = "Det finns redan ett konto med din e-postadress. Logga in med lösenordet, eller vänd dig till administratören."
NO_ADDRESS = "Din arbetsgivare lämnar ingen e-postadress. Vänd dig till administratören."


def register(app: Flask, file: Path | None) -> None:
    """Make the issuers known. Arguments: file - a JSON list, see `schemas.issuer`; None when there are none.

    Raises: marshmallow.ValidationError; OSError; ValueError when it is no JSON.
    """
    listed = read_issuers(json.loads(file.read_text(encoding="utf-8"))) if file else []
    app.extensions["issuers"] = {issuer["code"]: issuer for issuer in listed}
    clients = OAuth(app)
    for issuer in listed:
        clients.register(
            name=issuer["code"],
            client_id=issuer["client_id"],
            client_secret=issuer["client_secret"],
            server_metadata_url=issuer["issuer"].rstrip("/") + "/.well-known/openid-configuration",
            client_kwargs={"scope": "openid email", "code_challenge_method": "S256", "default_timeout": SECONDS},
        )
    app.extensions["issuer_clients"] = clients
    app.jinja_env.globals["ways_in"] = ways_in


def ways_in() -> list[dict[str, str]]:
    """The issuers as the sign-in page offers them."""
    found = current_app.extensions["issuers"].values()
    return [{"label": issuer["label"], "href": url_for("issuers.begin", code=issuer["code"])} for issuer in found]


def _issuer(code: str) -> tuple[dict[str, Any], Any]:
    issuer = current_app.extensions["issuers"].get(code)
    if issuer is None:
        abort(404)
    return issuer, getattr(current_app.extensions["issuer_clients"], code)


@blueprint.get("/logga-in/med/<code>")
def begin(code: str) -> Response:
    issuer, client = _issuer(code)
    back = url_for("issuers.finish", code=code, _external=True)
    try:
        asked: Response = client.authorize_redirect(back, acr_values=" ".join(issuer["assurance"]))
    except (RequestException, OAuthError, ValueError) as error:
        return _refuse(code, NOT_NOW, type(error).__name__)
    return asked


@blueprint.get("/logga-in/med/<code>/svar")
def finish(code: str) -> Response:
    """The way back. Nothing of what the issuer says is trusted before Authlib has checked it."""
    issuer, client = _issuer(code)
    try:
        claims: dict[str, Any] = client.authorize_access_token()["userinfo"]
    except RequestException as error:
        return _refuse(code, NOT_NOW, type(error).__name__)
    except (OAuthError, JoseError, KeyError, ValueError) as error:
        return _refuse(code, NOT_THROUGH, type(error).__name__)
    if claims.get("acr") not in issuer["assurance"]:
        return _refuse(code, TOO_WEAK, "assurance")
    known = find_identity(reading(), claims["iss"], claims["sub"])
    user_id = known.user_id if known else _welcome(issuer, claims)
    if isinstance(user_id, str):
        return _refuse(code, user_id, "account")
    user = reading().get_one(User, user_id)
    if user.disabled_at is not None:
        return _refuse(code, CLOSED, "closed")
    open_session(user)
    return redirect(url_for("pages.start"))


def _refuse(code: str, message: str, why: str) -> Response:
    logger.warning("sign_in_refused", issuer=code, why=why)
    flash(message)
    return redirect(url_for("sign_in.sign_in"))


def _welcome(issuer: dict[str, Any], claims: dict[str, Any]) -> int | str:
    """An account for somebody who comes for the first time: a reporter, never more. Returns: its id, or why not.

    An address that has an account already is not joined with it: whoever runs an issuer could claim any address.
    """
    email = str(claims.get("email") or "").strip().lower()
    if "@" not in email:
        return NO_ADDRESS
    try:
        with writing() as session:
            user = _new_reporter(session, issuer, email)
            session.add(Identity(user_id=user.id, issuer=claims["iss"], subject=claims["sub"], created_at=now()))
    except IntegrityError:
        return TAKEN
    logger.info("account_welcomed", user_id=user.id, issuer=issuer["code"])
    return user.id


def _new_reporter(session: Session, issuer: dict[str, Any], email: str) -> User:
    federation = session.scalars(select(Federation).where(Federation.code == issuer["federation"])).one()
    party, unit = issuer["unit"].split("/")
    mine = (Party.federation_id == federation.id, Party.code == party, Unit.code == unit)
    areas = session.scalars(select(Area).where(Area.federation_id == federation.id)).all()
    user = User(
        federation_id=federation.id,
        unit_id=session.scalars(select(Unit.id).join(Unit.party).where(*mine)).one(),
        email=email,
        password_hash=no_password(),
        role=Role.REPORTER,
        title=issuer["title"],
        areas=[area for area in areas if area.code in (issuer["areas"] or [area.code])],
        is_example=False,
    )
    session.add(user)
    session.flush()
    return user
