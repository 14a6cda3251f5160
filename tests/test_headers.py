"""What every answer says to the browser, and the cookie it leaves there."""

from __future__ import annotations

from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path

from flask import request
from werkzeug.test import TestResponse

from tests.site import Site, open_site

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
YEAR = 365 * 24 * 3600  # seconds


def answers(site: Site) -> Iterator[tuple[str, TestResponse]]:
    """Pages of every kind: open, closed, wrong, redirecting, files, tables."""
    stranger, coordinator = site.visitor(), site.sign_in("coordinator")
    reference = coordinator.file_report()
    site.recount()
    for address in ("/", "/logga-in", "/om", "/tillganglighet", "/halsa", "/oversikt", "/nej"):
        yield address, stranger.get(address)
    own = ("/rapportera", "/mina-rapporter", f"/mina-rapporter/{reference}", f"/rapportera/kvitto/{reference}")
    for address in (*own, "/oversikt", "/avvikelser", f"/avvikelser/{reference}", "/avvikelser.csv", "/rapporter", "/"):
        yield address, coordinator.get(address)
    yield "422", coordinator.send(description="kort")
    yield "400", coordinator.post("/rapporter", data={})
    yield "405", coordinator.post("/oversikt", data=coordinator.tokens())
    yield "413", coordinator.send(description="x" * 300_000)


def test_every_answer_carries_the_strict_headers(site: Site) -> None:
    seen = set()
    for address, answer in answers(site):
        given = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
        assert given == POLICY, address
        assert answer.headers["X-Content-Type-Options"] == "nosniff", address
        assert answer.headers["Referrer-Policy"] == "no-referrer", address
        assert answer.headers["X-Frame-Options"] == "DENY", address
        assert answer.headers["Cache-Control"] == "no-store", address
        seen.add(answer.status_code)
    assert seen == {200, 302, 400, 404, 405, 413, 422}


def test_files_may_be_kept_by_the_browser_and_have_their_right_type(site: Site) -> None:
    stranger = site.visitor()
    for address, kind in (("/static/lh.css", "text/css"), ("/static/lh.js", "javascript"), ("/static/icon.svg", "svg")):
        answer = stranger.get(address)
        assert kind in answer.headers["Content-Type"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "no-store" not in answer.headers["Cache-Control"]
        assert "Content-Security-Policy" in answer.headers
        answer.close()


def test_downloads_are_attachments_with_a_name_made_of_codes(site: Site) -> None:
    answer = site.sign_in("coordinator").get("/avvikelser.csv?omrade=savsjo&period=2026-11&kategori=rules")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="avvikelser-savsjo-2026-11-rules.csv"'


def cookie(site: Site, address: str) -> SimpleCookie:
    """The cookie that the sign-in page leaves."""
    answer = site.visitor().get("/logga-in", base_url=address)
    return SimpleCookie(answer.headers["Set-Cookie"])


def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(site: Site) -> None:
    [(name, morsel)] = cookie(site, "http://localhost").items()
    assert name == "lexheller"
    assert (morsel["httponly"], morsel["samesite"], morsel["path"], morsel["domain"]) == (True, "Lax", "/", "")


def test_in_production_the_cookie_and_the_pages_stay_on_https(site_url: str, tmp_path: Path) -> None:
    with open_site(site_url, tmp_path, profile="production", trusted_hosts=("lexheller.example.org",)) as site:
        [(name, morsel)] = cookie(site, "https://lexheller.example.org").items()
        assert name == "__Host-lexheller"
        assert (morsel["secure"], morsel["httponly"], morsel["path"], morsel["domain"]) == (True, True, "/", "")
        answer = site.visitor().get("/om", base_url="https://lexheller.example.org")
        policy = dict(
            part.strip().partition("=")[::2] for part in answer.headers["Strict-Transport-Security"].split(";")
        )
        assert int(policy["max-age"]) >= YEAR
        assert "includeSubDomains" in policy
        plain = site.visitor().get("/om", base_url="http://lexheller.example.org")
        assert (plain.status_code, plain.location) == (
            301,
            "https://lexheller.example.org/om",
        ) or plain.status_code == 302


def test_in_production_another_host_name_is_refused_with_a_page(site_url: str, tmp_path: Path) -> None:
    with open_site(site_url, tmp_path, profile="production", trusted_hosts=("lexheller.example.org",)) as site:
        for address in ("https://evil.example", "https://lexheller.example.org.evil.example"):
            answer = site.visitor().get("/om", base_url=address)
            assert answer.status_code == 400
            assert "evil" not in answer.text


def test_a_forwarded_address_is_believed_only_from_as_many_proxies_as_are_told(site_url: str, tmp_path: Path) -> None:
    headers = {"X-Forwarded-Host": "evil.example", "X-Forwarded-For": "203.0.113.9"}
    for proxies, host in ((0, "localhost"), (1, "evil.example")):
        with open_site(site_url, tmp_path, proxies=proxies) as site, site.visitor() as visitor:
            visitor.get("/om", headers=headers)
            assert request.host == host
