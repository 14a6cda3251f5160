"""The posts: real Swedish texts of about 300 characters in the fields of the form, sent by signed-in reporters."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from itertools import count

from flask import Flask
from sqlalchemy import select

from benchmarks.visitor import Visitor, encode
from models.base import Database
from models.organisation import Area
from models.user import Role, User
from schemas.report import stop_message, suspects
from settings import ROOT, Settings
from webapp import form_key
from webapp.demo import ACCOUNTS

TEXTS = ROOT / "data" / "classifier" / "training.jsonl"
SHORTEST, LONGEST = 270, 330
REPORTERS = [account for account in ACCOUNTS if account.role is Role.REPORTER]


def texts() -> list[str]:
    """Neighbouring training texts joined to about 300 characters, without what the form would ask about."""
    found, joined = [], ""
    for line in TEXTS.read_text(encoding="utf-8").splitlines():
        joined = f"{joined} {json.loads(line)['text']}".strip()
        if len(joined) < SHORTEST:
            continue
        if len(joined) <= LONGEST and not stop_message(joined) and not suspects({"description": joined}):
            found.append(joined)
        joined = ""
    return found


class BarePoster:
    """Posts the same fields to the bare endpoint."""

    path, expected = "/bare", http.HTTPStatus.CREATED

    def __init__(self, where: str, current: Settings, number: int) -> None:
        self.visitor = Visitor(where)
        self.account = REPORTERS[number % len(REPORTERS)]
        self.areas = _areas(current)
        self.texts = texts()
        self.numbers = count(number)

    def prepare(self) -> bytes:
        """The body of the next post: texts, areas and counterparts take turns."""
        return encode(self.fields(next(self.numbers)))

    def fields(self, number: int) -> dict[str, str]:
        others = [account.unit for account in REPORTERS if account.unit != self.account.unit]
        return {
            "area": self.areas[number % len(self.areas)],
            "reporting_unit": self.account.unit or "",
            "counterpart": others[number % len(others)] or "",
            "description": self.texts[number % len(self.texts)],
            "occurred": "week",
            "recurrence": "some",
            "wants_feedback": "1",
            "feedback_email": self.account.email,
            "may_paraphrase": "1",
            "website": "",
            "do": "send",
        }

    def send(self, body: bytes) -> tuple[int, str]:
        """The status, and for the form the reference in the receipt's address."""
        response, _ = self.visitor.send("POST", self.path, body)
        return response.status, response.headers.get("Location", "").rpartition("/")[2]


class FormPoster(BarePoster):
    """Posts the form, signed in and with its CSRF token.

    Each post needs a new one-time key. A browser gets it with the page; here it is signed with the product's
    secret by the product's own function, so that what is measured is the post and not the page before it.
    """

    path, expected = "/rapportera", http.HTTPStatus.SEE_OTHER

    def __init__(self, where: str, current: Settings, number: int) -> None:
        super().__init__(where, current, number)
        self.visitor.sign_in(self.account.email)
        self.token = self.visitor.token("/rapportera")
        self.user_id = _user_id(current, self.account.email)
        self.signer = Flask("signer")
        self.signer.config["SECRET_KEY"] = current.secret_key

    def fields(self, number: int) -> dict[str, str]:
        with self.signer.app_context():
            key = form_key.make(self.user_id)
        return super().fields(number) | {"csrf_token": self.token, "form_key": key, "again": key}


def _areas(current: Settings) -> list[str]:
    return list(_ask(current, select(Area.code).order_by(Area.id)))


def _user_id(current: Settings, email: str) -> int:
    return int(next(_ask(current, select(User.id).where(User.email == email))))


def _ask(current: Settings, query: object) -> Iterator[str]:
    database = Database(current.database_url)
    with database.read() as session:
        rows = session.scalars(query).all()  # type: ignore[call-overload]
    database.dispose()
    return iter(rows)
