"""What a summary tells of itself: who approved it, what it corrects, and how a copy is known to be genuine."""

from __future__ import annotations

from marshmallow import fields, validate

from schemas.summary.fields import Strict, many, words

MOST_CHANGES = 12
ADDRESS = r"https?://[A-Za-z0-9.:\[\]/_-]{1,200}\Z"


class ApprovalSchema(Strict):
    by = words()
    on = fields.String(required=True, validate=validate.Regexp(r"\d{4}-\d\d-\d\d\Z"))


class CorrectionSchema(Strict):
    of = words()
    lines = many(words(), most=MOST_CHANGES, least=1)


class ReleaseSchema(Strict):
    """The fields that are empty until the worker finishes a draft, and the approval until somebody gives it."""

    approval = fields.Nested(ApprovalSchema, load_default=None, allow_none=True)
    correction = fields.Nested(CorrectionSchema, load_default=None, allow_none=True)
    verify_at = fields.String(load_default=None, allow_none=True, validate=validate.Regexp(ADDRESS))
    fingerprint = fields.String(load_default=None, allow_none=True, validate=validate.Regexp(r"[0-9a-f]{64}\Z"))
