"""What an administrator may rule about mailing summaries: to which domains, and whether the file goes along."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load, validates_schema

from schemas.form import PICK, Form, free_text, refuse
from schemas.mail_domains import MOST_DOMAINS, read_domains

LONGEST = 4000  # characters of all domains together


class MailRulesSchema(Form):
    """Loads `mail_domains` as a list. A form without domains takes them all away, and then nothing is sent."""

    mail_domains = free_text(LONGEST)
    attach_summaries = fields.Boolean(load_default=False, error_messages={"invalid": PICK})

    @validates_schema(skip_on_field_errors=True)
    def _check_domains(self, data: dict[str, Any], **_: Any) -> None:
        domains, faults = read_domains(data["mail_domains"])
        if faults:
            refuse({"mail_domains": f"Det här är ingen domän: {faults[0][:60]}. Skriv till exempel savsjo.se"})
        if len(domains) > MOST_DOMAINS:
            refuse({"mail_domains": f"Skriv högst {MOST_DOMAINS} domäner"})

    @post_load
    def _split(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data | {"mail_domains": read_domains(data["mail_domains"])[0]}
