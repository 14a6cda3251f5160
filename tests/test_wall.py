"""The second wall: what PostgreSQL itself shows to whoever asks, when the query has forgotten to ask for their own.

Every test of a page runs behind this wall too, since the web of the tests goes by the web's own role (tests/site.py).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Table, delete, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.orm import Session

from models import Area, Base, Draft, InfoRequest, Post, Report, StateChange, User
from models.base import Database
from models.report import ReportState
from models.user import Role, Scope
from models.wall import Reach, Sees, reaching, walled
from models.wall_state import bare_tables, is_bypassed
from settings import ROOT
from tests.filling import EACH, fill, reflect
from tests.servers import as_administrator, as_role, give_roles
from tests.site import PEOPLE, Site, address_of, open_site
from webapp import wall
from webapp.requests import reading, writing
from webapp.wall import Opening, opened, recognise

# Shared by the whole installation, or without a word about anybody: jobs by id, signs of life, hashes, trained models.
BARE = {"heartbeat", "outbox", "refusal", "trained_model"}
REFUSED = "row-level security"
LOG = "audit_event"  # It may be added to by anybody, and changed by nobody.


@pytest.fixture
def webs(postgres_database_url: str) -> Iterator[Database]:
    """Five federations with a row in every table each, for the web's role; row number k belongs to federation k."""
    everything = Database(postgres_database_url)
    with everything.engine.begin() as connection:
        fill(connection, 1)
    everything.dispose()
    opened = Database(as_role(postgres_database_url, "web"), walled=True)
    yield opened
    opened.dispose()


def whole(number: int) -> Sees:
    """As far as anybody sees in a federation."""
    return Sees(Reach.FEDERATION, Scope(number, number, Role.COORDINATOR, frozenset({number})))


def tables(database: Database) -> dict[str, Table]:
    """The tables that stand behind the wall, as the database tells them: `fill` knows nothing of our words."""
    with database.engine.connect() as connection:
        found = reflect(connection).tables
    return {name: found[name] for name in sorted(walled(Base.metadata))}


def rows(session: Session, table: Table) -> set[tuple[Any, ...]]:
    return {tuple(map(str, row)) for row in session.execute(select(table))}


def test_every_table_of_a_federation_stands_behind_the_wall(webs: Database) -> None:
    assert set(Base.metadata.tables) - walled(Base.metadata) == BARE
    with webs.engine.connect() as connection:
        assert bare_tables(connection) == []
        assert not is_bypassed(connection)


def test_nobody_in_particular_sees_no_row_at_all(webs: Database) -> None:
    with webs.read() as session:
        for name, table in tables(webs).items():
            assert rows(session, table) == set(), name


def test_federations_share_no_row_whatever_is_asked(webs: Database) -> None:
    seen: dict[str, list[set[tuple[Any, ...]]]] = {name: [] for name in tables(webs)}
    for number in range(1, EACH + 1):
        with webs.write(whole(number)) as session:
            for name, table in tables(webs).items():
                seen[name].append(rows(session, table))
    for name, found in seen.items():
        assert sum(map(len, found)) == len(set().union(*found)), f"{name}: one row was seen from two federations"
        assert all(len(one) <= 1 for one in found), name
        assert any(found), f"{name}: nobody sees any"


def test_no_row_of_another_federation_is_changed_or_added(webs: Database) -> None:
    with webs.write(whole(1)) as session:
        theirs = {name: session.execute(select(table)).mappings().all() for name, table in tables(webs).items()}
    with webs.write(whole(2)) as session:
        for name, table in tables(webs).items():
            [column, *_] = table.columns
            mine = 0 if name == LOG else len(rows(session, table))
            assert session.execute(update(table).values({column.name: column})).rowcount == mine, name  # type: ignore[attr-defined]
            for row in theirs[name] if name != LOG else ():
                with pytest.raises(ProgrammingError, match=REFUSED), session.begin_nested():
                    session.execute(insert(table).values(dict(row)))


