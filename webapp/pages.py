"""Pages that say the same to everybody, and the start page that leads each role to its work."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from models.user import Role
from webapp.requests import now, parts

blueprint = Blueprint("pages", __name__)
VALID = timedelta(days=180)
FIRST_PAGE = {
    Role.REPORTER: "rapportera.report",
    Role.COORDINATOR: "oversikt.show",
    Role.FORUM_MEMBER: "rapporter.list_summaries",
    Role.ADMINISTRATOR: "rapporter.list_summaries",
}


@blueprint.get("/")
def start() -> Response:
    if not current_user.is_authenticated:
        return redirect(url_for("sign_in.sign_in"))
    return redirect(url_for(FIRST_PAGE[current_user.role]))


@blueprint.get("/om")
def about() -> str:
    return render_template("web/om.html")


@blueprint.get("/personuppgifter")
def personal_data() -> str:
    return render_template("web/personuppgifter.html")


@blueprint.get("/.well-known/security.txt")
def security_contact() -> Response:
    """Where somebody who has found a hole tells of it (RFC 9116). It expires, so that a service that nobody looks
    after does not promise an answer for ever."""
    until = now().replace(microsecond=0) + VALID
    address = parts().settings.mail_from
    lines = [f"Contact: mailto:{address}", f"Expires: {until.isoformat()}", "Preferred-Languages: sv, en", ""]
    return Response("\n".join(lines), mimetype="text/plain")


@blueprint.get("/tillganglighet")
def accessibility() -> str:
    return render_template("web/tillganglighet.html")
