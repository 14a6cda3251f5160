"""The parts that every kind of summary has."""

from __future__ import annotations

import re

from marshmallow import fields, validate

from schemas.disclosure import HIDDEN
from schemas.summary.fields import NumberSchema, Strict, many, words, written

# Whole numbers of reports, `3 av 4` parties, or per cent.
KEY_FIGURE = re.compile(rf"({HIDDEN}|\d*[05]|\d+ av \d+|\d+ %)\Z")
CHANGE = re.compile(r"([+−]\d*[05]|±0|–)\Z")


class SentenceSchema(Strict):
    claim = words()
    text = words()
    edited = fields.Boolean(load_default=False)


class KeyFigureSchema(Strict):
    text = fields.String(required=True, validate=validate.Regexp(KEY_FIGURE))
    label = words()


class QuestionSchema(Strict):
    """What a forum is asked, or proposed to decide. `number` is empty where it rests on no count; the owner and the
    days are empty until the forum fills them in."""

    heading = words()
    question = words()
    background = words()
    number = fields.Nested(NumberSchema, required=True, allow_none=True)
    owner = written(allow_none=True, load_default=None)
    due = words(allow_none=True, load_default=None)
    follow_up = words(allow_none=True, load_default=None)
    edited = fields.Boolean(load_default=False)


class ColumnSchema(Strict):
    name = words()
    short = words()


class CellSchema(Strict):
    number = fields.Nested(NumberSchema, required=True)
    level = fields.Integer(required=True, strict=True, validate=validate.Range(0, 5))
    spoken = words()
    same = fields.Boolean(required=True)


class RowSchema(Strict):
    name = words()
    short = words()
    cells = many(CellSchema)


class ShadeSchema(Strict):
    level = fields.Integer(required=True, strict=True, validate=validate.Range(0, 5))
    text = words()


class HeatMapSchema(Strict):
    reading = words()
    # A map that was written before it could be longer than the rest begins where the rest does.
    first_month = words(load_default=None, allow_none=True)
    columns = many(ColumnSchema)
    rows = many(RowSchema)
    legend = many(ShadeSchema)


class CategorySchema(Strict):
    label = words()
    number = fields.Nested(NumberSchema, required=True)
    change = fields.String(required=True, allow_none=True, validate=validate.Regexp(CHANGE))
    twentieths = fields.Integer(required=True, strict=True, validate=validate.Range(0, 20))


class CategoriesSchema(Strict):
    compared = fields.Boolean(required=True)
    rows = many(CategorySchema)


class MonthSchema(Strict):
    name = words()
    short = words()
    number = fields.Nested(NumberSchema, required=True)


class TrendSchema(Strict):
    reading = words()
    months = many(MonthSchema, most=12, least=12)
    norm = fields.Nested(NumberSchema, required=True, allow_none=True)
    spoken = words()


class MethodSchema(Strict):
    heading = words()
    text = words()