def test_no_row_of_another_federation_is_deleted(webs: Database) -> None:
    """One table at a time, as what hangs on a row goes with it. What still points at a row holds it there."""
    with webs.write(whole(1)) as session:
        before = {name: rows(session, table) for name, table in tables(webs).items()}
    for table in tables(webs).values():
        with suppress(IntegrityError), webs.write(whole(2)) as session:
            session.execute(delete(table))
    with webs.write(whole(1)) as session:
        left = {name: rows(session, table) for name, table in tables(webs).items()}
    assert left == before, "something of the first federation is gone"


def test_nobody_changes_the_audit_log_not_even_their_own(webs: Database) -> None:
    log = tables(webs)[LOG]
    with webs.write(whole(1)) as session:
        assert session.execute(update(log).values(action="nothing")).rowcount == 0  # type: ignore[attr-defined]
        assert session.execute(delete(log)).rowcount == 0  # type: ignore[attr-defined]


@pytest.fixture
def town(postgres_site_url: str, tmp_path: Path) -> Iterator[Site]:
    """A site with a report by each reporter, and one in an area that only the neighbour receives; each with history."""
    with open_site(postgres_site_url, tmp_path) as site:
        site.sign_in("reporter").file_report()
        site.sign_in("colleague").file_report(reporting_unit="psykiatri", counterpart="forsorjningsstod")
        site.sign_in("far-reporter").file_report(area="habo")
        _furnish(site)
        yield site


def _furnish(site: Site) -> None:
    with site.database.write() as session:
        nassjo = session.scalars(select(Area).where(Area.code == "nassjo")).one()
        first = session.scalars(select(Report).order_by(Report.id)).first()
        assert first is not None
        kept = {column.key: getattr(first, column.key) for column in Report.__table__.columns if column.key != "id"}
        moved = {"area_id": nassjo.id, "form_key": "another", "reference": "LH-2026-0900", "receiver_id": None}
        session.add(Report(**kept | moved))
        session.flush()
        for report_id in session.scalars(select(Report.id)).all():
            session.add(InfoRequest(report_id=report_id, asked_at=site.moment, question="Vad hände?"))
            change = {"to_state": ReportState.RECEIVED, "function": "Handläggare", "made_at": site.moment}
            session.add(StateChange(report_id=report_id, **change))


# Who there is, and the reports that they see when the query asks for all: by the area that it lies in, and whose it is.
SEEN = {
    "reporter": {("savsjo", "reporter"), ("nassjo", "reporter")},
    "colleague": {("savsjo", "colleague")},
    "coordinator": {("savsjo", "reporter"), ("savsjo", "colleague")},
    "neighbour": {("nassjo", "reporter")},
    "member": set(),
    "administrator": set(),
    "far-reporter": {("habo", "far-reporter")},
    "far-coordinator": {("habo", "far-reporter")},
    "far-member": set(),
    "far-administrator": set(),
}


@contextmanager
def asking(site: Site, name: str) -> Iterator[None]:
    """A request in which somebody has been recognised, as the web does it when it has read their cookie."""
    with site.app.test_request_context():
        recognise(person(site, name))
        yield


def person(site: Site, name: str) -> User:
    with site.database.read() as session:
        user = session.scalars(select(User).where(User.email == address_of(name))).one()
        assert user.scope.federation_id == user.federation.id
        session.expunge_all()
        return user


def test_a_query_that_forgot_its_scope_shows_only_what_the_scope_allows(town: Site) -> None:
    assert set(SEEN) == {name for name, *_ in PEOPLE}
    for name, wanted in SEEN.items():
        with asking(town, name):
            query = select(Area.code, User.email, Report.id).select_from(Report).join(Report.area).join(Report.reporter)
            found = reading().execute(query).all()
            assert {(code, email.partition("@")[0]) for code, email, _ in found} == wanted, name
            ids = {report_id for *_, report_id in found}
            for table in (InfoRequest, StateChange):
                assert set(reading().scalars(select(table.report_id))) == ids, (name, table)


