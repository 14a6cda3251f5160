"""The faces: one module per family of addresses. `create_app` puts them together."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from flask import Flask
from flask_login import LoginManager
from flask_talisman import Talisman
from flask_wtf.csrf import CSRFProtect
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

import logs
import settings
from models.base import Clock, Database, utc_now
from models.clock import refuse_wrong_clock
from models.wall_state import refuse_without_wall
from webapp import access, audit, errors, halsa, issuers, pages, requests, sign_in
from webapp.atgarder.form import blueprint as atgarder
from webapp.avvikelser.list import blueprint as avvikelser
from webapp.doorbell import Doorbell
from webapp.drift import blueprint as drift
from webapp.forum.decisions import blueprint as agenda
from webapp.forum.meetings import blueprint as meetings
from webapp.forum.register import blueprint as forum
from webapp.forum.upkeep import blueprint as forum_upkeep
from webapp.gallring.stops import blueprint as gallring
from webapp.granska.upkeep import blueprint as granska
from webapp.klassificeraren import blueprint as klassificeraren
from webapp.konton.accounts import blueprint as konton
from webapp.konton.choose import blueprint as losenord
from webapp.konton.extract import blueprint as konto
from webapp.konton.log import blueprint as logg
from webapp.lamna_ut.deciding import blueprint as lamna_ut
from webapp.metrics import blueprint as metrics
from webapp.mina_rapporter.completing import blueprint as komplettering
from webapp.mina_rapporter.own_reports import blueprint as mina_rapporter
from webapp.monster.pages import blueprint as monster
from webapp.oversikt.dashboard import blueprint as oversikt
from webapp.oversikt.signals import blueprint as signaler
from webapp.rapporter.approval import blueprint as rapporter
from webapp.rapporter.verify import blueprint as kontrollera
from webapp.rapportera.filing import blueprint as rapportera
from webapp.svar.answered import blueprint as besvarade
from webapp.svar.answering import blueprint as svar
from webapp.tjanster import blueprint as tjanster
from webapp.utskick import blueprint as utskick

LARGEST_BODY = 256 * 1024  # bytes; the longest allowed report is about 4 kB

NOTHING_INLINE = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def create_app(current: settings.Settings | None = None, clock: Clock = utc_now) -> Flask:
    """The web application.

    Arguments: current - the settings, read from the environment when left out; clock - what tells the moment.
    """
    current = current or settings.load()
    logs.configure()
    app = Flask("webapp", template_folder=str(Path(__file__).parent.parent / "templates"))
    _configure(app, current)
    database = Database(current.database_url, walled=True)
    if current.production:
        refuse_wrong_clock(database)
        refuse_without_wall(database)
    app.extensions["lexheller"] = requests.Parts(current, database, Doorbell(current.broker_url), clock)
    _guard(app, current)
    for blueprint in (sign_in.blueprint, rapportera, mina_rapporter, oversikt, avvikelser, rapporter, halsa.blueprint):
        app.register_blueprint(blueprint)
    app.register_blueprint(signaler)
    app.register_blueprint(monster)
    for blueprint in (granska, komplettering, tjanster, kontrollera):
        app.register_blueprint(blueprint)
    for blueprint in (forum, forum_upkeep, meetings, agenda, atgarder):
        app.register_blueprint(blueprint)
    for blueprint in (konton, konto, losenord, logg):
        app.register_blueprint(blueprint)
    for blueprint in (svar, besvarade, utskick, drift, klassificeraren, metrics, gallring, lamna_ut):
        app.register_blueprint(blueprint)
    app.register_blueprint(issuers.blueprint)
    app.register_blueprint(pages.blueprint)
    requests.register(app)
    issuers.register(app, current.issuers)
    access.register(app)
    audit.register(app)
    errors.register(app)
    return app


def _configure(app: Flask, current: settings.Settings) -> None:
    app.config.update(
        SECRET_KEY=current.secret_key,
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        MAX_FORM_PARTS=200,
        TRUSTED_HOSTS=list(current.trusted_hosts) or None,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=10),
        SESSION_COOKIE_NAME="__Host-lexheller" if current.production else "lexheller",
        SESSION_COOKIE_SECURE=current.production,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,  # A cookie lives as long as its sign-in at most, so it is sent once.
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(hours=1),
        WTF_CSRF_SSL_STRICT=False,  # It wants a Referer, which our own policy tells browsers not to send.
        WTF_CSRF_TIME_LIMIT=None,  # The sign-in sets the limit; a form may stand open as long as it lasts.
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def _guard(app: Flask, current: settings.Settings) -> None:
    if current.proxies:
        hops = current.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    CSRFProtect(app)
    # The templates do not ask who is signed in: an error page must not, when it is the database that failed.
    LoginManager(app, add_context_processor=False).user_loader(sign_in.load_person)
    app.login_manager.session_protection = None  # type: ignore[attr-defined]
    Talisman(
        app,
        force_https=current.production,
        strict_transport_security=current.production,
        content_security_policy=NOTHING_INLINE,
        referrer_policy="no-referrer",
        session_cookie_secure=current.production,
        frame_options="DENY",
    )
