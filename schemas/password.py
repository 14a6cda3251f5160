"""Which passwords may be chosen: long, and not easy to guess. No rules about signs, which make passwords worse.

Source: OWASP ASVS 5.0: 6.2.1 (15 characters where there is no second factor), 6.2.4 (no common ones), 6.2.5 (no rules
of composition), 6.2.9 (64 and more are let through). How easy one is to guess is estimated by zxcvbn (Wheeler, USENIX
Security 2016), which knows lists of common passwords, keyboard patterns, dates and repetitions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import fields, pre_load, validates_schema
from zxcvbn import zxcvbn

from schemas.form import Form, refuse

SHORTEST, LONGEST = 15, 128  # characters
READ = 72  # characters that zxcvbn reads; the rest can only make a password harder to guess
GOOD_ENOUGH = 3  # of 0-4: more than 10^8 guesses
# Words that everybody here would try first. zxcvbn knows English ones.
OURS = ("lexheller", "lex", "heller", "lösenord", "losenord", "samverkan", "samordning", "sommar", "vinter", "hemligt")
SHORT = f"Välj ett lösenord med minst {SHORTEST} tecken, till exempel fyra ord som inte hör ihop"
LONG = f"Lösenordet får ha högst {LONGEST} tecken"
EASY = "Lösenordet är lätt att gissa. Välj till exempel fyra ord som inte hör ihop"
DIFFERENT = "De två lösenorden är inte lika"


def weakness(password: str, known: Sequence[str] = ()) -> str:
    """What is wrong with a password, in plain Swedish; empty when nothing is.

    Arguments: known - words that a guesser knows of the account, such as its address.
    """
    if len(password) < SHORTEST:
        return SHORT
    if len(password) > LONGEST:
        return LONG
    words = [part for word in known for part in (word, *word.replace("@", ".").split(".")) if part]
    return EASY if zxcvbn(password[:READ], user_inputs=[*OURS, *words])["score"] < GOOD_ENOUGH else ""


class NewPasswordSchema(Form):
    """A new password, typed twice. Arguments: known - see `weakness`."""

    password = fields.String(load_default="")
    again = fields.String(load_default="")

    def __init__(self, known: Sequence[str] = ()) -> None:
        super().__init__()
        self.known = known

    @pre_load
    def _drop_empty(self, data: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        """A password is what was typed, spaces at its ends included."""
        return dict(data)

    @validates_schema
    def _check(self, data: Mapping[str, Any], **_: Any) -> None:
        if found := weakness(data["password"], self.known):
            refuse({"password": found})
        if data["password"] != data["again"]:
            refuse({"again": DIFFERENT})
