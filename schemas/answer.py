"""What an answer to a report must tell: cause, action, and, where known, consequence and follow-up."""

from __future__ import annotations

from marshmallow import fields, validate

from schemas.form import Form, free_text, must, needed_text
from schemas.review import PICK
from schemas.words import ActionKind

LONGEST = 500  # characters of each part


class AnswerSchema(Form):
    """The answer form. `version` is that of the report which the page showed."""

    texts = shared = ("cause", "action", "consequence", "follow_up")
    cause = needed_text(LONGEST, "Skriv vad det berodde på")
    action = needed_text(LONGEST, "Skriv vad som har gjorts eller ska göras")
    action_kind = fields.String(
        **must("Välj om åtgärden är vidtagen eller planerad"),
        validate=validate.OneOf([kind.value for kind in ActionKind], error=PICK),
    )
    consequence = free_text(LONGEST)
    follow_up = free_text(LONGEST)
    version = fields.Integer(**must(PICK))
