"""What was ordered is sent once: not twice, not to the wrong one, and not held up by others."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from models import Delivery, Outbox, User
from models.delivery import DeliveryKind, DeliveryState, order_delivery
from tests.mails import order, row, server, shop
from tests.site import address_of
from tests.smtp_stub import SmtpStub
from tests.workshop import Workshop, at_once
from worker import tasks

__all__ = ["server", "shop"]  # fixtures


def test_a_mail_that_was_ordered_is_sent_and_leaves_nothing_waiting(shop: Workshop, server: SmtpStub) -> None:
    (delivery_id,) = order(shop.site, "coordinator")
    tasks.deliver(delivery_id)
    sent = row(shop.site, delivery_id)
    assert (sent.state, sent.sent_at, sent.attempts, sent.fault) == (DeliveryState.SENT, shop.site.moment, 1, "")
    assert shop.site.count(Outbox) == 0
    assert server.taken[0].recipients == [address_of("coordinator")]


def test_the_same_order_twice_is_one_mail(shop: Workshop) -> None:
    assert len(order(shop.site, "coordinator")) == 1
    assert order(shop.site, "coordinator") == []
    assert shop.site.count(Delivery) == shop.site.count(Outbox) == 1


def test_the_task_twice_sends_once(shop: Workshop, server: SmtpStub) -> None:
    (delivery_id,) = order(shop.site, "coordinator")
    tasks.deliver(delivery_id)
    tasks.deliver(delivery_id)
    assert len(server.taken) == 1


def test_five_at_once_send_once(shop: Workshop, server: SmtpStub) -> None:
    (delivery_id,) = order(shop.site, "coordinator")
    at_once(5, tasks.deliver, delivery_id)
    assert len(server.taken) == 1
    assert row(shop.site, delivery_id).state is DeliveryState.SENT


def test_one_bad_address_never_holds_up_the_others(shop: Workshop, server: SmtpStub) -> None:
    server.refused = (address_of("neighbour"),)
    with shop.site.database.write() as session:
        session.execute(update(User).where(User.email == address_of("member")).values(email="a@b\nBcc: c@example.org"))
        broken = session.scalars(select(User).where(User.email.contains("Bcc"))).one()
        order_delivery(session, DeliveryKind.OVERDUE, 1, broken.id, "", shop.site.moment)
    ids = [1, *order(shop.site, "coordinator", "neighbour", "administrator")]
    for delivery_id in ids:
        tasks.deliver(delivery_id)
    states = [(row(shop.site, delivery_id).state.value, row(shop.site, delivery_id).fault) for delivery_id in ids]
    assert states == [
        ("failed", "Adressen går inte att skicka till"),
        ("sent", ""),
        ("failed", "Mejlservern säger nej (550)"),
        ("sent", ""),
    ]
    assert [taken.recipients for taken in server.taken] == [[address_of("coordinator")], [address_of("administrator")]]


def test_a_closed_account_gets_no_mail(shop: Workshop, server: SmtpStub) -> None:
    (delivery_id,) = order(shop.site, "coordinator")
    with shop.site.database.write() as session:
        session.execute(
            update(User).where(User.email == address_of("coordinator")).values(disabled_at=shop.site.moment)
        )
    tasks.deliver(delivery_id)
    assert row(shop.site, delivery_id).fault == "Det finns ingen adress att skicka till"
    assert server.taken == []


def test_the_log_names_no_address(
    shop: Workshop, server: SmtpStub, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    server.refused = (address_of("coordinator"),)
    for delivery_id in order(shop.site, "coordinator", "administrator"):
        tasks.deliver(delivery_id)
    told = caplog.text + "".join(capfd.readouterr())
    assert "delivered" in told
    assert "@example.org" not in told
