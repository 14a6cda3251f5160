"""Sending mail over real SMTP: once, or surely not, or in doubt and then shown to a person."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select, update

import worker.app
from models import Delivery, Outbox, User
from models.delivery import LONGEST_SENDING, DeliveryKind, DeliveryState, order_delivery, send_again
from models.outbox import Task
from tests.site import Site, address_of
from tests.smtp_stub import Mood, SmtpStub
from tests.workshop import Workshop, at_once
from worker import mail, tasks
from worker.delivery import LOST, PAUSES, Sender, attempt, claim, settle
from worker.letter import Parcel, write_letter

MOMENT = datetime(2026, 11, 16, 9, tzinfo=UTC)
PATIENCE = 0.5  # seconds that the tests wait for a server which says nothing
PARCEL = Parcel(7, DeliveryKind.ANSWER, 3, "LH-2026-0001", "handlaggare@example.org", MOMENT, MOMENT)


def letter(to: str = "handlaggare@example.org") -> EmailMessage:
    return write_letter(replace(PARCEL, to=to), "lexheller@example.org", "https://lexheller.example.org")


def test_a_mail_is_handed_over_as_it_was_written() -> None:
    with SmtpStub() as server:
        mail.send(letter(), server.url)
    taken = server.taken[0]
    assert (taken.sender, taken.recipients) == ("lexheller@example.org", ["handlaggare@example.org"])
    assert taken.data == letter().as_bytes()
    assert taken.letter["Subject"] == "Det finns ett svar på LH-2026-0001"
    assert server.lines[0] == "ehlo example.org"
    assert server.lines[-1].upper() == "QUIT"


@pytest.mark.parametrize("mood", [Mood.LATER, Mood.LATER_AT_TEXT, Mood.GONE_BEFORE_TEXT, Mood.MUTE])
def test_a_server_that_is_away_or_says_later_is_worth_another_try(mood: Mood) -> None:
    with SmtpStub(mood) as server, pytest.raises(mail.NotSentError) as caught:
        mail.send(letter(), server.url, PATIENCE)
    assert caught.value.later
    assert server.taken == []


@pytest.mark.parametrize("mood", [Mood.NEVER, Mood.NO_TEXT])
def test_a_server_that_says_no_is_not_asked_again(mood: Mood) -> None:
    with SmtpStub(mood) as server, pytest.raises(mail.NotSentError) as caught:
        mail.send(letter(), server.url, PATIENCE)
    assert not caught.value.later
    assert str(caught.value) == "Mejlservern säger nej (554)"


@pytest.mark.parametrize("mood", [Mood.GONE_AFTER_TEXT, Mood.MUTE_AFTER_TEXT])
def test_silence_after_the_text_is_doubt(mood: Mood) -> None:
    with SmtpStub(mood) as server, pytest.raises(mail.DoubtError):
        mail.send(letter(), server.url, PATIENCE)


def test_a_line_that_breaks_after_the_yes_is_a_yes() -> None:
    with SmtpStub(Mood.GONE_AFTER_YES) as server:
        mail.send(letter(), server.url, PATIENCE)
    assert len(server.taken) == 1


def test_a_refused_address_names_no_address() -> None:
    with SmtpStub(refused=("handlaggare@example.org",)) as server, pytest.raises(mail.NotSentError) as caught:
        mail.send(letter(), server.url)
    assert (str(caught.value), caught.value.later) == ("Mejlservern säger nej (550)", False)


def test_where_nobody_listens_the_mail_waits() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(mail.NotSentError) as caught:
        mail.send(letter(), f"smtp://127.0.0.1:{port}")
    assert (str(caught.value), caught.value.later) == ("Mejlservern svarar inte", True)


def test_a_mute_server_costs_no_more_than_the_patience() -> None:
    begun = time.monotonic()
    with SmtpStub(Mood.MUTE) as server, pytest.raises(mail.NotSentError):
        mail.send(letter(), server.url, 0.2)
    assert time.monotonic() - begun < 5


def test_without_encryption_nothing_is_said_where_encryption_was_asked_for() -> None:
    """Neither the password nor the recipient: the server that we reach may be somebody else."""
    with SmtpStub() as server, pytest.raises(mail.NotSentError):
        mail.send(letter(), server.url.replace("//", "//user:hemligt@") + "?starttls=1")
    assert [line.split()[0] for line in server.lines] == ["ehlo"]


def test_a_server_that_cannot_sign_in_gets_no_mail() -> None:
    with SmtpStub() as server, pytest.raises(mail.NotSentError):
        mail.send(letter(), server.url.replace("//", "//user:hemligt@"))
    assert server.taken == []


def test_the_folder_holds_whole_mails_only(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    mail.lay(letter(), folder, 7)
    mail.lay(letter(), folder, 7)
    assert [path.name for path in folder.iterdir()] == ["7.eml"]
    assert (folder / "7.eml").read_bytes() == letter().as_bytes()
    assert folder.stat().st_mode & 0o077 == 0


def test_a_folder_that_cannot_be_written_to_is_worth_another_try(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file stands in the way")
    with pytest.raises(mail.NotSentError) as caught:
        mail.lay(letter(), tmp_path / "mail", 7)
    assert caught.value.later


# What becomes of the rows.


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
