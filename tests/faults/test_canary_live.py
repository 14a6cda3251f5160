"""A word of its own in each text of one report's way, through the living product while parts of it fail. Afterwards it
stands in its own column alone, and in nothing else that is left behind or passed by on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from models import Summary
from tests.faults.birds import BIRD, SEAT, Walk
from tests.faults.lookout import Lookout, in_document, in_files, in_valkey
from tests.faults.people import Person
from tests.faults.stage import Stage, embedded_stage, server_stage
from tests.server_profile import Visitor
from tests.test_canary import columns

WORD = re.compile(BIRD.encode(), re.IGNORECASE)
# Each word, and the columns that it may stand in.
HOMES = {
    "utkastet": {"draft.values"},
    "beskrivningen": {"report.description"},
    "forslaget": {"report.suggestion"},
    "motparten": set[str](),  # the coordinator named the unit instead
    "fragan": {"info_request.question"},
    "svaret": {"info_request.answer"},
    "omskrivningen": {"report.paraphrase"},
    "arendet": {"agenda_item.title"},
    "arendefragan": {"agenda_item.question"},
    "beslutet": {"decision.text"},
    "klartext": {"decision.plain"},
    "orsaken": {"answer.cause"},
    "atgarden": {"answer.action"},
}
# What a coordinator has let go for the forum is frozen with its document, and printed there.
RELEASED = {f"{BIRD}{name}" for name in ("omskrivningen", "arendet", "arendefragan")}
FROZEN = {"summary.snapshot", "summary.content"}
# The classifier keeps the words that weighed most; they go with the text when it is masked or shortened.
WEIGHED = {f"{BIRD}{name}" for name in ("beskrivningen", "forslaget")}
OUTSIDE = ("/metrics", "/halsa", "/nej", "/granska/LH-2026-9999", "/besvarade", "/besvarade.csv", "/besvarade.json")


@pytest.fixture(scope="module", params=[pytest.param("sqlite", marks=pytest.mark.faults), "postgresql"])
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The product on either kind of database, with a folder of its own for temporary files. It takes a minute, so the
    embedded one is left to the whole fault suite."""
    folder = tmp_path_factory.mktemp("canary")
    temporary(folder).mkdir()
    told = {"TMPDIR": str(temporary(folder))}
    embedded = request.param == "sqlite"
    made = (
        embedded_stage(folder, request.getfixturevalue("furnished_sqlite"), **told)
        if embedded
        else server_stage(folder, None, **told)
    )
    with made as playing:
        yield playing


def temporary(folder: Path) -> Path:
    return folder / "tmp"


@pytest.mark.timeout(300)  # a whole product on each database, some of whose parts die and come back
def test_a_word_stands_in_its_own_column_and_nowhere_else(stage: Stage) -> None:
    walk = Walk(stage, Person(stage, "reporter"), Person(stage, "coordinator"))
    with Lookout(stage, temporary(stage.home.parent), BIRD) as lookout:
        walk.go()
    assert lookout.seen == set()
    assert lookout.looks > 20
    assert len(lookout.heard) > 1000
    assert stage.hit_at("classify.suggested")
    assert stage.hit_at("build.before_content")
    for name, homes in HOMES.items():
        word = f"{BIRD}{name}"
        more = FROZEN if word in RELEASED else {"classification.reasons"} if word in WEIGHED else set[str]()
        assert homes <= columns(stage.database, word) <= homes | more, name
    assert in_valkey(stage, WORD) == []
    check_documents(stage)
    check_pages(stage)
    check_mails(stage)
    check_what_is_left(stage)


def check_documents(stage: Stage) -> None:
    with stage.database.read() as session:
        documents = [pdf for pdf in session.scalars(select(Summary.pdf)) if pdf]
    assert documents
    found = set().union(*(in_document(pdf, re.compile(rb"(?i)kanarie\w*")) for pdf in documents))
    assert found & RELEASED  # else this would prove nothing
    assert found <= RELEASED


def check_pages(stage: Stage) -> None:
    """What a stranger, a member of the forum and an administrator may ask for."""
    people = [Person(stage, name).browser for name in ("member", "administrator", "far-coordinator")]
    for browser in (Visitor(stage.port, host=f"127.0.0.1:{stage.port}"), *people):
        for address in OUTSIDE:
            assert not WORD.search(browser.get(address).body), address
    for address in ("/logg", "/logg.csv", "/drift", "/utskick", "/konton"):
        assert not WORD.search(people[1].get(address).body), address


def check_mails(stage: Stage) -> None:
    """The mails as they lay on the wire or in the folder, and unpacked."""
    raw = [taken.data for taken in stage.smtp.taken] if stage.smtp else []
    raw += [path.read_bytes() for path in (stage.home / "mail").glob("*") if path.is_file()]
    assert any(SEAT.encode() in text for text in raw)
    for text in raw:
        assert not WORD.search(text)


def check_what_is_left(stage: Stage) -> None:
    """Every file of the product's own: logs, console, Valkey's files. Only the embedded database holds the words."""
    stage.stop()
    stage.database.dispose()
    left = {path for path in in_files(stage.home.parent, WORD) if not path.name.startswith("lexheller.sqlite3")}
    assert left == set()
    if stage.valkey:
        assert in_files(stage.valkey.folder, WORD) == []
    logs = list((stage.home / "log").glob("*.log"))
    assert logs
    assert any(b"unexpected" in path.read_bytes() for path in logs)  # the faults were logged
