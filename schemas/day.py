"""The day field that all forms share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import ValidationError, fields

DAY = "Skriv datumet som ÅÅÅÅ-MM-DD, till exempel 2026-11-14"
NO_SUCH_DAY = "Det datumet finns inte"


class Day(fields.Date):
    """A day written as YYYY-MM-DD. One that is well written but stands in no calendar is told so."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs | {"error_messages": {"invalid": DAY} | kwargs.get("error_messages", {})})

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> date:
        try:
            return super()._deserialize(value, attr, data, **kwargs)
        except ValidationError:
            if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
                raise ValidationError(NO_SUCH_DAY) from None
            raise