def test_a_write_that_forgot_its_scope_changes_only_what_the_scope_allows(town: Site) -> None:
    for name, wanted in SEEN.items():
        with asking(town, name), writing() as session:
            for query in (update(Report).values(advice="x"), update(InfoRequest).values(question="x")):
                assert session.execute(query).rowcount == len(wanted), name  # type: ignore[attr-defined]
    with asking(town, "colleague"), pytest.raises(ProgrammingError, match=REFUSED), writing() as session:
        session.add(InfoRequest(report_id=1, asked_at=town.moment, question="Vad hände hos någon annan?"))


def test_nobody_files_a_report_in_the_name_of_another(town: Site) -> None:
    with town.database.read() as session:
        first = session.scalars(select(Report).order_by(Report.id)).first()
        assert first is not None
        kept = {column.key: getattr(first, column.key) for column in Report.__table__.columns if column.key != "id"}
    for name in ("colleague", "far-reporter", "member", "neighbour"):
        with asking(town, name), pytest.raises(ProgrammingError, match=REFUSED), writing() as session:
            session.add(Report(**kept | {"form_key": name, "reference": f"LH-2026-{name}"[:20]}))


def test_the_reports_of_a_post_are_seen_while_it_is_served_and_no_others(town: Site) -> None:
    """A coordinator who stands in for another one sees that desk, and nothing more of the other's area."""
    with town.database.write() as session:
        post_id = session.scalars(select(Post.id).join(Post.area).where(Area.code == "nassjo")).one()
        session.execute(update(Report).where(Report.reference == "LH-2026-0900").values(receiver_id=post_id))
    with asking(town, "coordinator"):
        before = set(reading().scalars(select(Report.reference)))
        wall.serve(frozenset({post_id}), reading())
        assert set(reading().scalars(select(Report.reference))) == before | {"LH-2026-0900"}
        reading().commit()
        assert "LH-2026-0900" in set(reading().scalars(select(Report.reference)))


def test_a_stranger_sees_accounts_and_no_report_and_no_draft(town: Site) -> None:
    with town.app.test_request_context():
        assert reading().scalar(select(func.count()).select_from(User)) == len(PEOPLE)
        for table in (Report, StateChange, InfoRequest, Draft):
            assert reading().scalar(select(func.count()).select_from(table)) == 0, table


def test_a_connection_of_the_pool_forgets_who_asked(town: Site) -> None:
    """One connection for all: it is told anew each time, and knows nothing in between, also after an error."""
    scope, far = person(town, "coordinator").scope, person(town, "far-coordinator").scope
    pool = Database(as_role(town.settings.database_url, "web"), pool_size=1, walled=True)
    ids = []
    with pool.write(Sees(Reach.PERSON, scope)) as session:
        ids.append(session.scalar(text("SELECT pg_backend_pid()")))
        assert len(session.scalars(select(Report)).all()) == 2
    with pool.read() as session:
        ids.append(session.scalar(text("SELECT pg_backend_pid()")))
        assert session.scalars(select(Report)).all() == []
    with pytest.raises(ProgrammingError), pool.write(Sees(Reach.PERSON, scope)) as session:
        session.execute(text("SELECT nothing_of_the_kind"))
    with pool.write(Sees(Reach.PERSON, far)) as session:
        ids.append(session.scalar(text("SELECT pg_backend_pid()")))
        assert len(session.scalars(select(Report)).all()) == 1
    assert len(set(ids)) == 1
    pool.dispose()


