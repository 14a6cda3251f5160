"""What may be written about an issuer: an employer's own sign-in (OpenID Connect), and what its people become here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

HERE = ("127.0.0.1", "localhost", "::1")  # an issuer on this very machine may be spoken to without TLS
CODE = r"[a-z0-9-]{1,40}\Z"


class IssuerSchema(Schema):
    """One issuer. `assurance` lists the levels (acr) of which a sign-in must show one; whoever comes for the first time
    becomes a reporter of `unit` (party/unit) in `areas` (codes; none means all)."""

    class Meta:
        unknown = RAISE

    code = fields.String(required=True, validate=validate.Regexp(CODE))
    label = fields.String(required=True, validate=validate.Length(min=1, max=80))
    issuer = fields.String(required=True)
    client_id = fields.String(required=True, validate=validate.Length(min=1))
    client_secret = fields.String(required=True, validate=validate.Length(min=1))
    assurance = fields.List(fields.String(), required=True, validate=validate.Length(min=1))
    federation = fields.String(required=True)
    unit = fields.String(required=True, validate=validate.Regexp(r"[a-z0-9-]+/[a-z0-9-]+\Z"))
    areas = fields.List(fields.String(), load_default=list)
    title = fields.String(load_default="Handläggare", validate=validate.Length(min=1, max=200))

    @validates_schema(skip_on_field_errors=True)
    def _check_address(self, data: Mapping[str, Any], **_: Any) -> None:
        address = urlsplit(data["issuer"])
        if address.scheme != "https" and address.hostname not in HERE:
            raise ValidationError({"issuer": ["must begin with https://"]})


def read_issuers(listed: Any) -> list[dict[str, Any]]:
    """Check a list of issuers, as read from JSON.

    Raises: marshmallow.ValidationError, also when two have the same code or address.
    """
    found: list[dict[str, Any]] = IssuerSchema(many=True).load(listed)
    for name in ("code", "issuer"):
        if len({issuer[name] for issuer in found}) < len(found):
            raise ValidationError({name: ["two issuers have the same"]})
    return found
