"""Turning failures into pages, in one place. What somebody typed comes back, also when nothing else works."""

from __future__ import annotations

from flask import Flask, g, render_template, request, url_for
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DatabaseError, DataError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.wrappers import Response

from webapp import sign_in
from webapp.rapportera.filing import WRITERS, show_again
from webapp.rapportera.form import EXPIRED
from webapp.requests import logger
from webapp.sign_in import KEPT

WORDS = {
    400: ("Sidan kunde inte visas", "Adressen eller formuläret går inte att tolka. Gå tillbaka och försök igen."),
    404: ("Sidan finns inte", "Adressen kan vara felskriven, eller så har du inte behörighet till sidan."),
    405: ("Det går inte att göra så här", "Gå tillbaka och använd knapparna på sidan."),
    413: ("Det du skickade är för stort", "En rapport får innehålla högst 1 500 tecken, en fil högst 3 MB."),
    500: ("Något gick fel", "Felet är noterat. Försök igen om en stund."),
    503: ("Tjänsten är tillfälligt stängd", "Inget har sparats. Försök igen om en stund."),
}
KEEPING = (400, 500, 503)  # pages that give back what was typed
FREE = {"description": "Vad hände?", "suggestion": "Vad hade hjälpt?", "counterpart_other": "Annan verksamhet"}


def _show(code: int) -> tuple[str, int]:
    """The error page. It asks nothing of the database, which may be what failed."""
    g.failing = True
    heading, text = WORDS.get(code, WORDS[500])
    kept = _typed() if code in KEEPING else []
    page = render_template(
        "web/fel.html", code=code, heading=heading, text=text, reference=g.get("request_id", ""), kept=kept
    )
    return page, code


def _typed() -> list[tuple[str, str]]:
    """The free texts of the report form, also when they only pass through the sign-in page."""
    found = [(label, request.form.get(f"{prefix}{name}", "")) for prefix in ("", KEPT) for name, label in FREE.items()]
    return [(label, text) for label, text in found if text.strip()]


def _http_error(error: HTTPException) -> tuple[str, int] | Response:
    if error.code and error.code < 400:
        return error.get_response()
    if isinstance(error, SecurityError):  # Asked for under a host name that is not ours, no address can be written.
        return Response("Okänt värdnamn", 400, mimetype="text/plain")
    return _show(error.code or 500)


def _csrf_error(error: CSRFError) -> tuple[str, int] | Response | str:
    """A form that stood open past its sign-in. A report's text is kept; any other form starts again."""
    if request.endpoint == "sign_in.sign_in":
        return sign_in.page(request.form.get("next"), sign_in.kept_fields(), {"form": sign_in.STALE})
    if request.endpoint != "rapportera.report":
        return _show(400)
    if current_user.is_authenticated:
        return show_again(request.form, EXPIRED) if current_user.role in WRITERS else _show(404)
    return sign_in.page(next_address=url_for("rapportera.report"), kept=request.form)


def _database_error(error: DBAPIError | PoolTimeout) -> tuple[str, int]:
    """The database is away, full or locked: say so, keep the text. The log names the kind, not the words."""
    logger.error("database_failed", kind=type(error).__name__)
    return _show(503)


def _impossible(error: DataError) -> tuple[str, int]:
    """The database is well, but no column holds such a value; no form or address of ours asks for one."""
    logger.warning("impossible_value", kind=type(error).__name__)
    return _show(400)


def _unexpected(error: Exception) -> tuple[str, int]:
    logger.exception("unexpected", kind=type(error).__name__)
    return _show(500)


def register(app: Flask) -> None:
    """Hand every failure to its page."""
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(DatabaseError, _database_error)
    app.register_error_handler(DBAPIError, _database_error)
    app.register_error_handler(DataError, _impossible)
    app.register_error_handler(PoolTimeout, _database_error)
    app.register_error_handler(Exception, _unexpected)
