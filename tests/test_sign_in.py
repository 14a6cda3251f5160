"""Signing in and out: who gets in, for how long, and where to."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import select
from werkzeug.test import TestResponse

from models import Refusal, SignIn, User
from tests.site import MONDAY, PASSWORD, Site, Visitor, address_of

COOKIE = "lexheller"


def knock(visitor: Visitor, email: str, password: str, **more: str) -> TestResponse:
    words = {"email": email, "password": password, **more}
    return visitor.post("/logga-in", data=words | visitor.tokens("/logga-in"))


def cookie_of(visitor: Visitor) -> str:
    cookie = visitor.get_cookie(COOKIE)
    assert cookie
    return cookie.value


def with_cookie(site: Site, value: str) -> Visitor:
    visitor = site.visitor()
    visitor.set_cookie(COOKIE, value)
    return visitor


def is_in(visitor: Visitor) -> bool:
    return visitor.get("/mina-rapporter").status_code == 200


def test_each_role_is_led_to_its_work(site: Site) -> None:
    first = {
        "reporter": "/rapportera",
        "coordinator": "/oversikt",
        "member": "/rapporter",
        "administrator": "/rapporter",
    }
    for name, address in first.items():
        assert site.sign_in(name).get("/").location == address


def test_an_address_may_be_written_with_capitals_and_spaces(site: Site) -> None:
    assert knock(site.visitor(), f"  {address_of('reporter').upper()} ", PASSWORD).status_code == 302


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(site: Site) -> None:
    pages = []
    for email, password in ((address_of("reporter"), "fel lösenord"), ("nobody@example.org", PASSWORD)):
        visitor = site.visitor()
        answer = knock(visitor, email, password)
        assert answer.status_code == 422
        assert "<title>Fel: Logga in" in answer.text
        assert "E-postadressen eller lösenordet stämmer inte" in answer.text
        assert password not in answer.text
        assert not is_in(visitor)
        pages.append(answer.text.replace(email, "").split("<main")[1].split("csrf_token")[0])
    assert pages[0] == pages[1]
    assert site.count(SignIn) == 0


def test_a_disabled_account_is_refused_and_its_open_sign_in_ends(site: Site) -> None:
    visitor = site.sign_in("reporter")
    assert is_in(visitor)
    with site.database.write() as session:
        session.scalars(select(User).where(User.email == address_of("reporter"))).one().disabled_at = site.moment
    assert not is_in(visitor)
    assert knock(site.visitor(), address_of("reporter"), PASSWORD).status_code == 422


def test_the_old_cookie_opens_nothing_after_signing_out(site: Site) -> None:
    visitor = site.sign_in("reporter")
    kept = cookie_of(visitor)
    assert is_in(with_cookie(site, kept))
    assert visitor.post("/logga-ut", data=visitor.tokens()).location == "/logga-in"
    assert not is_in(visitor)
    assert not is_in(with_cookie(site, kept))
    assert site.count(SignIn) == 0


def test_a_sign_in_ends_after_half_an_hour_of_silence(site: Site) -> None:
    visitor = site.sign_in("reporter")
    for _ in range(3):
        site.advance(minutes=29)
        assert is_in(visitor)
    site.advance(minutes=30)
    assert not is_in(visitor)


def test_a_sign_in_ends_after_ten_hours_however_busy(site: Site) -> None:
    visitor = site.sign_in("reporter")
    for _ in range(10 * 60 // 25):
        site.advance(minutes=25)
        assert is_in(visitor) == (site.moment - MONDAY < timedelta(hours=10))
    site.advance(minutes=1)
    assert not is_in(visitor)


def test_every_sign_in_gets_a_new_token_and_ends_the_one_before(site: Site) -> None:
    visitor = site.sign_in("reporter")
    first = cookie_of(visitor)
    words = {"email": address_of("reporter"), "password": PASSWORD, **visitor.tokens()}
    assert visitor.post("/logga-in", data=words).status_code == 302
    assert cookie_of(visitor) != first
    assert is_in(visitor)
    assert not is_in(with_cookie(site, first))
    assert site.count(SignIn) == 1


def test_a_planted_cookie_does_not_become_somebodys_sign_in(site: Site) -> None:
    planter = site.visitor()
    planter.get("/logga-in")
    planted = cookie_of(planter)
    victim = with_cookie(site, planted)
    assert knock(victim, address_of("reporter"), PASSWORD).status_code == 302
    assert is_in(victim)
    assert not is_in(with_cookie(site, planted))


def test_the_database_does_not_hold_the_token(site: Site) -> None:
    visitor = site.sign_in("reporter")
    with visitor.session_transaction() as session:
        token = session["_user_id"]
    with site.database.read() as session:
        stored = session.scalars(select(SignIn)).one()
    assert len(token) >= 43
    assert token not in repr(vars(stored))


def test_a_cookie_signed_with_another_secret_opens_nothing(site: Site) -> None:
    kept = cookie_of(site.sign_in("reporter"))
    site.app.config["SECRET_KEY"] = "another secret altogether, just as long as the first"
    assert not is_in(with_cookie(site, kept))


def test_a_page_that_was_asked_for_is_shown_after_signing_in(site: Site) -> None:
    visitor = site.visitor()
    asked = visitor.get("/mina-rapporter?x=1")
    assert asked.location == "/logga-in?next=/mina-rapporter?x%3D1"
    answer = knock(visitor, address_of("reporter"), PASSWORD, next="/mina-rapporter?x=1")
    assert answer.location == "/mina-rapporter?x=1"


ELSEWHERE = [
    *(
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "http:evil.example",
        "evil.example",
        "\\\\evil.example",
    ),
    *(
        "/\t/evil.example",
        "/\n/evil.example",
        "/\r/evil.example",
        "\t//evil.example",
        "/\x00/evil.example",
        "///evil.example",
    ),
    *(
        " //evil.example",
        "javascript:alert(1)",
        "/\u2028/evil.example",
        "",
        "/%0a\x0d\nSet-Cookie:x=1",
        "//evil.example/%2f..",
    ),
]


def test_a_sign_in_leads_to_no_other_site(site: Site) -> None:
    for address in ELSEWHERE:
        location = knock(site.visitor(), address_of("reporter"), PASSWORD, next=address).location
        assert location == "/", repr(address)


def test_the_demo_accounts_are_not_shown_without_demo(site: Site) -> None:
    page = site.visitor().get("/logga-in").text
    assert "Konton för exempeldata" not in page
    assert "exempel-lex-heller" not in page


def test_the_way_back_after_the_sign_in_is_the_address_that_was_asked_for(site: Site) -> None:
    for asked, told in (("/rapportera", "/rapportera"), ("/rapportera?utkast=1", "/rapportera?utkast%3D1")):
        assert site.visitor().get(asked).location == f"/logga-in?next={told}"


def test_every_csv_names_its_characters_once(site: Site) -> None:
    for address in ("/atgarder.csv", "/avvikelser.csv", "/besvarade.csv"):
        assert site.sign_in("coordinator").get(address).headers["Content-Type"] == "text/csv; charset=utf-8", address


def test_whoever_guesses_waits_ever_longer_and_the_owner_elsewhere_gets_in(site: Site) -> None:
    guesser, owner = site.visitor(), site.visitor()
    owner.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    answers = [knock(guesser, address_of("reporter"), "fel lösenord") for _ in range(1000)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429] * 995
    assert "Vänta 2 sekunder" in answers[5].text
    # Not even the right password helps whoever has to wait: an answer would tell that it is the right one.
    assert knock(guesser, address_of("reporter"), PASSWORD).status_code == 429
    assert knock(owner, address_of("reporter"), PASSWORD).status_code == 302


def test_the_pause_doubles_up_to_a_quarter_of_an_hour_and_ends(site: Site) -> None:
    guesser, waited = site.visitor(), []
    for _ in range(20):
        seconds = 0
        while knock(guesser, address_of("reporter"), "fel lösenord").status_code == 429:
            site.advance(seconds=1 if seconds < 20 else 60)
            seconds += 1 if seconds < 20 else 60
        waited.append(seconds)
    assert waited[:10] == [0, 0, 0, 0, 0, 2, 4, 8, 16, 80]
    assert waited[-1] <= 960
    site.advance(minutes=16)
    assert knock(guesser, address_of("reporter"), PASSWORD).status_code == 302


def test_guessing_at_many_accounts_slows_the_place_down_also_between_own_sign_ins(site: Site) -> None:
    guesser = site.visitor()
    for number in range(50):
        assert knock(guesser, f"konto{number}@example.org", "fel lösenord").status_code == 422
        if number % 10 == 0:
            assert knock(site.visitor(), address_of("colleague"), PASSWORD).status_code == 302
    assert knock(guesser, "nytt@example.org", "fel lösenord").status_code == 429
    site.advance(seconds=3)
    assert knock(guesser, address_of("reporter"), PASSWORD).status_code == 302


def test_what_is_remembered_of_refusals_tells_neither_who_nor_where_and_is_forgotten(site: Site) -> None:
    knock(site.visitor(), address_of("reporter"), "fel lösenord")
    with site.database.read() as session:
        rows = session.scalars(select(Refusal)).all()
    assert len(rows) == 3
    assert all(re.fullmatch("[0-9a-f]{64}", row.key) for row in rows)
    site.advance(days=2)
    knock(site.visitor(), address_of("colleague"), "fel lösenord")
    assert site.count(Refusal) == 3
