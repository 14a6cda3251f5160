"""Signing in at one's employer, against a real OpenID provider that runs as a process of its own."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit, urlunsplit

import pytest
import requests
from marshmallow import ValidationError
from sqlalchemy import select

from models import AuditEvent, Identity, User
from models.base import utc_now
from models.user import Role
from schemas.issuer import read_issuers
from tests.site import Site, Visitor, address_of, open_site

LEVEL = "http://id.elegnamnden.se/loa/1.0/loa3"
PEOPLE = (
    {"sub": "anställd-1", "email": "anstalld@kommun.example.org", "acr": LEVEL},
    {"sub": "svag", "email": "svag@kommun.example.org", "acr": "password"},
    {"sub": "utan-niva", "email": "utan@kommun.example.org"},
    {"sub": "utan-adress", "acr": LEVEL},
    {"sub": "tagen", "email": address_of("coordinator"), "acr": LEVEL},
)


@contextmanager
def provider() -> Iterator[str]:
    """A provider with our people. Yields: its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    people = [word for person in PEOPLE for word in ("--user-claims", json.dumps(person))]
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), *people]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield _answers(f"http://127.0.0.1:{port}")
        finally:
            process.terminate()


def _answers(address: str) -> str:
    for _ in range(100):
        try:
            requests.get(f"{address}/.well-known/openid-configuration", timeout=1).raise_for_status()
        except requests.RequestException:
            time.sleep(0.1)
        else:
            return address
    raise TimeoutError("the provider does not answer")


@pytest.fixture(scope="module")
def providers() -> Iterator[tuple[str, str]]:
    with provider() as kommun, provider() as region:
        yield kommun, region


def entry(code: str, address: str) -> dict[str, object]:
    facts: dict[str, object] = {"code": code, "label": f"Issuer {code}", "issuer": address, "client_id": f"lh-{code}"}
    more = {"client_secret": "hemlig", "assurance": [LEVEL], "federation": "hoglandet", "areas": ["savsjo"]}
    return facts | more | {"unit": "kommun/forsorjningsstod"}


@pytest.fixture
def joined(site_url: str, providers: tuple[str, str], tmp_path: Path) -> Iterator[Site]:
    """A site that two employers sign in to."""
    file = tmp_path / "issuers.json"
    file.write_text(json.dumps([entry("kommun", providers[0]), entry("region", providers[1])]), encoding="utf-8")
    with open_site(site_url, tmp_path, issuers=file) as site:
        site.moment = utc_now()
        yield site


def ask(visitor: Visitor, code: str) -> str:
    """Begin a sign-in. Returns: the address at the provider that the browser is sent to."""
    answer = visitor.get(f"/logga-in/med/{code}")
    assert answer.status_code == 302
    return str(answer.location)


def approve(address: str, subject: str) -> str:
    """Be somebody at the provider. Returns: the address that the browser is sent back to."""
    answer = requests.post(address, data={"sub": subject}, allow_redirects=False, timeout=5)
    assert answer.status_code == 302, answer.text
    place = urlsplit(answer.headers["Location"])
    return urlunsplit(("", "", place.path, place.query, ""))


def come_in(site: Site, subject: str, code: str = "kommun") -> Visitor:
    visitor = site.visitor()
    visitor.get(approve(ask(visitor, code), subject))
    return visitor


def is_in(visitor: Visitor) -> bool:
    return visitor.get("/mina-rapporter").status_code == 200


def said(visitor: Visitor) -> str:
    return visitor.get("/logga-in").text


def with_query(address: str, **changes: str) -> str:
    place = urlsplit(address)
    return urlunsplit(place._replace(query=urlencode(dict(parse_qsl(place.query)) | changes)))


def test_the_sign_in_page_offers_each_issuer(joined: Site) -> None:
    page = joined.visitor().get("/logga-in").text
    assert "Logga in med Issuer kommun" in page
    assert "Logga in med Issuer region" in page


def test_whoever_comes_for_the_first_time_becomes_a_reporter_and_is_known_the_next_time(joined: Site) -> None:
    assert is_in(come_in(joined, "anställd-1"))
    assert is_in(come_in(joined, "anställd-1"))
    with joined.database.read() as session:
        identity = session.scalars(select(Identity)).one()
        user = session.get_one(User, identity.user_id)
        assert (user.role, user.email) == (Role.REPORTER, "anstalld@kommun.example.org")
        assert [area.code for area in user.areas] == ["savsjo"]
        logged = session.execute(select(AuditEvent.action, AuditEvent.user_id, AuditEvent.subject)).all()
    assert [tuple(row) for row in logged] == [("issuers.finish", user.id, "kommun")] * 2


