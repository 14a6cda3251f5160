"""The second step of signing in: a code from an app, or a recovery code; each opens once."""

from __future__ import annotations

import re
from datetime import timedelta

import pyotp
from sqlalchemy import select
from werkzeug.test import TestResponse

from models import AuditEvent
from tests.site import PASSWORD, Site, Visitor, address_of

SECRET = re.compile(r'<code class="lh-key">([A-Z2-7 ]{20,})</code>')
CODE = re.compile(r"<code>([0-9a-f]{4}(?:-[0-9a-f]{4}){3})</code>")


def code_at(site: Site, secret: str, **later: float) -> str:
    return pyotp.TOTP(secret).at(site.moment + timedelta(**later))


def turn_on(site: Site, visitor: Visitor) -> tuple[str, list[str]]:
    """Turn the second step on. Returns: the secret, and the recovery codes."""
    found = SECRET.search(visitor.get("/konto/tvasteg").text)
    assert found
    secret = found[1].replace(" ", "")
    answer = visitor.post("/konto/tvasteg", data={"code": code_at(site, secret), **visitor.tokens("/konto/tvasteg")})
    assert answer.status_code == 200, answer.text
    return secret, CODE.findall(answer.text)


def first_step(site: Site) -> tuple[Visitor, dict[str, str]]:
    """Give the right password. Returns: the visitor, and what the next form holds."""
    visitor = site.visitor()
    words = {"email": address_of("coordinator"), "password": PASSWORD, **visitor.tokens("/logga-in")}
    page = visitor.post("/logga-in", data=words)
    assert page.status_code == 200
    return visitor, dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.text))


def second_step(site: Site, code: str) -> tuple[Visitor, TestResponse]:
    visitor, form = first_step(site)
    return visitor, visitor.post("/logga-in/kod", data=form | {"code": code})


def test_with_it_on_the_password_alone_opens_nothing(site: Site) -> None:
    secret, _ = turn_on(site, site.sign_in("coordinator"))
    visitor, _ = first_step(site)
    assert visitor.get("/oversikt").status_code == 302
    site.advance(minutes=1)
    visitor, answer = second_step(site, code_at(site, secret))
    assert answer.status_code == 302
    assert visitor.get("/oversikt").status_code == 200


def test_a_code_opens_once_and_only_in_its_time(site: Site) -> None:
    secret, _ = turn_on(site, site.sign_in("coordinator"))
    assert second_step(site, code_at(site, secret))[1].status_code == 422, "it has proved the app"
    site.advance(minutes=1)
    code = code_at(site, secret)
    assert second_step(site, code)[1].status_code == 302
    assert second_step(site, code)[1].status_code == 422
    site.advance(minutes=1)
    assert second_step(site, code)[1].status_code == 422
    assert second_step(site, code_at(site, secret, minutes=-5))[1].status_code == 422
    spaced = code_at(site, secret, seconds=25)  # A phone's clock may be half a minute wrong.
    assert second_step(site, f"{spaced[:3]} {spaced[3:]}")[1].status_code == 302


def test_a_wrong_code_after_the_right_password_is_logged(site: Site) -> None:
    turn_on(site, site.sign_in("coordinator"))
    assert second_step(site, "000000")[1].status_code == 422
    with site.database.read() as session:
        event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert event is not None
    assert (event.action, event.status, event.user_id) == ("sign_in.second_step", 422, None)


def test_a_recovery_code_opens_once(site: Site) -> None:
    _, codes = turn_on(site, site.sign_in("coordinator"))
    assert len(set(codes)) == 8
    assert second_step(site, codes[0].upper())[1].status_code == 302
    assert second_step(site, codes[0])[1].status_code == 422
    visitor, _ = second_step(site, codes[1])
    assert "6 reservkoder kvar" in visitor.get("/konto").text


def test_guessing_at_codes_is_slowed_down(site: Site) -> None:
    turn_on(site, site.sign_in("coordinator"))
    visitor, form = first_step(site)
    answers = [visitor.post("/logga-in/kod", data=form | {"code": "000000"}).status_code for _ in range(8)]
    assert answers == [422] * 5 + [429] * 3


def test_the_proof_of_the_password_is_signed_and_lasts_five_minutes(site: Site) -> None:
    _, codes = turn_on(site, site.sign_in("coordinator"))
    visitor, form = first_step(site)
    forged = form | {"proof": form["proof"][:-2] + "aa", "code": codes[0]}
    assert visitor.post("/logga-in/kod", data=forged).status_code == 422
    assert visitor.post("/logga-in/kod", data=form | {"proof": "", "code": codes[0]}).status_code == 422
    assert visitor.get("/oversikt").status_code == 302


def test_the_first_code_must_be_right_before_it_is_on(site: Site) -> None:
    visitor = site.sign_in("coordinator")
    for code in ("123456", "١٢٣٤٥٦", "åäö", ""):
        form = {"code": code, **visitor.tokens("/konto/tvasteg")}
        assert visitor.post("/konto/tvasteg", data=form).status_code == 422
    assert site.sign_in("coordinator").get("/oversikt").status_code == 200


def test_turning_it_off_takes_the_password(site: Site) -> None:
    visitor = site.sign_in("coordinator")
    turn_on(site, visitor)
    for password, state in (("fel", "Är på"), (PASSWORD, "Är av")):
        visitor.post("/konto/tvasteg/av", data={"current": password, **visitor.tokens("/konto")})
        assert state in visitor.get("/konto").text
    assert site.sign_in("coordinator").get("/oversikt").status_code == 200


def test_the_picture_is_a_file_of_its_own_and_only_while_it_is_being_turned_on(site: Site) -> None:
    visitor = site.sign_in("coordinator")
    assert visitor.get("/konto/tvasteg.svg").status_code == 404
    turn_page = visitor.get("/konto/tvasteg").text
    assert "/konto/tvasteg.svg" in turn_page
    assert visitor.get("/konto/tvasteg.svg").mimetype == "image/svg+xml"
    turn_on(site, visitor)
    assert visitor.get("/konto/tvasteg.svg").status_code == 404
