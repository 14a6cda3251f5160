"""What the form does when something behind it fails: the broker, the database, the disk, our own code."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import redis
from sqlalchemy import event, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

from models import Outbox, Report, ReportNumber
from models.base import Database
from tests.conftest import run_on
from tests.site import PASSWORD, TEXT, Site, address_of, open_site, report_answers
from webapp.doorbell import SECONDS

DEAD = "postgresql+psycopg://nobody@127.0.0.1:1/nothing"


@contextmanager
def without_database(site: Site, url: str) -> Iterator[None]:
    """For a while the application talks to a database that does not answer."""
    whole = site.app.extensions["lexheller"]
    broken = Database(url)
    site.app.extensions["lexheller"] = replace(whole, database=broken)
    try:
        yield
    finally:
        site.app.extensions["lexheller"] = whole
        broken.dispose()


@contextmanager
def pragma(engine: Engine, words: str) -> Iterator[None]:
    """For a while every connection to a SQLite file works under one more condition."""

    def set_it(connection: Any, _record: object) -> None:
        connection.execute(f"PRAGMA {words}")

    event.listen(engine, "connect", set_it)
    engine.dispose()
    try:
        yield
    finally:
        event.remove(engine, "connect", set_it)
        engine.dispose()


@pytest.fixture
def dead_url(request: pytest.FixtureRequest, site_url: str, tmp_path: Path) -> str:
    """An address of the same kind of database behind which there is none."""
    return DEAD if site_url.startswith("postgresql") else f"sqlite:///{tmp_path}/no-such-folder/lexheller.sqlite3"


@pytest.mark.parametrize(
    "broker", ["redis+socket:///no/such/socket", "redis://127.0.0.1:1", "nonsense://", "redis://["]
)
def test_a_report_is_stored_when_the_broker_is_away(site_url: str, tmp_path: Path, broker: str) -> None:
    with open_site(site_url, tmp_path, broker_url=broker) as site:
        site.sign_in("reporter").file_report()
        assert (site.count(Report), site.count(Outbox)) == (1, 1)


def test_nobody_at_the_form_waits_for_a_broker_that_is_silent(site_url: str, tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        broker = f"redis://127.0.0.1:{silent.getsockname()[1]}"
        with open_site(site_url, tmp_path, broker_url=broker) as site:
            visitor = site.sign_in("reporter")
            form = report_answers() | visitor.tokens()
            started = time.monotonic()
            assert visitor.post("/rapportera", data=form).status_code == 303
            assert time.monotonic() - started < SECONDS


def test_the_bell_rings_once_for_a_report(site_url: str, tmp_path: Path, valkey: str) -> None:
    queue = redis.Redis(unix_socket_path=valkey.removeprefix("redis+socket://"), db=7)
    queue.delete("fast")
    with closing(queue), open_site(site_url, tmp_path, broker_url=f"{valkey}?virtual_host=7") as site:
        site.sign_in("reporter").file_report()
        until = time.monotonic() + 10
        while not queue.llen("fast") and time.monotonic() < until:
            time.sleep(0.02)
        assert queue.llen("fast") == 1
        queue.delete("fast")


def test_without_a_database_the_text_comes_back_and_can_be_sent_later(site: Site, dead_url: str) -> None:
    visitor = site.sign_in("reporter")
    form = report_answers() | visitor.tokens() | {"suggestion": "En gemensam brevlåda."}
    with without_database(site, dead_url):
        answer = visitor.post("/rapportera", data=form)
    assert answer.status_code == 503
    for words in ("Tjänsten är tillfälligt stängd", TEXT, "En gemensam brevlåda.", "Inget är sparat"):
        assert words in answer.text
    assert visitor.post("/rapportera", data=form).status_code == 303
    assert site.count(Report) == 1


def test_without_a_database_every_page_says_so(site: Site, dead_url: str) -> None:
    coordinator = site.sign_in("coordinator")
    with without_database(site, dead_url):
        for address in ("/oversikt", "/avvikelser", "/rapportera", "/mina-rapporter", "/rapporter", "/halsa", "/"):
            answer = coordinator.get(address)
            assert answer.status_code == 503, address
            assert "<h1" in answer.text, address
        assert site.visitor().get("/halsa").status_code == 503
        assert site.visitor().get("/om").status_code == 200


def test_a_text_that_waits_on_the_sign_in_page_survives_a_database_that_is_away(site: Site, dead_url: str) -> None:
    visitor = site.visitor()
    carried = {"kept-description": TEXT, "email": "reporter@example.org", "password": "x"}
    words = carried | visitor.tokens("/logga-in")
    with without_database(site, dead_url):
        answer = visitor.post("/logga-in", data=words)
    assert answer.status_code == 503
    assert TEXT in answer.text


def test_connections_that_broke_overnight_are_replaced(
    postgres_site_url: str, postgres_url: str, tmp_path: Path
) -> None:
    with open_site(postgres_site_url, tmp_path) as site:
        visitor = site.sign_in("reporter")
        ours = "datname = '" + postgres_site_url.split("/")[-1].split("?")[0] + "'"
        run_on(postgres_url, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {ours}")  # noqa: S608
        visitor.file_report()
        assert site.count(Report) == 1


def test_a_full_disk_stores_nothing_by_halves_and_mends_by_itself(sqlite_site_url: str, tmp_path: Path) -> None:
    with open_site(sqlite_site_url, tmp_path) as site:
        visitor = site.sign_in("reporter")
        with site.database.engine.connect() as connection:
            pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        form, filed = {}, 0
        with pragma(site.database.engine, f"max_page_count={pages}"):
            for _ in range(100):
                form = report_answers() | visitor.tokens() | {"description": "å" * 1500}
                answer = visitor.post("/rapportera", data=form)
                if answer.status_code != 303:
                    break
                filed += 1
        assert answer.status_code == 503
        assert "å" * 1500 in answer.text
        assert [site.count(Report), site.count(Outbox)] == [filed, filed]
        assert visitor.post("/rapportera", data=form).location.endswith(f"LH-2026-{filed + 1:04d}")


def test_a_locked_database_is_told_and_the_text_comes_back(sqlite_site_url: str, tmp_path: Path) -> None:
    with open_site(sqlite_site_url, tmp_path) as site:
        visitor = site.sign_in("reporter")
        form = report_answers() | visitor.tokens()
        other = Database(sqlite_site_url)
        with pragma(site.database.engine, "busy_timeout=100"), other.write() as busy:
            busy.connection()
            answer = visitor.post("/rapportera", data=form)
        other.dispose()
        assert (answer.status_code, TEXT in answer.text) == (503, True)
        assert visitor.post("/rapportera", data=form).status_code == 303


def test_who_only_reads_does_not_suffer_from_a_database_that_cannot_be_written_to(
    sqlite_site_url: str, tmp_path: Path
) -> None:
    with open_site(sqlite_site_url, tmp_path) as site:
        visitor = site.sign_in("reporter")
        reference = visitor.file_report()
        site.advance(minutes=5)
        with pragma(site.database.engine, "query_only=ON"):
            assert visitor.get(f"/mina-rapporter/{reference}").status_code == 200
            assert visitor.send().status_code == 503


def test_a_fault_of_our_own_gives_a_page_with_the_text_and_leaves_nothing(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = site.sign_in("reporter")
    form = report_answers() | visitor.tokens()

    def break_down(*_: object) -> None:
        raise RuntimeError("a fault of our own")

    with monkeypatch.context() as broken:
        broken.setattr(sys.modules["webapp.rapportera.filing"], "mark_slice", break_down)
        answer = visitor.post("/rapportera", data=form)
    assert answer.status_code == 500
    assert TEXT in answer.text
    assert "Något gick fel" in answer.text
    assert [site.count(table) for table in (Report, Outbox, ReportNumber)] == [0, 0, 0]
    assert visitor.post("/rapportera", data=form).location.endswith("LH-2026-0001")


@contextmanager
def breaking_off(engine: Engine, after: int) -> Iterator[list[int]]:
    """The database answers so many statements and then no more. Yields: a list that is filled when it came to that."""
    asked, failed = count(1), list[int]()

    def fail(*_: Any) -> None:
        if next(asked) > after:
            failed.append(after)
            raise OperationalError("SELECT 1", {}, OSError("the line is dead"))

    event.listen(engine, "before_cursor_execute", fail)
    try:
        yield failed
    finally:
        event.remove(engine, "before_cursor_execute", fail)


def test_a_sign_in_that_broke_off_anywhere_can_be_sent_again(site: Site) -> None:
    for after in count():
        visitor = site.visitor()
        words = {"email": address_of("reporter"), "password": PASSWORD, **visitor.tokens("/logga-in")}
        with breaking_off(site.webs_database.engine, after) as failed:
            status = visitor.post("/logga-in", data=words).status_code
        if not failed:
            break
        if status == 503:
            status = visitor.post("/logga-in", data=words).status_code
        assert status == 302, after
        assert visitor.get("/konto").status_code == 200
    assert after > 3
