"""What may be written about an account: where its mail goes, what it may do, and for which function, unit and areas."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from marshmallow import fields, post_load, validate, validates_schema

from schemas.form import PICK, Form, must, needed_text, refuse
from schemas.report import ADDRESS, LONGEST_ADDRESS

LONGEST_TITLE = 200  # characters
NEEDS_UNIT = ("reporter", "forum_member")


class AccountSchema(Form):
    """An account. Arguments: roles, units, areas - the codes on offer."""

    texts = ("title",)
    email = fields.Email(**must(ADDRESS), validate=validate.Length(max=LONGEST_ADDRESS, error=ADDRESS))
    role = fields.String(**must("Välj vad kontot är till för"))
    title = needed_text(LONGEST_TITLE, "Skriv funktionen, till exempel Handläggare, försörjningsstöd. Inget namn")
    unit = fields.String(load_default=None)
    areas = fields.List(fields.String(), load_default=list)

    def __init__(self, roles: Collection[str], units: Collection[str], areas: Collection[str]) -> None:
        super().__init__()
        self.roles, self.units, self.area_codes = roles, units, areas

    @validates_schema(skip_on_field_errors=True)
    def _check_choices(self, data: Mapping[str, Any], **_: Any) -> None:
        if data["role"] not in self.roles:
            refuse({"role": PICK})
        if data["unit"] is not None and data["unit"] not in self.units:
            refuse({"unit": PICK})
        if data["unit"] is None and data["role"] in NEEDS_UNIT:
            refuse({"unit": "Välj verksamhet. Den som rapporterar eller sitter i ett forum hör till en"})
        if not data["areas"] or not set(data["areas"]) <= set(self.area_codes):
            refuse({"areas": "Välj minst ett område"})

    @post_load
    def _as_it_is_looked_up(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data | {"email": data["email"].lower()}
