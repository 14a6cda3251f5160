"""A personal number is refused in every field of every form that somebody may write in, and is stored nowhere.

The forms are found by walking the site as each role, on a site where every page has something on it. A field of a
template that the walk did not reach fails, and so does a new one that lets the number through.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from models.base import Base
from settings import ROOT
from tests.actions import add_signal
from tests.desk import decide, give_post, send
from tests.forums import STEERING, Room
from tests.site import Site, Visitor
from tests.web_forms import WebForm, walk

NUMBER = "850312-9812"
PERSON = "Zdravka Petrovska"
WORDS = f"Remissen kom tillbaka tre gånger och gällde {NUMBER}"
# Fields that take one kind of answer only, and say so when it is another: days, hours, figures, addresses, references.
ANSWERED_OTHERWISE = re.compile(
    r"occurred_on|meeting_(?:date|time)|due_on|follow_up_on|agreement_(?:from|until|remind)|name_from|item_minutes|"
    r"absent_(?:from|until)|seat_email|mail_domains|asked|merge_into|(?:feedback_)?email|"
    r"asked_on|references?|(?:first|last)_day|mask_words|years|decision|decided_on|leaver_days"
)
# The reporter's own text is only made shorter here: what was not there before is refused.
ONLY_SHORTENED = frozenset({("granska.save_text", "description"), ("granska.save_text", "suggestion")})
# Which answer a field of the decision form goes with; beside another it is dropped.
GOES_WITH = {
    "question": "ask",
    "reason": "no_forum",
    "referred_to": "refer",
    "refer_reason": "refer",
    "merge_into": "merge",
}
# Fields of templates that this walk does not reach, and why.
ELSEWHERE = {
    "code": "six figures of a second factor; never stored",
    "nummer": "a search in one's own reports; never stored",
    "website": "a trap that people never see: a form in which it is filled in is refused",
}
QUESTIONED = re.compile("bekräfta att det inte är ett namn|kan innehålla ett namn")
NAMED = re.compile(r"\b(?:text|textarea)\('(\w+)'")


@pytest.fixture
def furnished(site: Site) -> Site:
    """A site where every page has something on it."""
    room = Room(site)
    give_post(site, "coordinator", "savsjo")
    room.serve_federation("administrator")
    reporter, coordinator = site.sign_in("reporter"), site.sign_in("coordinator")
    own = {"suggestion": "En gemensam ingång.", "may_paraphrase": "1"}
    asked, _ = reporter.file_report(**own), reporter.file_report(**own)
    assert decide(coordinator, site, asked, destination="ask", question="Vilken vecka var det?").status_code == 303
    room.item(room.meeting(days=30), room.report())
    room.item(room.meeting(days=-1), room.report())
    room.meeting(STEERING, days=40)
    add_signal(room)
    handout = {"subject": "Rapporter om psykiatrin", "area": "savsjo", "asked_on": "2026-11-16", "references": asked}
    assert send(coordinator, "/lamna-ut/ny", "/lamna-ut/ny", **handout).status_code == 303
    return site


def places(site: Site, words: str) -> list[str]:
    """Tables that hold these words anywhere."""
    with site.database.read() as session:
        rows = {
            table.name: session.execute(text(f'SELECT * FROM "{table.name}"')).all()  # noqa: S608 - our own names
            for table in Base.metadata.sorted_tables
        }
    return [name for name, found in rows.items() if words in str(found)]


def fields(site: Site, visitor: Visitor) -> Iterator[tuple[WebForm, str, str]]:
    """Each form with one of the fields that it lets somebody write in, and its endpoint."""
    for form in list(walk(visitor)):
        endpoint, _ = site.app.url_map.bind("localhost").match(form.action.split("?")[0], method="POST")
        for field in form.texts:
            yield form, str(endpoint), field


def sent(visitor: Visitor, form: WebForm, field: str, words: str, **more: str) -> TestResponse:
    """The form with these words in one of its fields, and the answer that the field goes with."""
    values = form.values | {field: words} | more
    if field in GOES_WITH:
        values["destination"] = GOES_WITH[field]
    return visitor.post(form.action, data=values)


def every_field(site: Site) -> Iterator[tuple[Visitor, WebForm, str, str]]:
    """Each field of each endpoint once, with somebody who may write in it."""
    tried: set[tuple[str, str]] = set()
    for name in ("reporter", "coordinator", "member", "administrator"):
        visitor = site.sign_in(name)
        for form, endpoint, field in fields(site, visitor):
            if (endpoint, field) not in tried and field not in ELSEWHERE:
                tried.add((endpoint, field))
                yield visitor, form, endpoint, field


def test_a_number_is_refused_in_every_field(furnished: Site) -> None:
    let_through, tried = [], set()
    for visitor, form, endpoint, field in every_field(furnished):
        tried.add(field)
        # The box that confirms a name is ticked: a number is refused all the same.
        answer = sent(visitor, form, field, WORDS, pii_confirmed="1")
        otherwise = ANSWERED_OTHERWISE.fullmatch(field) or (endpoint, field) in ONLY_SHORTENED
        if answer.status_code != 422 or not (otherwise or "liknar ett personnummer" in answer.text):
            let_through.append((endpoint, field, answer.status_code))
    assert let_through == []
    assert places(furnished, NUMBER) == []
    templates = (ROOT / "templates" / "web").rglob("*.html")
    written_in = {name for path in templates for name in NAMED.findall(path.read_text(encoding="utf-8"))}
    assert written_in - tried - ELSEWHERE.keys() == set()


def test_a_name_is_questioned_in_every_free_text(furnished: Site) -> None:
    let_through = []
    for visitor, form, endpoint, field in every_field(furnished):
        if ANSWERED_OTHERWISE.fullmatch(field) or (endpoint, field) in ONLY_SHORTENED:
            continue
        answer = sent(visitor, form, field, f"Remissen till {PERSON} kom tillbaka tre gånger")
        if answer.status_code != 422 or not QUESTIONED.search(answer.text):
            let_through.append((endpoint, field, answer.status_code))
    assert let_through == []
    assert places(furnished, PERSON) == []
