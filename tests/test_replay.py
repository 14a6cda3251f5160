"""Every address that anybody is shown, asked for by everybody else: what is not theirs is nowhere in the answer.

Each person files a report with words of its own. A crawl as each person collects the addresses; then each of them, with
each method, and with the ids of its gaps counted up and down, is asked for as every other person and as a stranger.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import pytest
from sqlalchemy import select
from werkzeug.routing import Rule

from models import Report
from tests.desk import give_post
from tests.site import PEOPLE, Site, Visitor

HREF = re.compile(r'(?:href|action|src)="(/[^"#]*)"')
NUMBER = re.compile(r"\d+")
AREA = {"reporter": "savsjo", "colleague": "savsjo", "far-reporter": "habo"}
# The words of each writer's report, and who may read them: the writer, and the coordinator of the area.
WORDS = {"reporter": "Kanariefågeln", "colleague": "Steglitsan", "far-reporter": "Domherren"}
READERS = {
    "reporter": {"reporter", "coordinator"},
    "colleague": {"colleague", "coordinator"},
    "far-reporter": {"far-reporter", "far-coordinator"},
}
NEVER = ("/logga-ut", "/logga-in", "/static")  # signing out would end the crawl
MOST_PAGES = 120  # of one person's crawl
ENOUGH = 10_000


@pytest.fixture
def filled(site: Site) -> Site:
    give_post(site, "coordinator", "savsjo")
    for name, word in WORDS.items():
        visitor = site.sign_in(name)
        words = f"{word} sjöng i väntan på besked, och ingen visste vem som skulle ta emot remissen."
        own = {"area": AREA[name], "description": words}
        if name == "colleague":
            own |= {"reporting_unit": "psykiatri", "counterpart": "forsorjningsstod"}
        visitor.file_report(**own)
    site.recount()
    return site


def crawl(visitor: Visitor, start: str = "/") -> set[str]:
    """The addresses that somebody is shown, page by page."""
    seen, waiting = set[str](), [start]
    while waiting and len(seen) < MOST_PAGES:
        address = waiting.pop(0)
        if address in seen or address.startswith(NEVER):
            continue
        seen.add(address)
        answer = visitor.get(address)
        waiting += [answer.location] if answer.location else HREF.findall(answer.text.replace("&amp;", "&"))
    return seen | set(waiting)


def nearby(address: str) -> Iterator[str]:
    """The address, and the same with each number in it one up, one down, and as one, two and three."""
    yield address
    for found in NUMBER.finditer(address.split("?")[0]):
        width = len(found[0])
        for other in {int(found[0]) + 1, int(found[0]) - 1, 1, 2, 3}:
            yield address[: found.start()] + f"{other:0{width}d}" + address[found.end() :]


def gaps(site: Site, rules: Iterable[Rule]) -> Iterator[str]:
    """Every address of the application, its gaps filled with ids and references that exist."""
    with site.app.test_request_context():
        for rule in rules:
            for value in (1, 2, 3) if rule.arguments else (1,):
                values = {name: _value(name, value) for name in rule.arguments}
                built = rule.build(values)
                if built:
                    yield built[1]


def _value(name: str, number: int) -> object:
    texts = {"reference": f"LH-2026-{number:04d}", "code": "lsg-savsjo", "words": "x", "filename": "lh.css"}
    return texts.get(name, number)


@pytest.mark.timeout(600)  # Tens of thousands of requests, one after the other.
def test_nobody_reads_or_changes_what_is_another_persons(filled: Site) -> None:
    names = [name for name, *_ in PEOPLE]
    shown = {name: crawl(filled.sign_in(name)) for name in names} | {"stranger": crawl(filled.visitor())}
    addresses = {near for found in shown.values() for address in found for near in nearby(address)}
    addresses |= set(gaps(filled, filled.app.url_map.iter_rules()))
    addresses = {address for address in addresses if not address.startswith(NEVER)}
    before, tries = states(filled), 0
    for name in [*names, "stranger"]:
        visitor = filled.sign_in(name) if name in names else filled.visitor()
        token = visitor.tokens("/logga-in" if name == "stranger" else "/konto")
        for address in sorted(addresses):
            answers = [visitor.get(address)]
            if name not in ("coordinator", "far-coordinator", "administrator", "far-administrator"):
                answers.append(visitor.post(address, data=token))
            tries += len(answers)
            for answer in answers:
                leaks = [of for of, word in WORDS.items() if word in answer.text and name not in READERS[of]]
                assert not leaks, (name, address, leaks)
                assert answer.status_code < 500, (name, address, answer.status_code)
    assert states(filled) == before
    assert tries >= ENOUGH, tries


def states(site: Site) -> list[tuple[str, str, str]]:
    """Each report with its state and text."""
    with site.database.read() as session:
        rows = session.execute(select(Report.reference, Report.state, Report.description).order_by(Report.id))
        return [(reference, state.value, text) for reference, state, text in rows]
