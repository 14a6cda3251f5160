"""Mail over real TLS: to a certificate that is right, and never to one that is not. Slow servers cost a known time."""

from __future__ import annotations

import ssl
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

from tests.mails import letter
from tests.smtp_stub import Mood, SmtpStub
from worker import mail

PATIENCE = 0.5  # seconds that the tests wait for one answer


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """A certificate authority that this machine trusts for the moment, named as an operator names one."""
    made = trustme.CA()
    made.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    return made


def certificate(authority: trustme.CA, name: str = "127.0.0.1") -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name).configure_cert(context)
    return context


@pytest.mark.parametrize("starttls", [True, False])
def test_a_mail_goes_over_an_encrypted_line_with_its_password(authority: trustme.CA, starttls: bool) -> None:
    with SmtpStub(certificate=certificate(authority), starttls=starttls) as server:
        mail.send(letter(), server.url.replace("//", "//user:hemligt@"))
    assert [taken.recipients for taken in server.taken] == [["handlaggare@example.org"]]
    said = [line.split()[0].upper() for line in server.secret]
    assert said[:3] == ["EHLO", "AUTH", "MAIL"]
    assert not any("hemligt" in line for line in server.lines if line not in server.secret)


@pytest.mark.parametrize("starttls", [True, False])
@pytest.mark.parametrize("wrong", ["another name", "another authority", "too old"])
def test_a_wrong_certificate_gets_neither_password_nor_recipient(
    authority: trustme.CA, starttls: bool, wrong: str
) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    match wrong:
        case "another name":
            authority.issue_cert("mail.example.org").configure_cert(context)
        case "another authority":
            trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
        case _:
            authority.issue_cert("127.0.0.1", not_after=datetime(2020, 1, 1, tzinfo=UTC)).configure_cert(context)
    with SmtpStub(certificate=context, starttls=starttls) as server, pytest.raises(mail.NotSentError) as caught:
        mail.send(letter(), server.url.replace("//", "//user:hemligt@"), PATIENCE)
    assert (str(caught.value), caught.value.later) == ("Mejlservern svarar inte", True)
    assert server.taken == []
    assert {line.split()[0].upper() for line in server.lines} <= {"EHLO", "STARTTLS"}


@pytest.mark.parametrize("starttls", [True, False])
@pytest.mark.parametrize(
    ("mood", "later"), [(Mood.LATER, True), (Mood.NEVER, False), (Mood.GONE_BEFORE_TEXT, True), (Mood.MUTE, True)]
)
def test_a_server_says_no_over_tls_as_without(authority: trustme.CA, starttls: bool, mood: Mood, later: bool) -> None:
    server_of = SmtpStub(mood, certificate=certificate(authority), starttls=starttls)
    with server_of as server, pytest.raises(mail.NotSentError) as caught:
        mail.send(letter(), server.url, PATIENCE)
    assert caught.value.later is later
    assert server.taken == []


@pytest.mark.parametrize("mood", [Mood.GONE_AFTER_TEXT, Mood.MUTE_AFTER_TEXT])
def test_silence_after_the_text_is_doubt_over_tls_too(authority: trustme.CA, mood: Mood) -> None:
    with SmtpStub(mood, certificate=certificate(authority)) as server, pytest.raises(mail.DoubtError):
        mail.send(letter(), server.url, PATIENCE)


def test_a_slow_server_gets_its_mail() -> None:
    with SmtpStub(Mood.SLOW) as server:
        mail.send(letter(), server.url, PATIENCE)
    assert len(server.taken) == 1


def test_a_server_that_answers_without_end_is_left() -> None:
    """Each byte comes in time, so only the whole tells that something is wrong."""
    begun = time.monotonic()
    with SmtpStub(Mood.DRIP) as server, pytest.raises(mail.NotSentError) as caught:
        mail.send(letter(), server.url, PATIENCE, at_most=1.0)
    assert caught.value.later
    assert time.monotonic() - begun < 20
