"""/konto/tvasteg: asking for a code besides the password, from now on; and no longer."""

from __future__ import annotations

import io

import segno
from flask import Response, abort, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from webapp import second_factor, slow_down
from webapp.konton.own import WRONG, Answer
from webapp.konton.own import blueprint as blueprint
from webapp.passwords import fits
from webapp.requests import logger, now, person, reading, writing

WORD = "second_factor_word"  # of the cookie, until the first code has been typed
WRONG_CODE = "Koden stämmer inte. Kontrollera att telefonens klocka går rätt och skriv nästa kod"


@blueprint.route("/konto/tvasteg", methods=["GET", "POST"])
def turn_on() -> Answer:
    """Show the secret, and turn it on when the first code proves that the app has it."""
    if person().second_factor:
        return redirect(url_for("konto.show"), 303)
    word = session.setdefault(WORD, second_factor.new_word())
    if request.method == "GET":
        return _page(word)
    code = "".join(request.form.get("code", "").split())
    step = second_factor.step_of(person().id, word, code, now())
    if step is None:
        return _page(word, WRONG_CODE)
    with writing() as store:
        codes = second_factor.turn_on(store, person(), word, step)
    session.pop(WORD)
    logger.info("second_factor_on", user_id=person().id)
    return render_template("web/tvasteg-koder.html", codes=codes), 200


def _page(word: str, error: str = "") -> tuple[str, int]:
    secret = second_factor.secret_of(person().id, word)
    spaced = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    html = render_template("web/tvasteg.html", secret=spaced, errors={"code": error} if error else {})
    return html, 422 if error else 200


@blueprint.get("/konto/tvasteg.svg")
def picture() -> Response:
    """The secret as a picture, for the camera of a phone. A file of its own: nothing is inline on our pages."""
    if WORD not in session:
        abort(404)
    drawn = io.BytesIO()
    segno.make(second_factor.address_of(person(), session[WORD])).save(drawn, kind="svg", scale=5, border=4)
    return Response(drawn.getvalue(), mimetype="image/svg+xml")


@blueprint.post("/konto/tvasteg/av")
def turn_off() -> AnyResponse | tuple[str, int]:
    """Whoever only found an open browser cannot turn it off: that takes the password."""
    user = person()
    wait = slow_down.seconds_to_wait(reading(), user.email, now())
    if wait or not fits(user.password_hash, request.form.get("current", "")):
        flash(slow_down.too_many(wait) if wait else f"{WRONG}. Tvåstegsinloggningen är fortfarande på.")
        return redirect(url_for("konto.show"), 303)
    with writing() as store:
        second_factor.turn_off(store, user.id)
    logger.info("second_factor_off", user_id=user.id)
    flash("Tvåstegsinloggningen är av.")
    return redirect(url_for("konto.show"), 303)
