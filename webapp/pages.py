"""Pages that say the same to everybody, and the start page that leads each role to its work."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from models.user import Role

blueprint = Blueprint("pages", __name__)
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


@blueprint.get("/tillganglighet")
def accessibility() -> str:
    return render_template("web/tillganglighet.html")
