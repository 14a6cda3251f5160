"""What goes into the audit log: every change, every report that is read, everything that is taken out, and refusals.

The rule is written once, over all addresses, so that a new address that changes something is logged from its first day.
"""

from __future__ import annotations

from flask import Flask, Response, g, request
from sqlalchemy.exc import SQLAlchemyError

from models.audit import AuditEvent, add_event
from models.user import User
from webapp.requests import logger, now, parts
from webapp.wall import LOG

# What is logged though nothing is posted: one report with its text, what leaves as a file, an employer's sign-in.
READS = {
    "avvikelser.show_report",
    "avvikelser.export",
    "granska.show_report",
    "granska.edit_text",
    "atgarder.export",
    "rapporter.download",
    "konto.extract",
    "issuers.finish",
    "lamna_ut.show_copy",
    "lamna_ut.letter",
    "lamna_ut.download",
    "lamna_ut.export",
    "logg.export",
}
# Where a stranger is refused: a password, and the code after it.
DOORS = {"sign_in.sign_in", "sign_in.second_step"}
# The report itself tells who filed it and when, and the form must not wait for a second transaction.
TOLD_ELSEWHERE = {"rapportera.report"}
REFUSALS = (403, 404, 422)  # not yours, or a wrong password; who guesses on and on is slowed down, not listed
LONGEST_SUBJECT = 120  # characters
SECRETS = {"words"}  # parts of an address that open something


def _is_logged(status: int) -> bool:
    if request.endpoint is None or request.endpoint in TOLD_ELSEWHERE or status >= 500:
        return False
    if _who() is None:
        return request.endpoint in DOORS and status in REFUSALS
    return request.endpoint in READS or request.method == "POST" or status in REFUSALS


def _who() -> User | None:
    """Who is signed in, or was when they signed out.

    Asked without the database, which may be what failed: only what this request has loaded already counts."""
    here = g.get("_login_user")
    user: User | None = here.user if getattr(here, "is_authenticated", False) else g.get("signed_out")
    return user


def _subject() -> str:
    values = [str(value) for name, value in (request.view_args or {}).items() if name not in SECRETS]
    return "/".join(values).encode("ascii", "replace").decode()[:LONGEST_SUBJECT]


def _note(response: Response) -> Response:
    """Add the request to the log. Where the log cannot be written the answer still goes out, and the failure is
    told where failures are: who only reads is let in also when the disk is full."""
    if not _is_logged(response.status_code):
        return response
    user = _who()
    event = AuditEvent(
        at=now(),
        user_id=user.id if user else None,
        federation_id=user.federation_id if user else None,
        action=request.endpoint,
        subject=_subject(),
        status=response.status_code,
        request_id=g.get("request_id", ""),
    )
    try:
        with parts().database.write(LOG) as session:
            add_event(session, event)
    except SQLAlchemyError as error:
        logger.error("audit_failed", action=request.endpoint, kind=type(error).__name__)
    return response


def register(app: Flask) -> None:
    """Note every request that the rule names, when its answer is known."""
    app.after_request(_note)
