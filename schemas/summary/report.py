"""The parts that only a monthly and a yearly report have: problems, counterparts, areas, actions."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from schemas.summary.fields import NumberSchema, Strict, many, words, written
from schemas.summary.pack import FollowupRowSchema
from schemas.summary.parts import CHANGE, MonthSchema


class LabelsSchema(Strict):
    """The headings that differ between the kinds and the forums."""

    main = words()
    decides = words()


class ProblemSchema(Strict):
    """A paraphrase stands only beside a number that may be shown."""

    name = words()
    actors = words()
    since = words(allow_none=True)
    number = fields.Nested(NumberSchema, required=True)
    paraphrase = written(allow_none=True)
    state = written()

    @validates_schema
    def _check_shown(self, data: dict[str, Any], **_: Any) -> None:
        if not data["number"]["value"]:
            raise ValidationError("Bara problem vars antal får visas får stå här.", "number")


class ProblemsSchema(Strict):
    heading = words()
    reading = words()
    rows = many(ProblemSchema, most=5, least=1)


class CounterpartSchema(Strict):
    name = words()
    told = words()
    months = many(MonthSchema, most=12, least=12)
    norm = fields.Nested(NumberSchema, required=True, allow_none=True)
    spoken = words()


class AreaSchema(Strict):
    name = words()
    number = fields.Nested(NumberSchema, required=True)
    before = fields.Nested(NumberSchema, required=True, allow_none=True)
    change = fields.String(required=True, allow_none=True, validate=validate.Regexp(CHANGE))


class AreasSchema(Strict):
    reading = words()
    compared = fields.Boolean(required=True)
    rows = many(AreaSchema, least=1)


class ActionsSchema(Strict):
    """What was decided last time, and the actions: rows as in a pack."""

    rows = many(FollowupRowSchema, most=10, least=1)
    more = words(allow_none=True)
    on = words()
