"""The second wall holds for each person: a query that forgot to ask for their own shows only that.

Every test of a page runs behind this wall too, since the web of the tests goes by the web's own role (tests/site.py).
"""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import ProgrammingError

from models import Area, Draft, InfoRequest, Post, Report, StateChange, User
from models.base import Database
from models.wall import Reach, Sees
from tests.servers import as_role
from tests.site import PEOPLE, Site
from tests.wall import REFUSED, asking, person, town
from webapp import wall
from webapp.requests import reading, writing

__all__ = ["town"]  # a fixture

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
