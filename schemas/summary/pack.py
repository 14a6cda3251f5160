"""The part that only a meeting pack has: the cases, and what is to be filled in."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from schemas.summary.fields import NumberSchema, Strict, many, words, written

MOST_CASES = 200
MOST_FOLLOWED = 8
MOST_SENTENCES, MOST_QUOTES = 2, 2


class CaseSentenceSchema(Strict):
    """A sentence that rules wrote, or that a person has edited since."""

    text = written()
    edited = fields.Boolean(required=True)


class CaseSchema(Strict):
    """`number` is empty where there are too few reports to tell; then there is no quote either."""

    heading = written()
    question = written()
    sentences = many(CaseSentenceSchema, most=MOST_SENTENCES)
    number = fields.Nested(NumberSchema, required=True, allow_none=True)
    minutes = fields.Integer(required=True, allow_none=True, strict=True, validate=validate.Range(1))
    quotes = many(written(), most=MOST_QUOTES)
    edited = fields.Boolean(load_default=False)

    @validates_schema
    def _check_quotes(self, data: dict[str, Any], **_: Any) -> None:
        if data["quotes"] and not (data["number"] or {}).get("value"):
            raise ValidationError("Omskrivningar visas bara när antalet får visas.")


class FollowupRowSchema(Strict):
    """What was decided and what became of it. `shape` says the same as `state`, to the eye."""

    what = written()
    decision = written(allow_none=True)
    owner = written(allow_none=True)
    due = words(allow_none=True)
    state = words()
    shape = fields.String(required=True, validate=validate.OneOf(("square", "ring", "half", "disc")))
    effect = words(allow_none=True)


class FollowupSchema(Strict):
    """`left_out` says that there are more rows than fit."""

    intro = words()
    rows = many(FollowupRowSchema, most=MOST_FOLLOWED)
    left_out = words(allow_none=True)


class PackSchema(Strict):
    """`own_agenda` tells the forum's agenda from proposals; `notices` say what a reader must know of the pack."""

    own_agenda = fields.Boolean(required=True)
    notices = many(written())
    minutes = fields.Integer(required=True, allow_none=True, strict=True)
    followup = fields.Nested(FollowupSchema, required=True)
    cases = many(CaseSchema, most=MOST_CASES, least=1)
    stays = words()
    moves_on = words()
