"""Sending mail. The only file that speaks SMTP; without a mail server it lays the mail in a folder instead."""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from faults import fault

SECONDS = 20.0  # how long each answer of the mail server may take
AT_MOST = 120.0  # seconds for the whole of a mail: an answer that comes byte by byte is always just in time
AWAY = "Mejlservern svarar inte"
LATER = "Mejlservern tar inte emot just nu ({code})"
NEVER = "Mejlservern säger nej ({code})"
DOUBT = "Förbindelsen bröts när mejlet lämnades över. Det kan ha kommit fram"


class NotSentError(Exception):
    """The mail has surely not left. `later` says that the same attempt may do better another time."""

    def __init__(self, reason: str, later: bool) -> None:
        super().__init__(reason)
        self.later = later


class DoubtError(Exception):
    """The text was handed over and no answer came: nobody knows whether the mail left."""


def send(letter: EmailMessage, mail_url: str, seconds: float = SECONDS, at_most: float = AT_MOST) -> None:
    """Hand one mail to the mail server.

    Arguments: mail_url - see LEXHELLER_MAIL_URL in docs/operations.md; seconds - to wait for each answer; at_most -
    seconds for everything that is said once the line is open.
    Raises: NotSentError; DoubtError.
    """
    sender, to = str(letter["From"]), str(letter["To"])
    with _line(urlsplit(mail_url), sender.rpartition("@")[2], seconds, at_most) as line:
        fault("mail.connected")
        _refuse_no(*_ask(line.mail, sender))
        _refuse_no(*_ask(line.rcpt, to))
        fault("mail.before_text")
        _refuse_no(*_hand_over(line, letter.as_bytes()))
        fault("mail.taken")
        with suppress(OSError, smtplib.SMTPException):  # It has been accepted; how we part does not matter.
            line.quit()


@contextmanager
def _line(server: SplitResult, name: str, seconds: float, at_most: float) -> Iterator[smtplib.SMTP]:
    """An open line to the mail server, cut when it takes too long, closed in the end."""
    line: smtplib.SMTP | None = None
    clock = threading.Timer(at_most, lambda: _cut(line))
    clock.daemon = True
    try:
        try:
            line = _open(server, name, seconds)
            clock.start()
            _prepare(line, server)
        except (OSError, smtplib.SMTPException) as error:
            # A wrong password belongs here too: it is mended at the server, and the mail shall leave after that.
            raise NotSentError(AWAY, later=True) from error
        yield line
    finally:
        clock.cancel()
        if line is not None:
            line.close()


def _cut(line: smtplib.SMTP | None) -> None:
    """Let whoever waits for an answer find the line dead."""
    with suppress(OSError, AttributeError):  # It may be closed already.
        line.sock.shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]


def _open(server: SplitResult, name: str, seconds: float) -> smtplib.SMTP:
    host = server.hostname or ""
    if server.scheme == "smtps":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(host, server.port or 465, name, timeout=seconds, context=context)
    return smtplib.SMTP(host, server.port or (587 if _starts_tls(server) else 25), name, timeout=seconds)


def _prepare(line: smtplib.SMTP, server: SplitResult) -> None:
    line.ehlo_or_helo_if_needed()
    if _starts_tls(server):
        line.starttls(context=ssl.create_default_context())
    if server.username:
        line.login(unquote(server.username), unquote(server.password or ""))


def _starts_tls(server: SplitResult) -> bool:
    return server.scheme == "smtp" and parse_qs(server.query).get("starttls") == ["1"]


def _ask(step: Callable[[str], tuple[int, bytes]], address: str) -> tuple[int, bytes]:
    try:
        return step(address)
    except (OSError, smtplib.SMTPException) as error:
        raise NotSentError(AWAY, later=True) from error


def _hand_over(line: smtplib.SMTP, text: bytes) -> tuple[int, bytes]:
    try:
        return line.data(text)
    except smtplib.SMTPDataError as error:  # The server would not even begin to take it.
        return error.smtp_code, b""
    except (OSError, smtplib.SMTPException) as error:
        raise DoubtError(DOUBT) from error


def _refuse_no(code: int, _words: bytes) -> None:
    """Raise NotSentError unless the server says yes. Its words are left out: they may hold the address."""
    if not 200 <= code < 300:
        later = code < 500
        raise NotSentError((LATER if later else NEVER).format(code=code), later)


def lay(letter: EmailMessage, folder: Path, number: int) -> None:
    """Lay a mail in a folder, whole or not at all.

    Raises: NotSentError when the folder cannot be written to.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        half = folder / f".{number}.half"
        half.write_bytes(letter.as_bytes())
        fault("mail.half_laid")
        half.replace(folder / f"{number}.eml")
    except OSError as error:
        raise NotSentError("Mejlet gick inte att lägga i mappen", later=True) from error
