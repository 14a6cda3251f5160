"""A furnished product to test: two federations, people of every role at their browsers, and a clock that can be set."""

from __future__ import annotations

import html
import json
import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from flask.testing import FlaskClient
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import func, select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from commands._organisation import load_organisation
from models import Area, Federation, Party, Report, Unit, User
from models.base import Base, Database
from models.month_count import dirty_slices, mark_slice
from models.report import Occurred, ReportState, take_reference
from models.user import Role
from schemas.months import month_of
from settings import ROOT, Settings
from tests.servers import as_role
from webapp import create_app
from worker.recount import recount

PASSWORD = "ett lösenord för tester"
# The cheapest hash there is: it is checked as any other, without the wait that makes guessing slow.
HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
FIELD = re.compile(r'name="(csrf_token|form_key)"[^>]*value="([^"]*)"')
MONDAY = datetime(2026, 11, 16, 9, tzinfo=UTC)
TEXT = "Remissen kom tillbaka tre gånger eftersom ingen visste vem som skulle ta emot den."
# Who there is: the name, the federation, the role, the code of the unit, and the codes of the areas.
PEOPLE = (
    ("reporter", "hoglandet", Role.REPORTER, "forsorjningsstod", ("savsjo", "aneby")),
    ("colleague", "hoglandet", Role.REPORTER, "psykiatri", ("savsjo",)),
    ("coordinator", "hoglandet", Role.COORDINATOR, None, ("savsjo", "aneby")),
    ("neighbour", "hoglandet", Role.COORDINATOR, None, ("nassjo",)),
    ("member", "hoglandet", Role.FORUM_MEMBER, "forsorjningsstod", ("savsjo",)),
    ("administrator", "hoglandet", Role.ADMINISTRATOR, None, ("savsjo",)),
    ("far-reporter", "sodra-vatterbygden", Role.REPORTER, "forsorjningsstod", ("habo",)),
    ("far-coordinator", "sodra-vatterbygden", Role.COORDINATOR, None, ("habo",)),
    ("far-member", "sodra-vatterbygden", Role.FORUM_MEMBER, "forsorjningsstod", ("habo",)),
    ("far-administrator", "sodra-vatterbygden", Role.ADMINISTRATOR, None, ("habo",)),
)


def address_of(name: str) -> str:
    return f"{name}@example.org"


class Visitor(FlaskClient):
    """Somebody at a browser that runs no script."""

    def tokens(self, address: str = "/rapportera") -> dict[str, str]:
        """The hidden values of a page's form: `csrf_token` and, in the report form, `form_key`. Here many reports have
        the same words, so each says that its writer was asked and means it (`again`)."""
        found = {name: html.unescape(value) for name, value in FIELD.findall(self.get(address).text)}
        return found | ({"again": found["form_key"]} if "form_key" in found else {})

    def send(self, **answers: Any) -> TestResponse:
        """Open the form and send it: a full report but for what the answers change. None leaves a field out.

        A form that is open already is sent again by handing in its tokens.
        """
        tokens = {} if {"csrf_token", "form_key"} <= answers.keys() else self.tokens()
        form = report_answers() | {"do": "send"} | tokens | answers
        return self.post("/rapportera", data={name: value for name, value in form.items() if value is not None})

    def file_report(self, **answers: Any) -> str:
        """Send a report that is accepted. Returns: its reference."""
        response = self.send(**answers)
        assert response.status_code == 303, response.text
        return response.location.rsplit("/", 1)[1]


def report_answers() -> dict[str, Any]:
    """The answers that the form needs at least, as the reporter of Sävsjö gives them."""
    sender = {"area": "savsjo", "reporting_unit": "forsorjningsstod"}
    return sender | {"counterpart": "psykiatri", "description": TEXT, "occurred": "week"}


