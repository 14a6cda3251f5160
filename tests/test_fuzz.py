"""Every address with every method as every role, filled with what nobody expects: hypothesis picks, with a fixed seed.

Forms begin as a browser would send them and are bent from there, so that most get past the first check. Whatever comes
in, the answer is a page of ours: no failure, no trace of the code, nothing of what was sent as markup.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode
from zlib import crc32

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.site import Site, Visitor
from tests.test_access import ONE_OF_EACH
from tests.test_every_field import furnished
from tests.web_forms import WebForm, walk
from webapp.access import ANYBODY, ENDPOINTS

__all__ = ["furnished"]  # a fixture
# Fields that are filled in and sent, at the least: more than 5 000 in all on each database.
INPUTS = {"stranger": 200, "reporter": 600, "forum_member": 350, "coordinator": 2300, "administrator": 1600}
PERSON = {role.value: name for role, name in ONE_OF_EACH.items()}
SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
OPEN = {"GET": 4, "POST": 12}  # examples for each address that a role may use
CLOSED = 200  # examples for all others together; every one of them is tried in test_access
STRANGE_METHODS = ("HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")
FORM = "application/x-www-form-urlencoded"
GAP = re.compile(r"<[^>]+>")
FIELD = re.compile(r"""(?:name="|\b(?:text|textarea|select|hidden|radios|checkbox)\(')([\w-]+)""")
MARKUP = '<x1y onx="1">{{191*7919}}'  # what no page holds by itself
RAN = ('<x1y onx="1">', "1512529")
TRACES = ("Traceback (most recent", 'File "/', "sqlalchemy.", "psycopg.", "jinja2.", "werkzeug.", "SELECT ")
PLAIN = {"metrics.show"}  # refuses in plain text, to a program
ENDS = ("sign_in.sign_out", "konton.", "konto.")  # asked last, since the visit may be over afterwards

HOSTILE = st.sampled_from(
    [
        *(MARKUP, "'; DROP TABLE report; --", '" OR 1=1', "%00", "\x00", "../../../etc/passwd", "\r\nSet-Cookie: a=b"),
        *("=1+1", "-1", "0", "1e309", "NaN", "9" * 40, "²", "true", "null", "[]", "{}", "2026-02-30", "0001-01-01"),
        *("9999-12-31", "24:61", "LH-2026-0001", "LH-9999-99999999", "monthly/2026-10-01", "a" * 5000, "\u202e\ufffe"),
    ]
)
WRITTEN = st.one_of(HOSTILE, st.text(max_size=40), st.integers(-(2**70), 2**70).map(str), st.dates().map(str))
# Hypothesis also picks words out of the code that it finds loaded; a trace of ours that was sent is no trace.
TEXT = WRITTEN.filter(lambda text: not any(word in text for word in (*TRACES, RAN[1])))
IDS = st.one_of(st.integers(0, 6).map(str), st.sampled_from(["LH-2026-0001", "LH-2026-0002", "lsg-savsjo"]), TEXT)
HEADERS = st.dictionaries(
    st.sampled_from(["Referer", "Range", "If-None-Match", "If-Modified-Since", "Accept-Language", "X-Request-Id"]),
    st.one_of(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30), st.just("bytes=0-,-1")),
    max_size=2,
)
OTHER_BODIES = st.sampled_from(
    [
        *((b"", FORM), (b"x" * 300_000, FORM), (b"&".join([b"a=b"] * 3000), FORM), (b"%ff%00=%zz&&=&a", FORM)),
        *((b"{}", "application/json"), (b'{"a": [1', "application/json"), (b"\xff" * 99, "application/octet-stream")),
        *((b"--x\r\nbroken", "multipart/form-data; boundary=x"), (b"<a/>", "text/xml"), (b"a=b", FORM + "; charset=q")),
        *((b"", ""), (b"a=b", "multipart/form-data"), (b"null", "application/json; charset=utf-16")),
    ]
)


Fields = list[tuple[str, str]]
Door = tuple[Rule, str]  # an address and a method


def bent(forms: list[dict[str, Any]], names: list[str]) -> st.SearchStrategy[Fields]:
    """A form as it stands on the page, with some fields filled in, doubled or left out."""
    begun = st.sampled_from(forms or [{}])
    filled = st.dictionaries(st.sampled_from(names), TEXT, max_size=16)
    dropped = st.sets(st.sampled_from(names), max_size=2)
    doubled = st.lists(st.tuples(st.sampled_from(names), TEXT), max_size=2)
    return st.builds(_bend, begun, filled, dropped, doubled)


def _bend(begun: dict[str, Any], filled: dict[str, str], dropped: set[str], doubled: Fields) -> Fields:
    return [(name, str(value)) for name, value in (begun | filled).items() if name not in dropped] + doubled


