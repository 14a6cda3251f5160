"""Filing reports as people do: signing in, opening the form, sending it. Nothing goes past the form."""

from __future__ import annotations

import re
from datetime import datetime
from types import TracebackType
from typing import Any

from flask.testing import FlaskClient

import settings
from models.user import Role
from webapp import create_app
from webapp.demo import ACCOUNTS, PASSWORD, Account

TOKEN = re.compile(r'name="(csrf_token|form_key)"[^>]*value="([^"]*)"')
OWN_AREAS = {"Aneby": "aneby", "Tranås": "tranas", "Eksjö": "eksjo", "Nässjö": "nassjo", "Vetlanda": "vetlanda"}
ELSEWHERE = "savsjo"  # cases from outside the federation are told as if they had happened here
# The first word that is found in the source's description of an actor decides the unit.
UNIT_WORDS = (
    ("arbetsmarknad", "arbetsmarknadsenhet"),
    ("psyk", "psykiatri"),
    ("bup", "psykiatri"),
    ("rehabkoord", "rehabkoordinator"),
    ("vårdcentral", "primarvard"),
    ("skola", "gymnasieskola-kaa"),
)
PARTY_UNITS = {
    "kommun": "forsorjningsstod",
    "af": "arbetsformedlare",
    "fk": "sjukpenning",
    "region": "primarvard",
    "other": "annan",
}
RECURRENCE = {"once": "first", "repeated": "some", "systematic": "often"}


class Filing:
    """A clock that can be set, and a browser without a screen. A context manager."""

    def __init__(self, current: settings.Settings) -> None:
        self.moment = datetime.now().astimezone()
        self.app = create_app(current, clock=lambda: self.moment)

    def __enter__(self) -> Filing:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.app.extensions["lexheller"].database.dispose()

    def file(self, case: dict[str, Any], moment: datetime) -> None:
        """File one sample case at a moment.

        Raises: RuntimeError when the form does not accept it; the message holds the status, not the text.
        """
        self.moment = moment
        account = _account(case)
        client = self.app.test_client()
        self._sign_in(client, account)
        answers = _answers(case, account) | _tokens(client, "/rapportera")
        response = client.post("/rapportera", data=answers)
        if response.status_code == 422 and "pii_confirmed" in response.text:
            response = client.post("/rapportera", data=answers | {"pii_confirmed": "1"})
        if response.status_code != 303:
            raise RuntimeError(f"the form did not accept sample case {case['id']}: {response.status_code}")

    def _sign_in(self, client: FlaskClient, account: Account) -> None:
        words = {"email": account.email, "password": PASSWORD, **_tokens(client, "/logga-in")}
        if client.post("/logga-in", data=words).status_code != 302:
            raise RuntimeError(f"{account.email} could not sign in")


def _tokens(client: FlaskClient, address: str) -> dict[str, str]:
    return dict(TOKEN.findall(client.get(address).text))


def _account(case: dict[str, Any]) -> Account:
    """An example reporter of the unit that comes nearest to the case's; colleagues take turns."""
    wanted = _unit(case["reporter"], case["reporter_text"])
    fallback = "psykiatri" if case["reporter"] == "region" else "forsorjningsstod"
    reporters = [account for account in ACCOUNTS if account.role is Role.REPORTER]
    colleagues = [account for account in reporters if account.unit == wanted] or [
        account for account in reporters if account.unit == fallback
    ]
    return colleagues[int("".join(filter(str.isdigit, case["id"]))) % len(colleagues)]


def _answers(case: dict[str, Any], account: Account) -> dict[str, Any]:
    units = [
        _unit(party, text)
        for party, text in zip(case["counterparts"], [*case["counterpart_text"], *[""] * 9], strict=False)
    ]
    others = [unit for unit in dict.fromkeys(units) if unit != account.unit] or ["annan"]
    return {
        "area": OWN_AREAS.get(case["area"], ELSEWHERE),
        "reporting_unit": account.unit,
        "counterpart": others[0],
        "counterpart_other": "Annan verksamhet i kommunen" if others[0] == "annan" else "",
        "other_actors": others[1:],
        "description": case["text"],
        "occurred": "month",
        "recurrence": RECURRENCE.get(case["recurrence"], "unknown"),
        "may_paraphrase": "1",
        "do": "send",
    }


def _unit(party: str, text: str) -> str:
    found = (unit for word, unit in UNIT_WORDS if word in text.lower())
    default = PARTY_UNITS[party]
    unit = next(found, default)
    region = {"psykiatri", "rehabkoordinator", "primarvard"}
    return unit if (unit in region) == (party == "region") and party in ("region", "kommun") else default
