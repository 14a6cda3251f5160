"""The whole of a summary as it may leave the service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from schemas.summary.fields import many, words
from schemas.summary.pack import PackSchema
from schemas.summary.parts import (
    CategoriesSchema,
    HeatMapSchema,
    KeyFigureSchema,
    MethodSchema,
    QuestionSchema,
    SentenceSchema,
    TrendSchema,
)
from schemas.summary.release import ReleaseSchema
from schemas.summary.report import ActionsSchema, AreasSchema, CounterpartSchema, LabelsSchema, ProblemsSchema


class SummarySchema(ReleaseSchema):
    format = fields.Integer(required=True, strict=True, validate=validate.Equal(1))
    kind = fields.String(required=True, validate=validate.OneOf(("monthly", "yearly", "meeting")))
    example = fields.Boolean(required=True)
    title = words()
    heading = words()
    subtitle = words()
    recipient = words()
    sender = words()
    reference = words()
    made_on = words()
    first_month = words()
    last_month = words()
    sentences = many(SentenceSchema, most=3, least=3)
    key_figures = many(KeyFigureSchema, most=4)
    questions = many(QuestionSchema, most=4, least=1)
    heat_map = fields.Nested(HeatMapSchema, required=True)
    categories = fields.Nested(CategoriesSchema, required=True)
    trend = fields.Nested(TrendSchema, required=True)
    # The parts whose tables are not shown, each with the sentence that stands there instead.
    left_out = fields.Dict(keys=fields.String(), values=words(), load_default=dict)
    next_forum = words()
    meetings = many(words(), most=3)
    method = many(MethodSchema, most=8)
    pack = fields.Nested(PackSchema, load_default=None, allow_none=True)
    # What only a report has. One that was written before these were there has none of them.
    labels = fields.Nested(LabelsSchema, load_default=None, allow_none=True)
    problems = fields.Nested(ProblemsSchema, load_default=None, allow_none=True)
    counterparts = fields.List(fields.Nested(CounterpartSchema), load_default=None, allow_none=True)
    areas = fields.Nested(AreasSchema, load_default=None, allow_none=True)
    actions = fields.Nested(ActionsSchema, load_default=None, allow_none=True)

    @validates_schema
    def _check_pack(self, data: dict[str, Any], **_: Any) -> None:
        if (data["kind"] == "meeting") != (data["pack"] is not None):
            raise ValidationError("Ett mötesunderlag har ärenden, och inget annat har det.", "pack")


def check_content(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content itself, when it may leave.

    Raises: marshmallow.ValidationError, naming the fields at fault.
    """
    checked: dict[str, Any] = SummarySchema().load(content)
    return checked