@dataclass
class Fuzzer:
    """One role at its browser, the forms it is shown with their addresses, and what has been answered so far."""

    role: str
    visitor: Visitor
    forms: Mapping[str, list[WebForm]]
    names: list[str]
    token: dict[str, str]
    answers: Counter[int] = field(default_factory=Counter)
    inputs: int = 0
    wrong: list[tuple[Any, ...]] = field(default_factory=list)

    def attack(self, doors: list[Door], most: int) -> None:
        """Ask for some addresses in as many ways as told, which hypothesis thinks of."""

        @seed(crc32(f"{self.role} {doors[0]}".encode()))
        @settings(max_examples=most, database=None, deadline=None, suppress_health_check=SLOW)
        @given(st.one_of([self._requests(rule, method) for rule, method in doors]))
        def ask(sent: dict[str, Any]) -> None:
            answer = self.visitor.open(**{name: value for name, value in sent.items() if name != "endpoint"})
            self.answers[answer.status_code] += 1
            self.inputs += self._typed(sent.get("data", b""))
            if problem := _problem(sent["endpoint"], answer):
                self.wrong.append((problem, sent["method"], sent["path"], sent.get("data", b"")[:300]))

        ask()

    def may_use(self, door: Door) -> bool:
        rule, method = door
        roles = ENDPOINTS[rule.endpoint]
        allowed = roles is ANYBODY or self.role in {str(role.value) for role in roles}
        return allowed and method in (rule.methods or ())

    def _typed(self, body: bytes) -> int:
        """How many fields of a form were sent; none in a body of another kind."""
        return body.count(b"=") - 1 if body.endswith(_encoded(self.token.items())) else 0

    def _requests(self, rule: Rule, method: str) -> st.SearchStrategy[dict[str, Any]]:
        known = self.forms.get(rule.endpoint, [])
        gaps = st.lists(IDS, min_size=len(rule.arguments), max_size=len(rule.arguments))
        built = gaps.map(lambda values: GAP.sub(lambda _: quote(values.pop() or "x", safe=""), rule.rule))
        query = st.dictionaries(st.sampled_from(self.names), TEXT, max_size=3)
        path = st.one_of(built, st.sampled_from([form.action.split("?")[0] for form in known] or [rule.rule]))
        asked = {
            "endpoint": st.just(rule.endpoint),
            "path": st.builds(lambda place, given: f"{place}?{_encoded(given.items()).decode()}", path, query),
            "method": st.sampled_from(STRANGE_METHODS if method == "STRANGE" else (method,)),
            "headers": HEADERS,
        }
        if method == "GET":
            return st.fixed_dictionaries(asked)
        form = self._bodies([found.values for found in known])
        body = st.one_of(form, form, form, OTHER_BODIES)
        return st.builds(
            lambda rest, sent: rest | {"data": sent[0], "content_type": sent[1]}, st.fixed_dictionaries(asked), body
        )

    def _bodies(self, forms: list[dict[str, Any]]) -> st.SearchStrategy[tuple[bytes, str]]:
        names = sorted({name for form in forms for name in form} - {"csrf_token"}) or self.names
        return bent(forms, names).map(lambda fields: (_encoded([*fields, *self.token.items()]), FORM))


def _encoded(pairs: Any) -> bytes:
    return urlencode(list(pairs), errors="surrogatepass").encode()


def _problem(endpoint: str, answer: TestResponse) -> str:
    """What is wrong with an answer; empty when nothing is."""
    page = answer.mimetype == "text/html"
    if answer.status_code >= 500:
        return f"failed with {answer.status_code}"
    if answer.request.method == "HEAD" or endpoint == "static":
        return ""
    text = answer.text if page or answer.mimetype in ("text/plain", "application/json") else ""
    if found := [word for word in (*TRACES, *(RAN if page else ())) if word in text]:
        return f"shows {found}"
    refused = answer.status_code >= 400 and endpoint not in PLAIN
    if refused and not (page and 'lang="sv"' in text and "<h1" in text):
        return f"refuses with {answer.status_code} and no page of ours"
    return "" if "Content-Security-Policy" in answer.headers else "has no policy"


def fuzzer(site: Site, role: str) -> Fuzzer:
    stranger = role == "stranger"
    visitor = site.visitor() if stranger else site.sign_in(PERSON[role])
    forms: dict[str, list[WebForm]] = {}
    adapter = site.app.url_map.bind("localhost")
    for form in walk(visitor):
        endpoint, _ = adapter.match(form.action.split("?")[0], method="POST")
        forms.setdefault(str(endpoint), []).append(form)
    token = {"csrf_token": visitor.tokens("/logga-in" if stranger else "/konto")["csrf_token"]}
    return Fuzzer(role, visitor, forms, field_names(site), token)


def field_names(site: Site) -> list[str]:
    """The names of all fields in the templates, and of what the lists are asked for by."""
    loader = site.app.jinja_env
    assert loader.loader is not None
    sources = (loader.loader.get_source(loader, name)[0] for name in loader.list_templates(extensions=["html"]))
    asked = {"omrade", "period", "kategori", "om", "sida", "visa", "utkast", "next", "fran", "till", "q", "nummer"}
    return sorted({name for source in sources for name in FIELD.findall(source)} - {"csrf_token"} | asked)


@pytest.mark.timeout(300)  # some hundred requests for each role
@pytest.mark.parametrize("role", INPUTS)
def test_whatever_is_sent_is_answered_with_a_page_of_ours(furnished: Site, role: str) -> None:
    fuzz = fuzzer(furnished, role)
    rules = sorted(furnished.app.url_map.iter_rules(), key=lambda rule: (rule.endpoint.startswith(ENDS), rule.rule))
    doors = [(rule, method) for rule in rules for method in ("GET", "POST", "STRANGE")]
    fuzz.attack([door for door in doors if not fuzz.may_use(door)], CLOSED)
    ours = [door for door in doors if fuzz.may_use(door)]
    for door in ours:
        fuzz.attack([door], OPEN[door[1]])
    assert fuzz.wrong == []
    assert sum(fuzz.answers.values()) >= CLOSED + 3 * len(ours)  # hypothesis may run out of ways
    assert fuzz.inputs >= INPUTS[role]
    assert {200, 404, 405} <= fuzz.answers.keys()