class CompiledTemplates(BytecodeCache):
    """Templates that one site has compiled serve all others: compiling them anew took a third of every test's time."""

    def __init__(self) -> None:
        self.known: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.known:
            bucket.bytecode_from_string(self.known[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.known[bucket.key] = bucket.bytecode_to_string()


COMPILED = CompiledTemplates()
FIRST: dict[str, Engine] = {}  # of each kind of database, the first engine that a process of the tests has opened


def share_compiled(engine: Engine) -> None:
    """Statements that one engine has compiled serve all others of its kind: a sixth of every test's time."""
    first = FIRST.setdefault(engine.dialect.name, engine)
    engine.dialect, engine._compiled_cache = first.dialect, first._compiled_cache


class Site:
    """The web application on a database of its own. `moment` is what its clock says; `database` is the same database
    for the test itself, which sees all, and `settings` those of the product's commands and workers."""

    def __init__(self, database_url: str, home: Path, **changes: Any) -> None:
        self.moment = MONDAY
        walled = database_url.startswith("postgresql")
        plain = Settings("embedded", home, database_url, broker_url="", secret_key="k" * 40)
        self.settings = replace(plain, **{"reports_per_hour": 1000} | changes)  # few people stand for many here
        webs_url = as_role(database_url, "web") if walled else database_url
        self.app = create_app(replace(self.settings, database_url=webs_url), clock=lambda: self.moment)
        self.app.test_client_class = Visitor
        self.app.jinja_env.bytecode_cache = COMPILED
        self.database = Database(database_url) if walled else self.webs_database
        for database in (self.database, self.webs_database):
            share_compiled(database.engine)

    @property
    def webs_database(self) -> Database:
        """The one that the web itself goes through; on PostgreSQL it shows only what the person who asks may see."""
        found: Database = self.app.extensions["lexheller"].database
        return found

    def furnish(self) -> None:
        """Load both federations and everybody's accounts."""
        with self.database.write() as session:
            for code in ("hoglandet", "sodra-vatterbygden"):
                data = json.loads((ROOT / "data" / f"{code}.json").read_text(encoding="utf-8"))
                load_organisation(session, data, date(2026, 10, 1))
            for name, federation, role, unit, areas in PEOPLE:
                _add_person(session, name, federation, role, unit, areas)

    def advance(self, **amount: float) -> None:
        """Let time pass: `advance(minutes=31)`."""
        self.moment += timedelta(**amount)

    def visitor(self) -> Visitor:
        """A stranger."""
        client = self.app.test_client()
        assert isinstance(client, Visitor)
        return client

    def sign_in(self, name: str) -> Visitor:
        """One of PEOPLE, signed in."""
        visitor = self.visitor()
        words = {"email": address_of(name), "password": PASSWORD, **visitor.tokens("/logga-in")}
        assert visitor.post("/logga-in", data=words).status_code == 302
        return visitor

    def count(self, table: type[Base]) -> int:
        """How many rows a table holds."""
        with self.database.read() as session:
            return session.scalar(select(func.count()).select_from(table)) or 0

    def only_report(self) -> Report:
        """The one report that there is."""
        with self.database.read() as session:
            return session.scalars(select(Report)).one()

    def recount(self) -> None:
        """Do what the worker does with slices that were marked."""
        with self.database.read() as session:
            waiting = list(session.scalars(dirty_slices()))
        for slice_id in waiting:
            with self.database.write() as session:
                recount(session, slice_id, self.moment)

    def add_reports(self, count: int, seed: int = 1) -> None:
        """Add reports of everyday variety in two areas over the last thirteen months, past the form, and count them."""
        dice = random.Random(seed)
        with self.database.write() as session:
            for row in _random_reports(session, dice, count, self.moment):
                session.add(row)
                mark_slice(session, row.area_id, row.month)
        self.recount()


def _add_person(session: Session, name: str, code: str, role: Role, unit: str | None, areas: tuple[str, ...]) -> None:
    federation = session.scalars(select(Federation).where(Federation.code == code)).one()
    home = select(Unit.id).join(Party).where(Party.federation_id == federation.id, Unit.code == unit)
    near = select(Area).where(Area.federation_id == federation.id, Area.code.in_(areas))
    facts = {"email": address_of(name), "password_hash": HASH, "title": f"{role.label} {name}"}
    person = User(federation_id=federation.id, unit_id=session.scalar(home), role=role, **facts)
    person.areas = list(session.scalars(near))
    session.add(person)


def _random_reports(session: Session, dice: random.Random, count: int, now: datetime) -> Iterator[Report]:
    reporter = session.scalars(select(User).where(User.email == address_of("reporter"))).one()
    units = list(session.scalars(select(Unit).join(Party).where(Party.federation_id == reporter.federation_id)))
    senders = [unit for unit in units if unit.party.code != "other"]
    area_ids = [area.id for area in reporter.areas]
    for number in range(count):
        moment = now - timedelta(days=dice.random() * 390)
        yield Report(
            federation_id=reporter.federation_id,
            area_id=dice.choice(area_ids),
            reporter_id=reporter.id,
            from_unit_id=dice.choice(senders).id,
            about_unit_id=dice.choice(units).id,
            form_key=f"key-{dice.random()}-{number}",
            reference=take_reference(session, reporter.federation_id, month_of(moment).year),
            received_at=moment,
            month=month_of(moment),
            state=dice.choice(list(ReportState)),
            category=dice.choice(["contact_route", "handover", "rules", "unassessed"]),
            description=TEXT,
            occurred=dice.choice(list(Occurred)),
        )


@contextmanager
def open_site(database_url: str, home: Path, **changes: Any) -> Iterator[Site]:
    """A site that lets go of its database in the end."""
    site = Site(database_url, home, **changes)
    try:
        yield site
    finally:
        site.database.dispose()
        site.webs_database.dispose()
