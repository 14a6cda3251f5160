"""The example data: filed through the form, marked as what it is, the same however often, and never in production."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import click
import pytest
from argon2 import PasswordHasher
from click.testing import CliRunner, Result
from sqlalchemy import func, select, update

import commands._accounts
import commands._filing
from commands import demo, load_demo, load_organisation
from models import Area, Federation, MonthCount, Outbox, Party, Report, ReportNumber, Unit, User
from models.base import Base, Database
from models.report import UNCOUNTED
from schemas.text import clean
from settings import ROOT, Settings, SettingsError
from webapp import create_app

CASES = [json.loads(line) for line in (ROOT / "data" / "sample-cases.jsonl").read_text(encoding="utf-8").splitlines()]
SECRET = "0123456789abcdefghijklmnopqrstuv"


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Result]:
    """Runs a command on an empty migrated database, with passwords that are cheap to check."""
    monkeypatch.setenv("LEXHELLER_DATABASE_URL", database_url)
    monkeypatch.setenv("LEXHELLER_HOME", str(tmp_path))
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(commands._accounts, "PasswordHasher", lambda: cheap)

    def run_it(command: click.Command, *words: str, fails: bool = False) -> Result:
        result = CliRunner().invoke(command, words)
        assert (result.exit_code != 0) == fails, (result.output, result.exception)
        return result

    return run_it


def count(database: Database, table: type[Base]) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def everything(database: Database) -> dict[str, Counter[str]]:
    """All rows of all tables."""
    with database.read() as session:
        tables = Base.metadata.sorted_tables
        return {table.name: Counter(repr(row) for row in session.execute(select(table))) for table in tables}


def test_every_sample_case_is_filed_through_the_form(
    run: Callable[..., Result], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    posted: Counter[tuple[str, str]] = Counter()

    def listened(*arguments: Any, **named: Any) -> Any:
        app = create_app(*arguments, **named)
        app.after_request(lambda answer: posted.update([(_request_path(), answer.status)]) or answer)
        return app

    monkeypatch.setattr(commands._filing, "create_app", listened)
    run(demo.command)
    assert posted["POST /rapportera", "303 SEE OTHER"] == len(CASES) >= 30
    with database.read() as session:
        texts = Counter(session.scalars(select(Report.description)))
        assert texts == Counter(clean(case["text"]) for case in CASES)
        assert session.scalar(select(func.count()).select_from(Outbox)) == len(CASES)


def _request_path() -> str:
    from flask import request

    return f"{request.method} {request.path}"


def test_the_cases_are_spread_over_a_year_and_numbered_without_a_gap(
    run: Callable[..., Result], database: Database
) -> None:
    run(demo.command)
    with database.read() as session:
        rows = session.execute(select(Report.received_at, Report.reference).order_by(Report.received_at)).all()
    assert len({f"{moment:%Y-%m}" for moment, _ in rows}) >= 10
    by_year = Counter(reference[:8] for _, reference in rows)
    for year, total in by_year.items():
        assert [r for _, r in rows if r.startswith(year)] == [f"{year}{number:04d}" for number in range(1, total + 1)]
    assert all(one[0] <= other[0] for one, other in pairwise(rows))


def test_everything_is_marked_as_an_example(run: Callable[..., Result], database: Database, tmp_path: Path) -> None:
    shown = run(demo.command).output
    with database.read() as session:
        assert set(session.scalars(select(Report.is_example))) == {True}
        assert set(session.scalars(select(User.is_example))) == {True}
        emails = set(session.scalars(select(User.email)))
    assert set(re.findall(r"\S+@example\.org", shown)) == emails
    current = Settings("embedded", tmp_path, str(database.engine.url.render_as_string(False)), "", SECRET, demo=True)
    app = create_app(current)
    assert "Exempeldata" in app.test_client().get("/logga-in").text
    app.extensions["lexheller"].database.dispose()


def test_a_second_run_changes_nothing(run: Callable[..., Result], database: Database) -> None:
    run(demo.command)
    before = everything(database)
    run(demo.command)
    assert everything(database) == before


def test_a_run_that_was_interrupted_is_completed_by_the_next(
    run: Callable[..., Result], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = commands._filing.Filing.file

    def stop_at_the_sixth(self: Any, case: Any, moment: Any) -> None:
        if case["id"] == CASES[5]["id"]:
            raise KeyboardInterrupt
        original(self, case, moment)

    with monkeypatch.context() as stopped:
        stopped.setattr(commands._filing.Filing, "file", stop_at_the_sixth)
        run(demo.command, fails=True)
    assert count(database, Report) == 5
    run(demo.command)
    assert count(database, Report) == len(CASES)


def test_a_database_with_a_federation_of_its_own_is_left_alone(run: Callable[..., Result], database: Database) -> None:
    run(load_organisation.command, str(ROOT / "data" / "sodra-vatterbygden.json"))
    before = everything(database)
    failed = run(demo.command, fails=True)
    assert "example" in failed.output
    assert everything(database) == before


@pytest.mark.parametrize(("command", "words"), [(demo.command, ()), (load_demo.command, ("--reports", "5"))])
def test_production_takes_no_example_data(
    run: Callable[..., Result],
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    command: click.Command,
    words: tuple[str, ...],
) -> None:
    production = {"PROFILE": "production", "SECRET_KEY": SECRET, "BROKER_URL": "redis://127.0.0.1:1"}
    for name, value in (production | {"TRUSTED_HOSTS": "lexheller.example.org"}).items():
        monkeypatch.setenv(f"LEXHELLER_{name}", value)
    failed = run(command, *words, fails=True)
    assert isinstance(failed.exception, SettingsError | SystemExit)
    assert (count(database, Report), count(database, User)) == (0, 0)


def reports(database: Database) -> list[tuple[Any, ...]]:
    """What load-demo decided by its dice, in the order of time."""
    with database.read() as session:
        columns = (Report.area_id, Report.from_unit_id, Report.about_unit_id, Report.category, Report.description)
        return [tuple(row) for row in session.execute(select(*columns).order_by(Report.received_at))]


def test_load_demo_gives_the_asked_number_numbered_marked_and_counted(
    run: Callable[..., Result], database: Database
) -> None:
    run(demo.command)
    run(load_demo.command, "--reports", "60")
    assert count(database, Report) == 60 + len(CASES)
    with database.read() as session:
        references = list(session.scalars(select(Report.reference)))
        last = dict(row for row in session.execute(select(ReportNumber.year, ReportNumber.last)))
        counted = session.scalar(select(func.count()).select_from(Report).where(Report.state.not_in(UNCOUNTED)))
        assert set(session.scalars(select(Report.is_example))) == {True}
        assert session.scalar(select(func.sum(MonthCount.reports))) == counted
    assert len(set(references)) == len(references)
    assert Counter(int(reference[3:7]) for reference in references) == last


@pytest.mark.parametrize(("seed", "same"), [("1", True), ("2", False)])
def test_the_same_seed_gives_the_same_reports(
    run: Callable[..., Result], database: Database, seed: str, same: bool
) -> None:
    run(load_demo.command, "--reports", "40", "--seed", "1")
    first = reports(database)
    with database.write() as session:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(table.delete())
    run(load_demo.command, "--reports", "40", "--seed", seed)
    assert (by_name(first) == by_name(reports(database))) == same


def by_name(rows: list[tuple[Any, ...]]) -> list[Any]:
    """The reports without ids, which depend on what was in the database before."""
    orders = [{found: place for place, found in enumerate(sorted({row[i] for row in rows}))} for i in range(3)]
    return [(orders[0][row[0]], orders[1][row[1]], orders[2][row[2]], *row[3:]) for row in rows]


def test_load_demo_keeps_to_its_own_federation(run: Callable[..., Result], database: Database) -> None:
    run(demo.command)
    run(load_organisation.command, str(ROOT / "data" / "sodra-vatterbygden.json"))
    run(load_demo.command, "--reports", "60")
    with database.read() as session:
        home = select(Federation.id).where(Federation.code == "hoglandet").scalar_subquery()
        units = select(Unit.id).join(Party).where(Party.federation_id == home)
        areas = select(Area.id).where(Area.federation_id == home)
        outside = Report.from_unit_id.not_in(units) | Report.about_unit_id.not_in(units) | Report.area_id.not_in(areas)
        assert session.scalar(select(func.count()).select_from(Report).where(outside)) == 0


def test_reports_can_be_filed_after_load_demo(run: Callable[..., Result], database: Database) -> None:
    """PostgreSQL's sequence has to know of the ids that were given past it."""
    run(load_demo.command, "--reports", "20")
    run(demo.command)
    assert count(database, Report) == 20 + len(CASES)
    with database.write() as session:
        session.execute(update(Report).values(is_example=True))
