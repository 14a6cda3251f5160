"""A mail is handed over by real SMTP whole, or it is told why not, or that nobody knows."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest

from tests.mails import letter
from tests.smtp_stub import Mood, SmtpStub
from worker import mail

PATIENCE = 0.5  # seconds that the tests wait for a server which says nothing


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
