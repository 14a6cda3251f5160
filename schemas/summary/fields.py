"""What the border of a summary is made of: strict shapes, texts that tell no small count, protected numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from schemas.counts.told import small_counts
from schemas.disclosure import HIDDEN, STEP, THRESHOLD

LONGEST = 1000  # characters of one text
MOST_ROWS = 60
TOO_SMALL = "Texten berättar ett antal under fem. Sådana antal får inte lämna tjänsten"
# What rules write never holds a small count, not even "en rapport".
SMALL_COUNT = re.compile(r"\b([1-4]|en|ett|två|tre|fyra) (\w+ )?(rapport(er)?|avvikelser?)\b", re.IGNORECASE)


# What stands in quotation marks was written by a person, as the name of an action.
QUOTED = re.compile("”[^”]*”")


def _tell_no_small_count(text: str) -> None:
    if SMALL_COUNT.search(QUOTED.sub("", text)) or any(small_counts(words) for words in QUOTED.findall(text)):
        raise ValidationError(TOO_SMALL)


def words(**kwargs: Any) -> fields.String:
    """A text that rules have written."""
    checks: list[Callable[[str], Any]] = [validate.Length(min=1, max=LONGEST), _tell_no_small_count]
    return fields.String(required="load_default" not in kwargs, validate=checks, **kwargs)


def _tell_no_written_count(text: str) -> None:
    if small_counts(text):
        raise ValidationError(TOO_SMALL)


def written(**kwargs: Any) -> fields.String:
    """A text that a coordinator wrote, such as an item's question; `schemas.counts.told.without_small_counts` makes
    it fit."""
    checks: list[Callable[[str], Any]] = [validate.Length(min=1, max=LONGEST), _tell_no_written_count]
    return fields.String(required="load_default" not in kwargs, validate=checks, **kwargs)


def many(what: fields.Field[Any] | type[Schema], most: int = MOST_ROWS, least: int = 0) -> fields.List[Any]:
    """A list of fields or shapes. Arguments: most, least - how many there may be."""
    inner = what if isinstance(what, fields.Field) else fields.Nested(what)
    return fields.List(inner, required=True, validate=validate.Length(min=least, max=most))


class Strict(Schema):
    class Meta:
        unknown = RAISE


class NumberSchema(Strict):
    """A protected number: zero, hidden, or a multiple of five."""

    value = fields.Integer(required=True, allow_none=True, strict=True)
    text = fields.String(required=True)

    @validates_schema
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        value = data["value"]
        if value is not None and (value % STEP or value < 0 or 0 < value < THRESHOLD):
            raise ValidationError("Talet är inte skyddat.")
        if data["text"] != (HIDDEN if value is None else str(value)):
            raise ValidationError("Talet och dess text säger olika saker.")
