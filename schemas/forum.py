"""What may be written about a forum: its name, its agreement, its seats, its convener and its meetings."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from marshmallow import fields, post_load, validates_schema

from schemas.form import PICK, Form, free_day, free_text, must, needed_day, needed_text, refuse, whole_number
from schemas.mail_domains import LONGEST_ADDRESS, plain_address, refusal
from schemas.months import LOCAL

LONGEST_NAME, LONGEST_FUNCTION = 200, 120  # characters
NO_ADDRESS = "Skriv adressen så här: funktion@exempel.se"
NOBODY = "ingen"  # as the code of a convener
FURTHEST = timedelta(days=5 * 366)
TIME = re.compile(r"([01]?\d|2[0-3])[.:]([0-5]\d)")


class NameSchema(Form):
    """A new name. Arguments: today; after - the day of the last change of name, or None."""

    texts = ("new_name",)
    new_name = needed_text(LONGEST_NAME, "Skriv forumets nya namn")
    name_from = free_day()

    def __init__(self, today: date, after: date | None) -> None:
        super().__init__()
        self.today, self.after = today, after

    @validates_schema(skip_on_field_errors=True)
    def _check_day(self, data: dict[str, Any], **_: Any) -> None:
        day = data.get("name_from") or self.today
        if day > self.today:
            refuse({"name_from": "Skriv in namnet när det har börjat gälla. Datumet ligger i framtiden"})
        if self.after and day < self.after:
            refuse({"name_from": f"Forumet bytte namn senast {self.after}. Välj den dagen eller en senare"})


class AgreementSchema(Form):
    """The agreement that a forum rests on."""

    texts = ("agreement_title",)
    agreement_title = needed_text(LONGEST_NAME, "Skriv vad överenskommelsen heter")
    agreement_from = needed_day("Skriv från vilken dag överenskommelsen gäller")
    agreement_until = needed_day("Skriv till vilken dag överenskommelsen gäller")
    agreement_remind = whole_number(0, 730, 90, "Skriv ett antal dagar mellan 0 och 730")

    @validates_schema(skip_on_field_errors=True)
    def _check_days(self, data: dict[str, Any], **_: Any) -> None:
        if data["agreement_until"] <= data["agreement_from"]:
            refuse({"agreement_until": "Slutdagen måste komma efter den första dagen"})


class AddressSchema(Form):
    """The mailbox of a seat; empty to take it away. Arguments: domains - those that the federation has approved."""

    seat_email = free_text(LONGEST_ADDRESS)

    def __init__(self, domains: list[str]) -> None:
        super().__init__()
        self.domains = domains

    @validates_schema(skip_on_field_errors=True)
    def _check_address(self, data: dict[str, Any], **_: Any) -> None:
        if not data["seat_email"]:
            return
        address = plain_address(data["seat_email"])
        refused = NO_ADDRESS if address is None else refusal(address, self.domains)
        refuse({"seat_email": refused} if refused else {})

    @post_load
    def _nothing_is_none(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data | {"seat_email": plain_address(data["seat_email"])}


class SeatSchema(AddressSchema):
    """A seat: a function of one of the parties, with its mailbox."""

    texts = ("seat_function",)
    seat_party = fields.String(**must("Välj part"))
    seat_function = needed_text(LONGEST_FUNCTION, "Skriv vilken funktion som har platsen")

    def __init__(self, parties: Collection[str], domains: list[str]) -> None:
        super().__init__(domains)
        self.parties = parties

    @validates_schema(skip_on_field_errors=True)
    def _check_party(self, data: dict[str, Any], **_: Any) -> None:
        if data["seat_party"] not in self.parties:
            refuse({"seat_party": "Välj part"})


class ConvenerSchema(Form):
    """Who convenes: one of the codes on offer, or `NOBODY`. Loads None for nobody. A form without the field says
    nothing, so it must not take a convener away."""

    convener = fields.String(**must("Välj sammankallande"))

    def __init__(self, conveners: Collection[str]) -> None:
        super().__init__()
        self.conveners = conveners

    @validates_schema(skip_on_field_errors=True)
    def _check_convener(self, data: dict[str, Any], **_: Any) -> None:
        if data["convener"] not in (NOBODY, *self.conveners):
            refuse({"convener": PICK})

    @post_load
    def _nobody_is_none(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data | {"convener": None if data["convener"] == NOBODY else data["convener"]}


class MeetingSchema(Form):
    """When a forum meets. Arguments: now - meetings lie after it. Loads `starts_at`, a moment in UTC."""

    meeting_date = needed_day("Skriv vilken dag mötet är")
    meeting_time = fields.String(**must("Skriv klockslaget, till exempel 13.00"))

    def __init__(self, now: datetime) -> None:
        super().__init__()
        self.now = now

    @validates_schema(skip_on_field_errors=True)
    def _check_moment(self, data: dict[str, Any], **_: Any) -> None:
        if TIME.fullmatch(data["meeting_time"]) is None:
            refuse({"meeting_time": "Skriv klockslaget, till exempel 13.00"})
        if not BEGINNING_OF_TIME < data["meeting_date"] < (self.now + FURTHEST).date():
            refuse({"meeting_date": "Kontrollera året. Mötet ligger mer än fem år bort"})
        if _moment(data) <= self.now:
            refuse({"meeting_date": "Mötet måste ligga framåt i tiden"})

    @post_load
    def _join(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data | {"starts_at": _moment(data)}


BEGINNING_OF_TIME = date(1900, 1, 1)  # an earlier year has no moment in UTC, or is a slip of the pen


def _moment(data: dict[str, Any]) -> datetime:
    found = TIME.fullmatch(data["meeting_time"])
    hour, minute = (int(part) for part in found.groups()) if found else (0, 0)
    return datetime.combine(data["meeting_date"], time.min.replace(hour, minute), LOCAL).astimezone(UTC)
