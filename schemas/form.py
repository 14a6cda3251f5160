"""What the forms of people who work with reports have in common: cleaned texts, the guard of personal data, days."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import EXCLUDE, Schema, ValidationError, fields, pre_load, validate, validates_schema

from schemas.counts.told import count_problems
from schemas.day import Day
from schemas.report import Text
from schemas.review import PICK as PICK
from schemas.review import personal_data_problems


class Form(Schema):
    """A form whose free texts are named in `texts`, and in `shared` those that others will read. A number that points
    to a person stops it, in a shared text a count of reports or people too; what may be a name must be confirmed in
    the box `pii_confirmed`."""

    class Meta:
        unknown = EXCLUDE

    texts: ClassVar[tuple[str, ...]] = ()
    shared: ClassVar[tuple[str, ...]] = ()
    pii_confirmed = fields.Boolean(load_default=False, error_messages={"invalid": PICK})

    @pre_load
    def _drop_empty(self, data: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        trimmed = {name: value.strip() if isinstance(value, str) else value for name, value in data.items()}
        return {name: value for name, value in trimmed.items() if value not in ("", [])}

    @validates_schema(skip_on_field_errors=False)
    def _check_texts(self, data: dict[str, Any], **_: Any) -> None:
        """What points to a person is said first: nothing is quoted of a text that holds it."""
        refuse({**self.counted(data), **personal_data_problems(data, self.texts)})

    def counted(self, data: Mapping[str, Any]) -> dict[str, str]:
        """What is wrong with the numbers that texts tell, by the name of the field."""
        return count_problems(data, self.shared)


def refuse(problems: Mapping[str, str]) -> None:
    """Raises: ValidationError with one message a field, when there is any."""
    if problems:
        raise ValidationError({name: [message] for name, message in problems.items()})


def must(message: str) -> dict[str, Any]:
    """A field that has to be answered."""
    return {"required": True, "error_messages": dict.fromkeys(("required", "null", "invalid"), message)}


def needed_text(limit: int, message: str) -> Text:
    """A free text that has to be there. Arguments: limit - characters; message - what is said when it is not."""
    length = validate.Length(min=1, max=limit, error=f"{message}, högst {limit} tecken")
    return Text(**must(message), validate=length)


def free_text(limit: int) -> Text:
    """A free text that may be left out. Arguments: limit - characters."""
    return Text(load_default="", validate=validate.Length(max=limit, error=f"Skriv högst {limit} tecken"))


def needed_day(message: str) -> Day:
    """A day that has to be there."""
    return Day(required=True, error_messages={"required": message, "null": message})


def free_day() -> Day:
    """A day that may be left out."""
    return Day(load_default=None)


def whole_number(low: int, high: int, default: int, message: str) -> fields.Integer:
    """A number between two limits, both included."""
    length = validate.Range(min=low, max=high, error=message)
    return fields.Integer(load_default=default, validate=length, error_messages={"invalid": message})
