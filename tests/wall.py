"""The second wall to try: a town with reports behind it, and requests in which somebody has been recognised."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from models import Area, InfoRequest, Report, StateChange, User
from models.report import ReportState
from tests.site import Site, address_of, open_site
from webapp.wall import recognise

REFUSED = "row-level security"


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
