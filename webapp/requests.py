"""What belongs to one request: its parts, its reading session, its id, and the words of every page."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from io import BytesIO
from typing import IO, Any, TypeVar, cast

import flask
from flask import Flask, Response, current_app, g, request, url_for
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from structlog.contextvars import bind_contextvars, clear_contextvars

import logs
from models.base import Clock, Database
from models.user import Role, Scope, User
from settings import Settings
from webapp.doorbell import Doorbell
from webapp.wall import Opening, opened, sees

logger = logs.get("webapp")


@dataclass(frozen=True)
class Parts:
    """What `create_app` was given and made: the same for every request."""

    settings: Settings
    database: Database
    doorbell: Doorbell
    clock: Clock


def parts() -> Parts:
    found: Parts = current_app.extensions["lexheller"]
    return found


def now() -> datetime:
    return parts().clock()


def reading() -> Session:
    """The reading session of this request, opened at first use and closed when the request ends."""
    if "session" not in g:
        g.session = Session(parts().database.engine, expire_on_commit=False, info={"sees": sees()})
    session: Session = g.session
    return session


@contextmanager
def writing() -> Iterator[Session]:
    """A transaction that writes and commits when the block ends well.

    The reading session hands its connection back first: if every thread held one while it waited for a second,
    a crowd would wait for itself. What is read afterwards is read anew and sees what was written meanwhile.
    """
    if "session" in g:
        g.session.commit()
    with parts().database.write(sees()) as session:
        yield session


View = TypeVar("View", bound=Callable[..., Any])


def through(opening: Opening) -> Callable[[View], View]:
    """Let what a function reads be seen through an opening in the wall."""

    def wrap(view: View) -> View:
        @wraps(view)
        def seen(*given: Any, **named: Any) -> Any:
            with opened(reading(), opening):
                return view(*given, **named)

        return cast(View, seen)

    return wrap


def scrub() -> None:
    """After something was taken away: leave no copy of it in the database's log."""
    reading().rollback()  # An open reading transaction would hold on to the log.
    parts().database.scrub()


def scope() -> Scope:
    """What the signed-in person may see."""
    found: Scope = current_user.scope
    return found


def person() -> User:
    """The account of the signed-in person."""
    found: User = current_user.user
    return found


PLACES = (
    ("Rapportera", "rapportera.report", (Role.REPORTER, Role.COORDINATOR)),
    ("Mina rapporter", "mina_rapporter.list_reports", (Role.REPORTER, Role.COORDINATOR)),
    ("Samma sak hände mig", "signaler.open_patterns", (Role.REPORTER,)),
    ("Översikt", "oversikt.show", (Role.COORDINATOR,)),
    ("Att granska", "granska.list_reports", (Role.COORDINATOR,)),
    ("Avvikelser", "avvikelser.list_reports", (Role.COORDINATOR,)),
    ("Signaler", "signaler.list_signals", (Role.COORDINATOR,)),
    ("Lämna ut", "lamna_ut.list_handouts", (Role.COORDINATOR,)),
    ("Åtgärder", "atgarder.list_actions", (Role.COORDINATOR, Role.FORUM_MEMBER, Role.ADMINISTRATOR)),
    ("Forum", "forum.list_forums", (Role.COORDINATOR, Role.FORUM_MEMBER, Role.ADMINISTRATOR)),
    ("Sammanställningar", "rapporter.list_summaries", (Role.COORDINATOR, Role.FORUM_MEMBER, Role.ADMINISTRATOR)),
    ("Konton", "konton.list_accounts", (Role.ADMINISTRATOR,)),
    ("Tjänster", "tjanster.list_posts", (Role.ADMINISTRATOR,)),
    ("Utskick", "utskick.list_deliveries", (Role.ADMINISTRATOR,)),
    ("Logg", "logg.show", (Role.ADMINISTRATOR,)),
    ("Gallring", "gallring.show", (Role.ADMINISTRATOR,)),
    ("Klassificeraren", "klassificeraren.show", (Role.ADMINISTRATOR,)),
    ("Drift", "drift.show", (Role.ADMINISTRATOR,)),
)
# What stands beside a place in the navigation: endpoint to what counts it. Each page that has one puts it here.
COUNTS: dict[str, Callable[[], int | str]] = {}
# The addresses that take a file, with the bytes that they may be sent. A form is never that large.
UPLOADS: dict[str, int] = {}


class Request(flask.Request):
    """A file that is sent here stays in memory and is gone with the request: none is ever laid on disk."""

    def _get_file_stream(self, *_: Any, **__: Any) -> IO[bytes]:
        return BytesIO()


def _words() -> dict[str, Any]:
    """What base.html asks for. An error page must not ask the database again, since that may be what failed."""
    if g.get("failing") or not current_user.is_authenticated:
        return {"nav": [], "who": None, "example_data": parts().settings.demo}
    user = person()
    places = [_place(label, endpoint) for label, endpoint, roles in PLACES if user.role in roles]
    return {"nav": places, "who": user.title, "example_data": user.is_example}


def _place(label: str, endpoint: str) -> dict[str, Any]:
    current = (request.endpoint or "").split(".")[0] == endpoint.split(".")[0]
    return {
        "label": label,
        "href": url_for(endpoint),
        "current": current,
        "count": COUNTS[endpoint]() or None if endpoint in COUNTS else None,
    }


def _begin() -> None:
    clear_contextvars()
    request.max_content_length = UPLOADS.get(request.endpoint or "", request.max_content_length)
    g.request_id, g.began = secrets.token_hex(8), time.monotonic()
    bind_contextvars(request_id=g.request_id)


def _end(response: Response) -> Response:
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
        path = request.url_rule.rule if request.url_rule else "unknown"
        spent = round(1000 * (time.monotonic() - g.began))
        logger.info("answered", method=request.method, route=path, status=response.status_code, ms=spent)
    return response


def _close(_error: BaseException | None) -> None:
    """Let the reading session go. A connection that broke during the request must not spoil its answer."""
    session = g.pop("session", None)
    try:
        if session is not None:
            session.close()
    except SQLAlchemyError as error:
        logger.warning("connection_broken", kind=type(error).__name__)
        session.invalidate()


def register(app: Flask) -> None:
    """Let every request begin, end and close as it should."""
    # First of all, before the guards of the other packages: what they log shall carry the id too.
    app.before_request_funcs.setdefault(None, []).insert(0, _begin)
    app.after_request(_end)
    app.teardown_request(_close)
    app.context_processor(_words)
    app.request_class = Request
