"""A mail server that speaks real SMTP over a real socket, and misbehaves when it is asked to."""

from __future__ import annotations

import email
import email.policy
import socketserver
import ssl
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from enum import Enum, auto
from typing import Any, cast


class Mood(Enum):
    """How the server behaves. `REFUSED` addresses get a 550 in every mood."""

    OK = auto()
    LATER = auto()  # 451 to every recipient
    LATER_AT_TEXT = auto()  # 452 once the text is there
    NEVER = auto()  # 554 once the text is there
    NO_TEXT = auto()  # 554 to the word DATA
    GONE_BEFORE_TEXT = auto()  # the line breaks at RCPT
    GONE_AFTER_TEXT = auto()  # the line breaks when the text was handed over, before any answer
    GONE_AFTER_YES = auto()  # the line breaks right after the 250 that takes the mail
    MUTE = auto()  # nothing is said at all
    MUTE_AFTER_TEXT = auto()  # nothing is said when the text was handed over
    SLOW = auto()  # every answer takes a while, but comes
    DRIP = auto()  # an answer to RCPT that never ends, byte by byte


@dataclass
class Taken:
    """A mail that was taken: the envelope and what lay in it."""

    sender: str
    recipients: list[str]
    data: bytes

    @property
    def letter(self) -> EmailMessage:
        return email.message_from_bytes(self.data, policy=email.policy.default)


@dataclass
class SmtpStub:
    """A context manager. `taken` are the mails that the server said yes to; `lines` all that was said to it, and
    `secret` what of it came over an encrypted line. With a `certificate` it speaks TLS: from the first byte, or, with
    `starttls`, when it is asked to."""

    mood: Mood = Mood.OK
    certificate: ssl.SSLContext | None = None
    starttls: bool = False
    secret: list[str] = field(default_factory=list)
    refused: tuple[str, ...] = ()
    taken: list[Taken] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> SmtpStub:
        self._server = _Server(("127.0.0.1", 0), _Conversation)
        self._server.stub = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        address = f"127.0.0.1:{self._server.server_address[1]}"
        if self.certificate is None:
            return f"smtp://{address}"
        return f"smtp://{address}?starttls=1" if self.starttls else f"smtps://{address}"


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    stub: SmtpStub

    def handle_error(self, *_: Any) -> None:
        """A client that hangs up, or that does not like our certificate, is what the tests are about."""
        if not isinstance(sys.exc_info()[1], OSError):
            raise


class _Conversation(socketserver.StreamRequestHandler):
    """One line to one client (RFC 5321)."""

    def setup(self) -> None:
        self.stub = cast(_Server, self.server).stub
        self.sender, self.recipients = "", list[str]()
        if self.stub.certificate is not None and not self.stub.starttls:
            self.request = self.stub.certificate.wrap_socket(self.request, server_side=True)
        super().setup()

    def finish(self) -> None:
        with suppress(OSError):  # The other side may have hung up.
            super().finish()
        if isinstance(self.request, ssl.SSLSocket):  # The server closes only the line that it was given.
            self.request.close()

    def handle(self) -> None:
        if self.stub.mood is Mood.MUTE:
            self.stub.closing.wait(30)
            return
        self._say("220 stub ready")
        while line := self.rfile.readline().decode("utf-8", "replace").rstrip("\r\n"):
            self.stub.lines.append(line)
            if isinstance(self.request, ssl.SSLSocket):
                self.stub.secret.append(line)
            if not self._answer(line):
                return

    def _say(self, words: str) -> bool:
        if self.stub.mood is Mood.SLOW:
            self.stub.closing.wait(0.1)
        self.wfile.write(f"{words}\r\n".encode())
        return True

    def _answer(self, line: str) -> bool:
        """Answer one command. False ends the line."""
        verb = line.split(":")[0].split(" ")[0].upper()
        if verb == "EHLO":
            return self._say("\r\n".join(["250-stub", *self._offers(), "250 8BITMIME"]))
        if verb == "STARTTLS":
            return self._encrypt()
        if verb == "AUTH":
            return self._say("235 signed in")
        if verb == "MAIL":
            self.sender = line.split("<")[1].split(">")[0]
            return self._say("250 sender ok")
        if verb == "RCPT":
            return self._recipient(line.split("<")[1].split(">")[0])
        if verb == "DATA":
            return self._say("554 no") if self.stub.mood is Mood.NO_TEXT else self._text()
        if verb == "QUIT":
            self._say("221 bye")
            return False
        return self._say("250 ok" if verb in ("RSET", "NOOP", "HELO") else "502 not here")

    def _offers(self) -> list[str]:
        """A password may be given only where nobody listens."""
        if isinstance(self.request, ssl.SSLSocket):
            return ["250-AUTH PLAIN"]
        return ["250-STARTTLS"] if self.stub.starttls else []

    def _encrypt(self) -> bool:
        if self.stub.certificate is None:
            return self._say("502 not here")
        self._say("220 go on")
        self.request = self.stub.certificate.wrap_socket(self.request, server_side=True)
        super().setup()
        return True

    def _drip(self) -> bool:
        while not self.stub.closing.wait(0.05):
            self.wfile.write(b"x")
        return False

    def _recipient(self, address: str) -> bool:
        if self.stub.mood is Mood.DRIP:
            return self._drip()
        if self.stub.mood is Mood.GONE_BEFORE_TEXT:
            return False
        if address in self.stub.refused:
            return self._say("550 no such person")
        if self.stub.mood is Mood.LATER:
            return self._say("451 later")
        self.recipients.append(address)
        return self._say("250 recipient ok")

    def _text(self) -> bool:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b".") else line)
        return self._take(b"".join(lines))

    def _take(self, data: bytes) -> bool:
        mood = self.stub.mood
        if mood is Mood.GONE_AFTER_TEXT:
            return False
        if mood is Mood.MUTE_AFTER_TEXT:
            self.stub.closing.wait(30)
            return False
        if mood in (Mood.LATER_AT_TEXT, Mood.NEVER):
            return self._say("452 full" if mood is Mood.LATER_AT_TEXT else "554 no")
        self.stub.taken.append(Taken(self.sender, self.recipients, data))
        self._say("250 taken")
        return mood is not Mood.GONE_AFTER_YES
