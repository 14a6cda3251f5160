"""The content of a summary as it may leave the service: on paper, on the web, as JSON.

Loading it is the last check before printing. It fails when a number is not protected, when a sentence tells a
count from 1 to 4, or when there is anything in it that is not listed here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from schemas.disclosure import HIDDEN, STEP, THRESHOLD

LONGEST = 1000  # characters of one text
MOST_ROWS = 60
SMALL_COUNT = re.compile(r"\b([1-4]|en|ett|två|tre|fyra) (\w+ )?(rapport(er)?|avvikelser?)\b", re.IGNORECASE)
# Whole numbers of reports, `3 av 4` parties, or per cent.
KEY_FIGURE = re.compile(rf"({HIDDEN}|\d*[05]|\d+ av \d+|\d+ %)\Z")
CHANGE = re.compile(r"([+−]\d*[05]|±0|–)\Z")


def _tell_no_small_count(text: str) -> None:
    if SMALL_COUNT.search(text):
        raise ValidationError("Texten berättar ett antal under fem.")


def _text(**kwargs: Any) -> fields.String:
    checks: list[Callable[[str], Any]] = [validate.Length(min=1, max=LONGEST), _tell_no_small_count]
    return fields.String(required=True, validate=checks, **kwargs)


def _list(what: fields.Field[Any] | type[Schema], most: int = MOST_ROWS, least: int = 0) -> fields.List[Any]:
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


class SentenceSchema(Strict):
    claim = _text()
    text = _text()


class KeyFigureSchema(Strict):
    text = fields.String(required=True, validate=validate.Regexp(KEY_FIGURE))
    label = _text()


class QuestionSchema(Strict):
    heading = _text()
    question = _text()
    background = _text()
    number = fields.Nested(NumberSchema, required=True)


class ColumnSchema(Strict):
    name = _text()
    short = _text()


class CellSchema(Strict):
    number = fields.Nested(NumberSchema, required=True)
    level = fields.Integer(required=True, strict=True, validate=validate.Range(0, 5))
    spoken = _text()
    same = fields.Boolean(required=True)


class RowSchema(Strict):
    name = _text()
    short = _text()
    cells = _list(CellSchema)


class ShadeSchema(Strict):
    level = fields.Integer(required=True, strict=True, validate=validate.Range(0, 5))
    text = _text()


class HeatMapSchema(Strict):
    reading = _text()
    columns = _list(ColumnSchema)
    rows = _list(RowSchema)
    legend = _list(ShadeSchema)


class CategorySchema(Strict):
    label = _text()
    number = fields.Nested(NumberSchema, required=True)
    change = fields.String(required=True, allow_none=True, validate=validate.Regexp(CHANGE))
    twentieths = fields.Integer(required=True, strict=True, validate=validate.Range(0, 20))


class CategoriesSchema(Strict):
    compared = fields.Boolean(required=True)
    rows = _list(CategorySchema)


class MonthSchema(Strict):
    name = _text()
    short = _text()
    number = fields.Nested(NumberSchema, required=True)


class TrendSchema(Strict):
    reading = _text()
    months = _list(MonthSchema, most=12, least=12)
    norm = fields.Nested(NumberSchema, required=True, allow_none=True)
    spoken = _text()


class MethodSchema(Strict):
    heading = _text()
    text = _text()


class SummarySchema(Strict):
    format = fields.Integer(required=True, strict=True, validate=validate.Equal(1))
    kind = fields.String(required=True, validate=validate.OneOf(("monthly", "meeting")))
    example = fields.Boolean(required=True)
    title = _text()
    heading = _text()
    subtitle = _text()
    recipient = _text()
    sender = _text()
    reference = _text()
    made_on = _text()
    first_month = _text()
    last_month = _text()
    sentences = _list(SentenceSchema, most=3, least=3)
    key_figures = _list(KeyFigureSchema, most=4)
    questions = _list(QuestionSchema, most=4, least=1)
    heat_map = fields.Nested(HeatMapSchema, required=True)
    categories = fields.Nested(CategoriesSchema, required=True)
    trend = fields.Nested(TrendSchema, required=True)
    next_forum = _text()
    meetings = _list(_text(), most=3)
    method = _list(MethodSchema, most=8)


def check_content(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content itself, when it may leave.

    Raises: marshmallow.ValidationError, naming the fields at fault.
    """
    checked: dict[str, Any] = SummarySchema().load(content)
    return checked
