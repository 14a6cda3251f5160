"""A summary on its way to its readers: ordered, built, read by its coordinator, and mailed to three seats."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import pytest
from sqlalchemy import case, select, update
from sqlalchemy.orm import undefer
from werkzeug.test import TestResponse

from models import Delivery, Federation, Forum, ForumMember, Report, Summary, User
from models.delivery import DeliveryState, deliveries_to_seats
from models.month_count import mark_slice
from models.organisation import Party
from models.report import ReportState
from models.summary import SummaryKind, order_summary
from schemas.summary_edits import texts_of
from tests.site import Site, Visitor
from tests.workshop import Workshop
from webapp.moving import move
from worker import pdf, tasks
from worker.due import due_months

LSG, OCTOBER = "lsg-savsjo", "monthly/2026-10-01"
SEATS = {"af": "enhetschef@af.example.org", "fk": "enhetschef@fk.example.org", "kommun": "chef@kommun.example.org"}
DOMAINS = "af.example.org\nfk.example.org\nkommun.example.org"
PAGE = '<!doctype html><html lang="sv"><head><title>Prov</title></head><body><h1>Prov</h1><p>Text</p></body></html>'


@lru_cache(maxsize=1)
def sound_pdf() -> bytes:
    """A small file that is whole, tagged and titled, by the real printer."""
    return pdf.render(PAGE)


@dataclass
class Office:
    """`printed` are the contents that were handed to the printer, which gives a sound file of its own for each."""

    shop: Workshop
    summary_id: int
    printed: list[Any] = field(default_factory=list)

    @property
    def site(self) -> Site:
        return self.shop.site

    def print_it(self, content: Any) -> bytes:
        self.printed.append(content)
        return sound_pdf() + b"\n% " + str(len(self.printed)).encode() + b"\n"

    def build(self, summary_id: int | None = None) -> None:
        tasks.build_summary(summary_id or self.summary_id)

    def stored(self, summary_id: int | None = None) -> Summary:
        parts = (Summary.snapshot, Summary.edits, Summary.content, Summary.pdf)
        with self.site.database.read() as session:
            return session.get_one(Summary, summary_id or self.summary_id, options=[undefer(part) for part in parts])

    def press(
        self, visitor: Visitor, end: str, words: Mapping[str, Any] | None = None, summary_id: int | None = None
    ) -> TestResponse:
        """Send one of the forms of the review page, as it stands there now."""
        summary_id = summary_id or self.summary_id
        form = {"build": self.stored(summary_id).build, **visitor.tokens("/om"), **(words or {})}
        return visitor.post(f"/rapporter/{summary_id}/{end}", data=form)

    def texts(self) -> dict[str, str]:
        """The texts of the edit form as they stand."""
        return texts_of(self.stored().content or {})

    def approve(self) -> None:
        """Approve the draft and print it with that."""
        assert self.press(self.site.sign_in("coordinator"), "godkann").status_code == 303
        self.build()

    def correct(self) -> int:
        """Order, build and approve the next version. Returns: its id."""
        coordinator = self.site.sign_in("coordinator")
        answer = self.press(coordinator, "bygg-om")
        summary_id = int(answer.location.split("/")[-2])
        self.build(summary_id)
        assert self.press(coordinator, "godkann", summary_id=summary_id).status_code == 303
        self.build(summary_id)
        return summary_id

    def withdraw_reports(self, count: int = 12) -> None:
        """Let reporters take some reports of the month back, and count that."""
        with self.site.database.write() as session:
            counted = Report.state.in_((ReportState.RECEIVED, ReportState.IN_REVIEW))
            month = self.stored().period
            here = (counted, Report.month == month, Report.area_id == self._area_id(session))
            rows = session.scalars(select(Report).where(*here).limit(count)).all()
            assert rows
            for report in rows:
                move(session, report, ReportState.WITHDRAWN, report.reporter, self.site.moment, why="Fel ärende.")
                mark_slice(session, report.area_id, report.month)
        self.shop.count()

    def _area_id(self, session: Any) -> int:
        return session.scalars(select(Forum.area_id).where(Forum.code == LSG)).one()  # type: ignore[no-any-return]

    def mails(self, summary_id: int | None = None) -> dict[str, tuple[DeliveryState, str]]:
        """What became of each mail, by the party of its seat."""
        with self.site.database.read() as session:
            rows = deliveries_to_seats(session, summary_id or self.summary_id)
            return {row.recipient.split(", ")[1]: (row.state, row.fault) for row in rows}

    def deliver(self) -> None:
        """Do what the worker does with every mail that waits."""
        with self.site.database.read() as session:
            waiting = list(session.scalars(select(Delivery.id).order_by(Delivery.id)))
        for delivery_id in waiting:
            tasks.deliver(delivery_id)

    def change_seat(self, party: str, change: Callable[[Any, ForumMember], None]) -> None:
        with self.site.database.write() as session:
            query = select(ForumMember).join(ForumMember.party).join(ForumMember.forum)
            change(session, session.scalars(query.where(Party.code == party, Forum.code == LSG)).one())


def open_office(site: Site, monkeypatch: pytest.MonkeyPatch, reports: int = 400, **sending: Any) -> Office:
    """A forum with three seats that have mailboxes, reports of a year, and a draft of October that has been built.

    Arguments: reports - how many; sending - settings of the worker, such as mail_url.
    """
    site.add_reports(reports)
    _share_out(site)
    [month] = due_months(site.moment.date().replace(month=10, day=1), site.moment.date())
    with site.database.write() as session:
        forum = session.scalars(select(Forum).where(Forum.code == LSG)).one()
        session.execute(update(Federation).where(Federation.id == forum.federation_id).values(mail_domains=DOMAINS))
        for seat in list(forum.members):
            if seat.party.code in SEATS:
                seat.email = SEATS[seat.party.code]
            else:
                session.delete(seat)
        summary_id = order_summary(session, forum.id, SummaryKind.MONTHLY, month, 1, site.moment)
    assert summary_id
    office = Office(Workshop(site, monkeypatch), summary_id)
    monkeypatch.setattr(pdf, "render_summary", office.print_it)
    settings = site.settings
    monkeypatch.setattr(tasks, "current", replace(settings, **sending))
    office.build()
    return office


def _share_out(site: Site) -> None:
    """Let the reports be of four people, so that numbers can be shown."""
    with site.database.write() as session:
        people = list(session.scalars(select(User.id).order_by(User.id).limit(4)))
        turns = case(*((Report.id % 4 == turn, user_id) for turn, user_id in enumerate(people)))
        session.execute(update(Report).values(reporter_id=turns))


def review(office: Office, summary_id: int | None = None) -> str:
    """The page that the coordinator reads."""
    answer = office.site.sign_in("coordinator").get(f"/rapporter/{summary_id or office.summary_id}/granska")
    assert answer.status_code == 200
    return answer.text
