"""Mail to try: a letter, a worker whose mail goes to a stub, and reminders ordered as the sweep orders them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from sqlalchemy import select

import worker.app
from models import Delivery, User
from models.delivery import DeliveryKind, order_delivery
from tests.site import Site, address_of
from tests.smtp_stub import SmtpStub
from tests.workshop import Workshop
from worker import tasks
from worker.letter import Parcel, write_letter

MOMENT = datetime(2026, 11, 16, 9, tzinfo=UTC)
PARCEL = Parcel(7, DeliveryKind.ANSWER, 3, "LH-2026-0001", "handlaggare@example.org", MOMENT, MOMENT)


def letter(to: str = "handlaggare@example.org") -> EmailMessage:
    return write_letter(replace(PARCEL, to=to), "lexheller@example.org", "https://lexheller.example.org")


@pytest.fixture
def server() -> Iterator[SmtpStub]:
    with SmtpStub() as stub:
        yield stub


@pytest.fixture
def shop(site: Site, server: SmtpStub, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    """The worker, with its mail going to the stub."""
    sent = replace(worker.app.current, mail_url=server.url, public_url="https://lexheller.example.org")
    monkeypatch.setattr(tasks, "current", sent)
    return Workshop(site, monkeypatch)


def order(site: Site, *names: str) -> list[int]:
    """A reminder to some people, as the sweep orders it."""
    with site.database.write() as session:
        users = [session.scalars(select(User).where(User.email == address_of(name))).one() for name in names]
        ids = [order_delivery(session, DeliveryKind.OVERDUE, 1, user.id, "", site.moment) for user in users]
    return [delivery_id for delivery_id in ids if delivery_id is not None]


def row(site: Site, delivery_id: int) -> Delivery:
    with site.database.read() as session:
        return session.get_one(Delivery, delivery_id)
