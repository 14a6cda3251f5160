"""What may be said of a coordinator's post: who is away and stands in, and who takes it over."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, pre_load, validates_schema

from schemas.day import DAY, Day

EMPTY_FORM = "Formuläret kom inte fram helt. Fyll i fältet igen"


def _sent(invalid: str) -> dict[str, Any]:
    """A field that may be empty but must be there: a form without it says nothing about an absence."""
    return {"required": True, "allow_none": True, "error_messages": {"required": EMPTY_FORM, "invalid": invalid}}


class AbsenceSchema(Schema):
    """From when until when the holder is away (no end means until further notice) and which post stands in."""

    class Meta:
        unknown = EXCLUDE

    absent_from = Day(**_sent(DAY))
    absent_until = Day(**_sent(DAY))
    substitute = fields.Integer(**_sent("Välj en ersättare"))

    def __init__(self, substitutes: Collection[int]) -> None:
        super().__init__()
        self.substitutes = substitutes

    @pre_load
    def _empty_is_none(self, data: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        return {name: value.strip() or None for name, value in data.items()}

    @validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        start, end = data.get("absent_from"), data.get("absent_until")
        problems = {}
        if start is None and (end or data.get("substitute")):
            problems["absent_from"] = ["Skriv från vilken dag"]
        if start and end and end < start:
            problems["absent_until"] = ["Sista dagen kan inte komma före den första"]
        if start and data.get("substitute") not in self.substitutes:
            problems["substitute"] = ["Välj vilken tjänst som tar över kön under tiden"]
        if problems:
            raise ValidationError(problems)
