"""The way of a report in the server profile, with the command lines of docker-compose.yml and every part real."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from models import Report, Summary
from models.base import Database
from models.month_count import MonthPairCount, dirty_slices
from tests.server_profile import ServerProfile, Visitor
from tests.servers import valkey_server
from worker import pdf

PASSWORD = "ett lösenord för servern"
WORDS = "Remissen studsade mellan mottagningarna i tre månader, kanariefågel."
REPORT = {
    "area": "savsjo",
    "reporting_unit": "forsorjningsstod",
    "counterpart": "psykiatri",
    "description": WORDS,
    "occurred": "week",
    "do": "send",
}


@pytest.fixture
def server(tmp_path: Path, postgres_database_url: str) -> Iterator[ServerProfile]:
    """The whole system with an organisation and two accounts."""
    with valkey_server() as broker, ServerProfile(tmp_path, postgres_database_url, broker) as running:
        running.command("load-organisation", "data/hoglandet.json")
        for role, *where in (("reporter", "--unit", "forsorjningsstod", "--area", "savsjo"), ("coordinator",)):
            email = ["--email", f"{role}@example.org", "--title", role]
            running.command("add-user", *email, "--role", role, *where, typed=f"{PASSWORD}\n")
        yield running


@pytest.fixture
def database(postgres_database_url: str) -> Iterator[Database]:
    opened = Database(postgres_database_url)
    yield opened
    opened.dispose()


def somebody(server: ServerProfile, role: str) -> Visitor:
    visitor = Visitor(server.port)
    visitor.sign_in(f"{role}@example.org", PASSWORD)
    return visitor


def is_counted(database: Database) -> bool:
    with database.read() as session:
        waiting = session.scalars(select(Report).where(Report.classified_at.is_(None))).first()
        return waiting is None and session.scalars(dirty_slices()).first() is None


def only_summary(database: Database) -> Summary:
    with database.read() as session:
        return session.scalars(select(Summary)).one()


@pytest.mark.timeout(240)
def test_a_report_is_filed_classified_counted_and_printed(server: ServerProfile, database: Database) -> None:
    reporter = somebody(server, "reporter")
    assert list(reporter.cookies) == ["__Host-lexheller"]
    sent = reporter.post("/rapportera", "/rapportera", **REPORT)
    assert sent.status == 303, sent.text
    assert "LH-" in reporter.get(sent.headers["Location"]).text

    server.wait_for(lambda: is_counted(database), "the report to be classified and counted")
    with database.read() as session:
        assert [row.reports for row in session.scalars(select(MonthPairCount))] == [1]
    assert server.command("recount").strip().endswith("0 numbers changed")

    coordinator = somebody(server, "coordinator")
    assert WORDS in coordinator.get(f"/avvikelser/{sent.headers['Location'].rsplit('/', 1)[1]}").text
    if pdf.available() is None:
        check_pdf(server, coordinator, database)
    server.wait_for(lambda: "Allt fungerar." in coordinator.get("/halsa").text, "a tick of beat")

    check_logs(server)
    assert server.stop() == {"worker-fast": 0, "worker-slow": 0, "beat": 0, "web": 0}


def check_pdf(server: ServerProfile, coordinator: Visitor, database: Database) -> None:
    page = coordinator.get("/rapporter").text
    assert 'value="monthly/' in page
    period = page.split('value="monthly/')[1].split('"')[0]
    ordered = coordinator.post(
        "/rapporter", "/rapporter", forum="styrgrupp-samverk-savsjo", kind_period=f"monthly/{period}"
    )
    assert ordered.status == 303, ordered.text
    server.wait_for(lambda: only_summary(database).state.value != "queued", "the PDF")
    summary = only_summary(database)
    assert (summary.state.value, summary.fault) == ("built", "")
    got = coordinator.get(f"/rapporter/{summary.id}.pdf")
    assert got.body.startswith(b"%PDF-")
    assert hashlib.sha256(got.body).hexdigest() == summary.pdf_sha256


def check_logs(server: ServerProfile) -> None:
    """Every line is JSON, and no line holds what somebody wrote."""
    for name, text in server.logs().items():
        lines = [json.loads(line) for line in text.splitlines()]
        assert lines, name
        assert all({"event", "level", "timestamp"} <= line.keys() for line in lines), name
        for private in ("kanariefågel", PASSWORD, "example.org/", "reporter@"):
            assert private not in text, (name, private)


def test_the_web_speaks_only_https_and_only_to_its_own_name(server: ServerProfile) -> None:
    answer = Visitor(server.port).get("/logga-in")
    assert answer.status == 200
    assert "max-age=" in answer.headers["Strict-Transport-Security"]
    assert Visitor(server.port, host="evil.example.net").get("/logga-in").status == 400
