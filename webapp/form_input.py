"""What was typed into a form, what it means, and what is wrong with it: so that a page can show all of it again."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import request
from marshmallow import ValidationError

from schemas.form import Form
from schemas.report import errors_by_field, suspects

STALE = "Det här har ändrats sedan sidan visades. Inget av det du skrev är sparat, men det står kvar"


@dataclass
class Input:
    """`form` tells which form of a page was sent; `data` is empty where there are errors; `suspects` are words that
    may be names; `conflict` holds the facts that somebody else has stored meanwhile, as pairs of label and value."""

    form: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    suspects: list[str] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)
    conflict: list[tuple[str, str]] = field(default_factory=list)

    def refuse(self, name: str, message: str) -> None:
        """Add what only the database knew to be wrong."""
        self.errors[name] = message

    def stale(self, facts: list[tuple[str, str]]) -> None:
        """Somebody else was first, and this is what stands now."""
        self.errors["form"], self.conflict = STALE, facts

    @property
    def status(self) -> int:
        return 409 if self.conflict else 422 if self.errors else 200

    def get(self, name: str) -> Any:
        """What stands in a field."""
        return self.values.get(name) or ""


def read_form(form: str, schema: Form, several: Collection[str] = ()) -> Input:
    """What was posted. Arguments: form - its name on the page; several - fields that hold several values."""
    typed: dict[str, Any] = {name: request.form.get(name, "") for name in request.form}
    typed |= {name: request.form.getlist(name)[:100] for name in several}
    found = Input(form, typed)
    try:
        found.data = schema.load(typed)
    except ValidationError as error:
        found.errors = errors_by_field(error, type(schema))
        found.suspects = suspects(typed, schema.texts) if "pii_confirmed" in found.errors else []
    return found


def seal(*facts: object) -> str:
    """A short mark of what a page showed, to notice that it has changed when the form comes back."""
    return hashlib.sha256(repr([str(fact) for fact in facts]).encode()).hexdigest()[:16]
