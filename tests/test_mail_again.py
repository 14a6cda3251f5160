"""What did not go through is tried again, or is in doubt and then shown to a person."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from models import Outbox
from models.delivery import LONGEST_SENDING, DeliveryState, send_again
from models.outbox import Task
from tests.mails import order, row, server, shop
from tests.smtp_stub import Mood, SmtpStub
from tests.workshop import Workshop, at_once
from worker import mail, tasks
from worker.delivery import LOST, PAUSES, Sender, attempt, claim, settle

__all__ = ["server", "shop"]  # fixtures


def test_a_server_that_says_later_is_asked_again_and_then_no_more(shop: Workshop, server: SmtpStub) -> None:
    server.mood = Mood.LATER
    (delivery_id,) = order(shop.site, "coordinator")
    tasks.deliver(delivery_id)
    for pause in PAUSES:
        waiting = row(shop.site, delivery_id)
        assert (waiting.state, waiting.retry_at) == (DeliveryState.QUEUED, shop.site.moment + pause)
        shop.site.moment += pause - timedelta(seconds=1)
        assert ("deliver", delivery_id) not in shop.sweep()
        shop.site.moment += timedelta(seconds=1)
        assert ("deliver", delivery_id) in shop.sweep()
        tasks.deliver(delivery_id)
    given_up = row(shop.site, delivery_id)
    assert (given_up.state, given_up.fault) == (DeliveryState.FAILED, "Mejlservern tar inte emot just nu (451)")
    shop.site.advance(days=2)
    assert ("deliver", delivery_id) not in shop.sweep()
    assert server.taken == []


def test_a_server_that_comes_back_gets_the_mail_once(shop: Workshop, server: SmtpStub) -> None:
    server.mood = Mood.GONE_BEFORE_TEXT
    (delivery_id,) = order(shop.site, "coordinator")
    tasks.deliver(delivery_id)
    server.mood = Mood.OK
    shop.site.moment += PAUSES[0]
    for task, subject_id in shop.sweep() + shop.sweep():
        if task == "deliver":
            tasks.deliver(subject_id)
    assert row(shop.site, delivery_id).state is DeliveryState.SENT
    assert len(server.taken) == 1


def test_doubt_is_shown_and_never_sent_again_by_itself(shop: Workshop, server: SmtpStub) -> None:
    server.mood = Mood.GONE_AFTER_TEXT
    (delivery_id,) = order(shop.site, "coordinator")
    tasks.deliver(delivery_id)
    server.mood = Mood.OK
    for _ in range(3):
        shop.site.advance(days=1)
        assert ("deliver", delivery_id) not in shop.sweep()
        tasks.deliver(delivery_id)
    doubted = row(shop.site, delivery_id)
    assert (doubted.state, doubted.fault) == (DeliveryState.UNKNOWN, mail.DOUBT)
    assert server.taken == []


def test_whoever_dies_while_sending_leaves_doubt(shop: Workshop, server: SmtpStub) -> None:
    """Taken, and then nothing: nobody knows on which side of the mail it ended."""
    site = shop.site
    (delivery_id,) = order(site, "coordinator")
    with site.database.write() as session:
        assert claim(session, delivery_id, site.moment) is not None
    site.moment += LONGEST_SENDING - timedelta(seconds=1)
    shop.sweep()
    assert row(site, delivery_id).state is DeliveryState.SENDING
    site.moment += timedelta(seconds=1)
    assert ("deliver", delivery_id) not in shop.sweep()
    tasks.deliver(delivery_id)
    assert (row(site, delivery_id).state, row(site, delivery_id).fault) == (DeliveryState.UNKNOWN, LOST)
    assert server.taken == []


def test_a_slow_worker_that_did_send_ends_the_doubt(shop: Workshop, server: SmtpStub) -> None:
    site = shop.site
    (delivery_id,) = order(site, "coordinator")
    with site.database.write() as session:
        parcel = claim(session, delivery_id, site.moment)
    assert parcel is not None
    site.moment += LONGEST_SENDING
    shop.sweep()
    outcome = attempt(parcel, Sender(server.url, None, "lexheller@example.org", "https://lexheller.example.org"))
    with site.database.write() as session:
        settle(session, parcel, outcome, site.moment)
    assert (row(site, delivery_id).state, row(site, delivery_id).fault) == (DeliveryState.SENT, "")


def test_a_late_word_of_an_old_attempt_does_not_overwrite_a_new_one(shop: Workshop, server: SmtpStub) -> None:
    site = shop.site
    (delivery_id,) = order(site, "coordinator")
    with site.database.write() as session:
        old = claim(session, delivery_id, site.moment)
    site.moment += LONGEST_SENDING
    shop.sweep()
    with site.database.write() as session:
        assert send_again(session, delivery_id, site.moment)
    tasks.deliver(delivery_id)
    assert old is not None
    server.mood = Mood.NEVER
    outcome = attempt(old, Sender(server.url, None, "lexheller@example.org", "https://lexheller.example.org"))
    with site.database.write() as session:
        settle(session, old, outcome, site.moment)
    assert row(site, delivery_id).state is DeliveryState.SENT


def test_sending_again_is_for_what_failed_or_is_in_doubt_and_happens_once(shop: Workshop, server: SmtpStub) -> None:
    site = shop.site
    (delivery_id,) = order(site, "coordinator")
    server.mood = Mood.NEVER
    tasks.deliver(delivery_id)
    server.mood = Mood.OK

    def press() -> bool:
        with site.database.write() as session:
            return send_again(session, delivery_id, site.moment)

    assert sorted(at_once(4, press)) == [False, False, False, True]
    with site.database.read() as session:
        assert [(job.task, job.subject_id) for job in session.scalars(select(Outbox))] == [(Task.DELIVER, delivery_id)]
    tasks.deliver(delivery_id)
    assert not press()
    assert len(server.taken) == 1
