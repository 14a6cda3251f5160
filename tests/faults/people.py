"""People at their browsers while everything breaks. Who gets no answer sends the same form again, as a browser does."""

from __future__ import annotations

import html
import http.client
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import urlencode

from itsdangerous import URLSafeSerializer

from tests.faults.stage import PATIENCE, Stage
from tests.server_profile import Answer, Visitor
from tests.site import PASSWORD, TEXT, address_of, report_answers

HIDDEN = re.compile(r'name="(csrf_token|form_key|version|forum)"[^>]*value="([^"]*)"')
AGAIN = (500, 502, 503)  # answers after which a person tries again
_numbers = count(1)


@dataclass
class Person:
    """Somebody who is signed in and does not give up."""

    stage: Stage
    name: str
    waited: float = 0.0

    def __post_init__(self) -> None:
        self.browser = Visitor(self.stage.port, host=f"127.0.0.1:{self.stage.port}")
        self.sign_in()

    def sign_in(self) -> None:
        """Sign in, or once more when the old sign-in is good for nothing."""
        self.browser.cookies.clear()
        page = "/logga-in"
        answer = self.send(page, self.hidden(page) | {"email": address_of(self.name), "password": PASSWORD})
        assert answer.status == 302, answer.status
        self.hidden("/konto")  # Else two threads of this person would open their first form at once.

    def insist(self, do: Callable[[], Answer], seconds: float = PATIENCE) -> Answer:
        """Do it until there is an answer that is not a failure of the service."""
        until = time.monotonic() + seconds
        while True:
            try:
                answer = do()
                if answer.status not in AGAIN:
                    return answer
                problem = str(answer.status)
            except (OSError, http.client.HTTPException) as error:
                problem = type(error).__name__
            assert time.monotonic() < until, f"{self.name} waited {seconds:.0f} s in vain: {problem}"
            time.sleep(0.2)

    def once(self, address: str, form: dict[str, Any]) -> int:
        """Send a form and take what comes. Returns: the status, or 0 when nobody answered."""
        try:
            return self.browser._ask("POST", address, urlencode(form, doseq=True)).status
        except (OSError, http.client.HTTPException):
            return 0

    def hidden(self, page: str) -> dict[str, str]:
        """The hidden values of a page's first form."""
        answer = self.insist(lambda: self.browser.get(page))
        found: dict[str, str] = {}
        for name, value in HIDDEN.findall(answer.text):
            found.setdefault(name, html.unescape(value))
        assert "csrf_token" in found, f"{page}: {answer.status}"
        return found

    def send(self, address: str, form: dict[str, Any]) -> Answer:
        return self.insist(lambda: self.browser._ask("POST", address, urlencode(form, doseq=True)))


@dataclass
class Register:
    """What was promised: the one-time key of every form that was sent, with the references on its receipts."""

    promised: dict[str, set[str]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, form_key: str, reference: str) -> None:
        key = URLSafeSerializer("k" * 40, salt="form-key").loads(form_key)[1]
        with self.lock:
            self.promised.setdefault(key, set()).add(reference)

    def copy(self) -> dict[str, set[str]]:
        with self.lock:
            return {key: set(references) for key, references in self.promised.items()}


def prepared(person: Person) -> dict[str, Any]:
    """A report that is ready to be sent."""
    number = next(_numbers) % 1000  # A longer one would be taken for that of somebody's case.
    text = f"{TEXT} Det hände i ärende {number} denna dag."
    return report_answers() | {"do": "send", "description": text} | person.hidden("/rapportera")


def file_report(person: Person, register: Register, form: dict[str, Any] | None = None) -> str:
    """Send a report until its receipt is there. Returns: its reference."""
    form = form or prepared(person)
    answer = person.send("/rapportera", form)
    assert answer.status == 303, f"{answer.status}: {answer.text[:2000]}"
    reference = answer.headers["Location"].rsplit("/", 1)[1]
    register.note(str(form["form_key"]), reference)
    return reference
