"""Answered reports to try: enough alike to be published, and an answer and a publication as the forms send them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from models import Area, Report, User
from models.organisation import Party, Unit
from models.report import Occurred, ReportState, take_reference
from schemas.months import month_of
from tests.desk import report_of, send
from tests.site import TEXT, Site, Visitor, address_of

PARAPHRASE = "En remiss skickades fram och tillbaka innan någon tog emot den."
ANSWER = {"cause": "Ingen gemensam väg in.", "action": "En brevlåda är öppnad.", "action_kind": "taken"}
PEOPLE = ("reporter", "colleague", "member", "administrator")


def add_alike(
    site: Site, count: int, people: int, area: str = "savsjo", days_ago: float = 30, **facts: Any
) -> list[str]:
    """Reports about the same party and category, filed by so many people, past the form. Returns: their references."""
    with site.database.write() as session:
        home = session.scalars(select(Area).where(Area.code == area)).one()
        users = [session.scalars(select(User).where(User.email == address_of(name))).one() for name in PEOPLE[:people]]
        unit = select(Unit.id).join(Party).where(Party.federation_id == home.federation_id)
        sender, about = (session.scalar(unit.where(Unit.code == code)) for code in ("forsorjningsstod", "psykiatri"))
        moment = site.moment - timedelta(days=days_ago)
        rows = []
        for number in range(count):
            reference = take_reference(session, home.federation_id, moment.year)
            row = Report(
                federation_id=home.federation_id, area_id=home.id, reporter_id=users[number % people].id,
                from_unit_id=sender, about_unit_id=about, form_key=f"key-{reference}", reference=reference,
                received_at=moment, month=month_of(moment), category="handover", description=TEXT,
                occurred=Occurred.WEEK, may_paraphrase=True, paraphrase=PARAPHRASE, state=ReportState.IN_REVIEW,
            )  # fmt: skip
            for name, value in facts.items():
                setattr(row, name, value)
            session.add(row)
            rows.append(row.reference)
        return rows


def answer(visitor: Visitor, site: Site, reference: str, **words: Any) -> None:
    page = f"/granska/{reference}/svar"
    form = ANSWER | {"version": report_of(site, reference).version} | visitor.tokens(page) | words
    assert visitor.post(page, data=form).status_code == 303


def publish(visitor: Visitor, site: Site, reference: str, way: str = "publicera", **fields: Any) -> TestResponse:
    page = f"/granska/{reference}/svar"
    return send(visitor, page, f"{page}/{way}", **({"version": report_of(site, reference).version} | fields))


@pytest.fixture
def ready(site: Site) -> str:
    """An answered report among five of three people. Returns: its reference."""
    reference = add_alike(site, 5, 3)[0]
    answer(site.sign_in("coordinator"), site, reference)
    return reference