def test_the_request_carries_state_nonce_a_challenge_and_the_level(joined: Site) -> None:
    asked = parse_qs(urlsplit(ask(joined.visitor(), "kommun")).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["code_challenge"][0]) >= 43
    assert len(asked["state"][0]) >= 20
    assert len(asked["nonce"][0]) >= 20
    assert asked["acr_values"] == [LEVEL]
    assert asked["scope"] == ["openid email"]


def test_the_same_subject_at_another_issuer_is_somebody_else(joined: Site) -> None:
    assert is_in(come_in(joined, "anställd-1", "kommun"))
    stranger = come_in(joined, "anställd-1", "region")
    assert not is_in(stranger), "the address is taken, and an address is no proof"
    assert "redan ett konto" in said(stranger)


def test_an_address_of_somebody_here_does_not_open_their_account(joined: Site) -> None:
    visitor = come_in(joined, "tagen")
    assert not is_in(visitor)
    assert "redan ett konto" in said(visitor)
    assert joined.count(Identity) == 0


@pytest.mark.parametrize("subject", ["svag", "utan-niva"])
def test_a_sign_in_that_is_too_weak_opens_nothing(joined: Site, subject: str) -> None:
    visitor = come_in(joined, subject)
    assert not is_in(visitor)
    assert "inte stark nog" in said(visitor)
    assert joined.count(Identity) == 0


def test_without_an_address_there_is_no_account(joined: Site) -> None:
    assert "ingen e-postadress" in said(come_in(joined, "utan-adress"))


def test_a_closed_account_stays_closed(joined: Site) -> None:
    come_in(joined, "anställd-1")
    with joined.database.write() as session:
        session.get_one(User, session.scalars(select(Identity.user_id)).one()).disabled_at = joined.moment
    visitor = come_in(joined, "anställd-1")
    assert not is_in(visitor)
    assert "stängt" in said(visitor)


def test_an_answer_is_good_once_and_only_for_who_asked(joined: Site) -> None:
    visitor, other = joined.visitor(), joined.visitor()
    back = approve(ask(visitor, "kommun"), "anställd-1")
    assert other.get(back).status_code == 302
    assert not is_in(other), "another browser's answer"
    visitor.get(back)
    assert is_in(visitor)
    again = joined.visitor()
    ask(again, "kommun")
    again.get(back)
    assert not is_in(again), "a replayed answer"


@pytest.mark.parametrize("tampered", ["state", "code"])
def test_a_tampered_answer_opens_nothing(joined: Site, tampered: str) -> None:
    visitor = joined.visitor()
    back = approve(ask(visitor, "kommun"), "anställd-1")
    visitor.get(with_query(back, **{tampered: "x" * 30}))
    assert not is_in(visitor)
    assert "gick inte igenom" in said(visitor)


@pytest.mark.parametrize("tampered", ["nonce", "client_id"])
def test_a_token_for_another_request_or_another_service_opens_nothing(joined: Site, tampered: str) -> None:
    visitor = joined.visitor()
    asked = with_query(ask(visitor, "kommun"), **{tampered: "somebody-else"})
    visitor.get(approve(asked, "anställd-1"))
    assert not is_in(visitor)
    assert joined.count(Identity) == 0


def test_an_answer_of_one_issuer_is_not_taken_at_another(joined: Site) -> None:
    visitor = joined.visitor()
    back = approve(ask(visitor, "kommun"), "anställd-1")
    visitor.get(back.replace("/med/kommun/", "/med/region/"))
    assert not is_in(visitor)


def test_an_issuer_that_does_not_answer_is_told_in_plain_words(site_url: str, tmp_path: Path) -> None:
    file = tmp_path / "issuers.json"
    file.write_text(json.dumps([entry("borta", "http://127.0.0.1:9")]), encoding="utf-8")
    with open_site(site_url, tmp_path, issuers=file) as site:
        visitor = site.visitor()
        assert visitor.get("/logga-in/med/borta").location == "/logga-in"
        assert "svarar inte" in said(visitor)
        assert visitor.get("/logga-in/med/okand").status_code == 404


@pytest.mark.parametrize(
    "change",
    [{"issuer": "http://idp.example.org"}, {"assurance": []}, {"unit": "kommun"}, {"code": "Å"}, {"extra": 1}],
)
def test_a_wrong_list_of_issuers_stops_the_start(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        read_issuers([entry("kommun", "https://idp.example.org") | change])
    with pytest.raises(ValidationError):
        read_issuers([entry("kommun", "https://a.example.org"), entry("kommun", "https://b.example.org")])
