"""Forums, meetings and reports to try: made as plain rows, so that a test can begin where it wants to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from models import AgendaItem, Area, Forum, ForumMember, Meeting, Post, Report, Unit, User
from models.organisation import Party
from models.report import Occurred, ReportState, take_reference
from schemas.months import month_of
from tests.site import TEXT, Site, address_of

LSG, STEERING, WORKING = "lsg-savsjo", "styrgrupp-samverk-savsjo", "arbetsgrupp-samverk-savsjo"
PREPARATORY, BOARD = "hoglandet-beredningsgruppen", "hoglandet-styrelsen"
PAGE = f"/forum/{LSG}"


@dataclass
class Room:
    """A site with the people and rows that meetings need."""

    site: Site

    def forum(self, code: str) -> Forum:
        with self.site.database.read() as session:
            found = session.scalars(select(Forum).where(Forum.code == code)).one()
            _ = found.members, found.names, found.agreements
            return found

    def meeting(self, code: str = LSG, days: float = 30, **facts: Any) -> int:
        """A meeting so many days from now. Returns: its id."""
        with self.site.database.write() as session:
            forum_id = session.scalars(select(Forum.id).where(Forum.code == code)).one()
            row = Meeting(forum_id=forum_id, starts_at=self.site.moment + timedelta(days=days), **facts)
            session.add(row)
            session.flush()
            return row.id

    def report(self, code: str = LSG, state: ReportState = ReportState.ROUTED, **facts: Any) -> str:
        """A report that waits for a forum. Returns: its reference."""
        with self.site.database.write() as session:
            row = _new_report(session, self.site.moment, code, state)
            for name, value in facts.items():
                setattr(row, name, value)
            session.add(row)
            return row.reference

    def item(self, meeting_id: int, *references: str, **facts: Any) -> int:
        """An item on the agenda of a meeting. Returns: its id."""
        with self.site.database.write() as session:
            words = {"title": "Kontaktväg till psykiatrin", "question": "Vem öppnar en kontaktväg?", "minutes": 20}
            row = AgendaItem(meeting_id=meeting_id, position=facts.pop("position", 1), **(words | facts))
            row.reports = list(session.scalars(select(Report).where(Report.reference.in_(references))))
            session.add(row)
            session.flush()
            return row.id

    def get(self, table: Any, row_id: int) -> Any:
        """A row as it stands now."""
        with self.site.database.read() as session:
            return session.get_one(table, row_id)

    def find_report(self, reference: str) -> Report:
        with self.site.database.read() as session:
            return session.scalars(select(Report).where(Report.reference == reference)).one()

    def empty(self, code: str) -> None:
        """Nobody sits in a forum any more."""
        with self.site.database.write() as session:
            forum_id = session.scalars(select(Forum.id).where(Forum.code == code)).one()
            session.execute(delete(ForumMember).where(ForumMember.forum_id == forum_id))

    def serve_federation(self, name: str) -> None:
        """Give somebody the federation's own post."""
        with self.site.database.write() as session:
            user = session.scalars(select(User).where(User.email == address_of(name))).one()
            post = select(Post).where(Post.federation_id == user.federation_id, Post.area_id.is_(None))
            user.post = session.scalars(post).one()


@pytest.fixture
def room(site: Site) -> Room:
    return Room(site)


def _new_report(session: Session, moment: datetime, code: str, state: ReportState) -> Report:
    reporter = session.scalars(select(User).where(User.email == address_of("reporter"))).one()
    forum = session.scalars(select(Forum).where(Forum.code == code)).one()
    area_id = forum.area_id or session.scalars(select(Area.id).where(Area.code == "savsjo")).one()
    sender, about = (_unit(session, reporter.federation_id, unit) for unit in ("forsorjningsstod", "psykiatri"))
    reference = take_reference(session, reporter.federation_id, moment.year)
    return Report(
        federation_id=reporter.federation_id,
        area_id=area_id,
        reporter_id=reporter.id,
        from_unit_id=sender,
        about_unit_id=about,
        form_key=f"key-{reference}",
        reference=reference,
        received_at=moment - timedelta(days=10),
        month=month_of(moment),
        state=state,
        category="contact_route",
        description=TEXT,
        occurred=Occurred.WEEK,
        forum_id=forum.id,
    )


def _unit(session: Session, federation_id: int, code: str) -> int:
    query = select(Unit.id).join(Party).where(Party.federation_id == federation_id, Unit.code == code)
    return session.scalars(query).one()


def send(client: FlaskClient, address: str, page: str, **answers: Any) -> TestResponse:
    """Open a page, take its hidden fields, and post to an address."""
    found = client.get(page)
    assert found.status_code == 200, (page, found.status_code)
    return client.post(address, data={"csrf_token": hidden(found.text, "csrf_token"), **answers})


def hidden(page: str, name: str) -> str:
    """The value of a page's first hidden field of a name; empty where there is none."""
    before, _, rest = page.partition(f'name="{name}" value="')
    return rest.partition('"')[0] if rest or before == page else ""