def test_an_opening_ends_with_its_block_however_it_ends(town: Site) -> None:
    with asking(town, "member"):
        with opened(reading(), wall.AGENDA):
            assert len(reading().scalars(select(Report)).all()) == 3
            with opened(reading(), wall.FIGURES):
                assert reading().scalar(select(func.count()).select_from(Report)) == 4
            assert reading().scalar(select(func.count()).select_from(Report)) == 3
        assert reading().scalar(select(func.count()).select_from(Report)) == 0
        with pytest.raises(KeyError), opened(reading(), wall.AGENDA):
            raise KeyError
        assert reading().scalar(select(func.count()).select_from(Report)) == 0
        with pytest.raises(ProgrammingError), opened(reading(), wall.AGENDA):
            reading().execute(text("SELECT nothing_of_the_kind"))
        reading().rollback()
        assert reading().scalar(select(func.count()).select_from(Report)) == 0


def test_what_is_changed_in_an_opening_is_written_in_it(town: Site) -> None:
    with asking(town, "member"), writing() as session, opened(session, wall.AGENDA):
        report = session.scalars(select(Report).order_by(Report.id)).all()[0]
        report.advice = "skrivet"
    with town.database.read() as session:
        assert session.get_one(Report, report.id).advice == "skrivet"


def test_a_session_that_sees_all_goes_through_an_opening_unchanged(town: Site) -> None:
    with town.database.read() as session:
        with reaching(session, Reach.PUBLIC):
            assert session.scalar(select(func.count()).select_from(Report)) == 4
        assert session.scalar(select(func.count()).select_from(Report)) == 4


def test_every_opening_is_used_and_nothing_else_in_the_web_reaches_further() -> None:
    openings = {name: found for name, found in vars(wall).items() if isinstance(found, Opening)}
    assert all(len(opening.why) > 30 for opening in openings.values())
    texts = {path: path.read_text(encoding="utf-8") for path in (ROOT / "webapp").rglob("*.py")}
    used: set[str] = set()
    for path, code in texts.items():
        if path.name == "wall.py":
            continue
        names = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
        used |= names & openings.keys()
        assert not names & {"Reach", "Sees", "reaching", "let_see"}, path
    assert used == openings.keys()


DDL = (
    "CREATE TABLE mine (id integer)",
    "CREATE TEMPORARY TABLE report (id integer)",
    "ALTER TABLE report DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE report NO FORCE ROW LEVEL SECURITY",
    "DROP POLICY wall ON report",
    "CREATE POLICY mine ON report USING (true)",
    "CREATE OR REPLACE FUNCTION sees_all() RETURNS boolean LANGUAGE sql STABLE AS 'SELECT true'",
    "TRUNCATE report",
    "DROP TABLE draft",
    "SET ROLE lexheller_owner",
    "ALTER ROLE lexheller_web BYPASSRLS",
    "GRANT lexheller_owner TO lexheller_web",
    "CREATE SCHEMA mine",
)


def attempt(connection: Connection, statement: str) -> str:
    """What PostgreSQL says to a statement; empty when it was done."""
    with connection.begin() as transaction:
        try:
            connection.execute(text(statement))
        except ProgrammingError as error:
            return str(error.orig)
        finally:
            transaction.rollback()
    return ""


@pytest.mark.parametrize("role", ["web", "worker"])
def test_neither_web_nor_worker_changes_the_schema_or_takes_the_wall_down(town: Site, role: str) -> None:
    give_roles(as_administrator(town.settings.database_url))  # A copy of a database forgets what was taken from all.
    database = Database(as_role(town.settings.database_url, role))
    with database.engine.connect() as connection:
        for statement in DDL:
            assert attempt(connection, statement), f"{role} was let to {statement}"
    database.dispose()


def test_the_web_gets_nothing_by_asking_for_everything_and_the_worker_all(town: Site) -> None:
    seen = {}
    for role in ("web", "worker", "owner"):
        database = Database(as_role(town.settings.database_url, role))
        with database.read() as session:
            seen[role] = session.scalar(select(func.count()).select_from(Report))
        with database.write(replace(Sees(Reach.ALL), scope=person(town, "coordinator").scope)) as session:
            assert session.scalar(select(func.count()).select_from(Report)) == seen[role]
        database.dispose()
    assert seen == {"web": 0, "worker": 4, "owner": 4}
