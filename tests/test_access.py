"""Closed unless listed: every address is opened to the roles that are written down for it, and to nobody else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from werkzeug.routing import Rule

from models.user import Role
from tests.site import Site
from webapp.access import ANYBODY, ENDPOINTS

OPEN = "the door is open"
REAL = ("static", "sign_in.sign_in", "pages.about")  # what the tests themselves walk through
ONE_OF_EACH = {
    Role.REPORTER: "reporter",
    Role.COORDINATOR: "coordinator",
    Role.FORUM_MEMBER: "member",
    Role.ADMINISTRATOR: "administrator",
}
# Whoever writes free text, whoever reads it, and nobody else.
FREE_TEXT = {
    "rapportera": {Role.REPORTER, Role.COORDINATOR},
    "mina_rapporter": {Role.REPORTER, Role.COORDINATOR},
    "komplettering": {Role.REPORTER, Role.COORDINATOR},
    "granska": {Role.COORDINATOR},
    "avvikelser": {Role.COORDINATOR},
    "lamna_ut": {Role.COORDINATOR},
    "oversikt": {Role.COORDINATOR},
    "monster": {Role.COORDINATOR},
}


def rules(site: Site) -> Iterator[Rule]:
    """Every address of the application but the files that anybody may fetch."""
    return (rule for rule in site.app.url_map.iter_rules() if rule.endpoint != "static")


def some_address(site: Site, rule: Rule) -> str:
    """The address with something in its gaps."""
    with site.app.test_request_context():
        return rule.build(dict.fromkeys(rule.arguments, 1))[1]  # type: ignore[index]


@pytest.fixture
def doors(site: Site) -> Site:
    """The site with every view taken away, so that only the guards are left."""
    for endpoint in site.app.view_functions:
        if endpoint not in REAL:
            site.app.view_functions[endpoint] = lambda **_: OPEN
    return site


def test_every_endpoint_is_written_down_and_everything_written_down_exists(site: Site) -> None:
    assert {rule.endpoint for rule in site.app.url_map.iter_rules()} == set(ENDPOINTS)


def test_an_endpoint_that_is_not_written_down_opens_for_nobody(site: Site) -> None:
    site.app.add_url_rule("/bortglomd", "forgotten", lambda: OPEN)
    for name in ONE_OF_EACH.values():
        assert site.sign_in(name).get("/bortglomd").status_code == 404
    assert site.visitor().get("/bortglomd").status_code == 302


def test_free_text_is_for_its_writer_and_the_coordinator(site: Site) -> None:
    for endpoint, roles in ENDPOINTS.items():
        room = endpoint.split(".")[0]
        if room in FREE_TEXT:
            assert roles is not None, endpoint
            assert set(roles) == FREE_TEXT[room], endpoint


def test_each_role_opens_its_own_doors_and_no_other(doors: Site) -> None:
    """Every role at every address with every method."""
    for role, name in ONE_OF_EACH.items():
        visitor = doors.sign_in(name)
        token = visitor.tokens("/om")
        for rule in rules(doors):
            if rule.endpoint in REAL:
                continue
            roles = ENDPOINTS[rule.endpoint]
            for method in (rule.methods or set()) & {"GET", "POST"}:
                answer = visitor.open(
                    some_address(doors, rule), method=method, data=token if method == "POST" else None
                )
                opened = (answer.status_code, answer.text) == (200, OPEN)
                assert opened == (roles is ANYBODY or role in roles), (role, method, rule)
                assert opened or answer.status_code == 404, (role, method, rule)


def test_a_stranger_is_led_to_the_sign_in(doors: Site) -> None:
    stranger = doors.visitor()
    token = stranger.tokens("/logga-in")
    for rule in rules(doors):
        if ENDPOINTS[rule.endpoint] is ANYBODY:
            continue
        for method in (rule.methods or set()) & {"GET", "POST"}:
            answer = stranger.open(some_address(doors, rule), method=method, data=token if method == "POST" else None)
            assert OPEN not in answer.text, rule
            led = answer.location if answer.status_code == 302 else answer.request.path
            assert "/logga-in" in led or "Logga in" in answer.text, rule


def test_nothing_is_posted_without_the_token(doors: Site) -> None:
    for role, name in ONE_OF_EACH.items():
        visitor = doors.sign_in(name)
        for rule in rules(doors):
            roles = ENDPOINTS[rule.endpoint]
            if "POST" not in (rule.methods or ()) or (roles is not ANYBODY and role not in roles):
                continue
            for token in (
                {},
                {"csrf_token": "forged"},
                {"csrf_token": doors.visitor().tokens("/logga-in")["csrf_token"]},
            ):
                answer = visitor.post(some_address(doors, rule), data=token)
                assert OPEN not in answer.text, (role, rule)
                assert answer.status_code in (200, 400, 422), (role, rule)
