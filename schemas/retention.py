"""What a rule of retention (gallringsregel) may say: of what, whose, after how many years, and who has decided it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from marshmallow import fields, validate, validates_schema

from schemas.form import PICK, Form, must, needed_day, needed_text, refuse
from schemas.words import Word

DISPOSED = "[gallrat]"  # stands where a text was
MOST_YEARS = 100
SHORTEST_DAYS, LONGEST_DAYS = 30, 365  # a closed account's identity is kept at least and at most so long
LONGEST_NAME, LONGEST_REASON = 120, 200  # characters
# A running number with its year, such as `SFH 2026/14` or `2026-14`; what may follow is the part of the case.
DECISION = re.compile(r"(?:[A-Za-zÅÄÖåäö]{1,10}[ -]?)?(?:19|20)\d\d ?[/:-] ?\d{1,6}(?:[-/.]\d{1,4})?\Z")
REFERENCE = re.compile(r"LH-\d{4}-\d{4,9}\Z")
DAYS = f"Skriv ett helt antal dagar, {SHORTEST_DAYS} till {LONGEST_DAYS}"
FUTURE = "Beslutet kan inte vara fattat i framtiden"


class RecordKind(Word):
    REPORT_TEXT = "report_text", "Rapportens fritext"
    ANSWER = "answer", "Svar till rapportören"
    REPORT = "report", "Hela rapporten utom det som räknas"
    HANDOUT = "handout", "Beslut om utlämnande med kopior"
    LOG = "log", "Innehållet i loggen"


# (years, why). The product's own limits but for the last; a longer one in law or in an archive's plan goes before.
FLOORS: dict[RecordKind, tuple[int, str]] = {
    RecordKind.REPORT_TEXT: (2, "rapportören ska kunna läsa sin rapport medan åtgärder följs upp"),
    RecordKind.ANSWER: (2, "svaret ska gå att läsa medan åtgärden det talar om följs upp"),
    RecordKind.REPORT: (3, "sammanställningar räknar rapportörer två år bakåt för att skydda små tal"),
    RecordKind.HANDOUT: (2, "det ska gå att visa vad som lämnades ut medan beslutet prövas"),
    RecordKind.LOG: (5, "så lång är preskriptionstiden för dataintrång, 35 kap. 1 § brottsbalken"),
}

WHOLE = (RecordKind.HANDOUT, RecordKind.LOG)  # These belong to the federation, not to one of its parties.


def due_before(today: date, years: int) -> date:
    """The day that what is too old lies before. 29 February counts as the 28th in other years."""
    try:
        return today.replace(year=today.year - years)
    except ValueError:
        return today.replace(year=today.year - years, day=28)


def _years() -> fields.Integer:
    message = f"Skriv ett helt antal år, högst {MOST_YEARS}"
    return fields.Integer(**must(message), validate=validate.Range(min=1, max=MOST_YEARS, error=message))


class RuleSchema(Form):
    """A rule. Arguments: parties - the ids on offer; today - the day it is."""

    texts = ("decided_by",)
    kind = fields.String(**must("Välj vad regeln gäller"))
    party = fields.String(load_default=None)
    years = _years()
    decision = fields.String(
        **must("Skriv beslutets diarienummer. Inget gallras utan beslut"),
        validate=validate.Regexp(DECISION, error="Skriv beslutets diarienummer som SFH 2026/14"),
    )
    decided_on = needed_day("Skriv vilken dag beslutet fattades")
    decided_by = needed_text(LONGEST_NAME, "Skriv vem som fattade beslutet, till exempel Förbundsstyrelsen")

    def __init__(self, parties: Collection[str], today: date) -> None:
        super().__init__()
        self.parties, self.today = parties, today

    @validates_schema(skip_on_field_errors=False)
    def _check(self, data: Mapping[str, Any], **_: Any) -> None:
        problems: dict[str, str] = {}
        kind = data.get("kind")
        if kind is not None and kind not in list(RecordKind):
            problems["kind"] = PICK
        elif kind is not None and data.get("years") is not None:
            problems |= _below_the_floor(RecordKind(kind), data["years"])
        if data.get("party") not in (None, *self.parties):
            problems["party"] = PICK
        elif kind in WHOLE and data.get("party"):
            problems["party"] = f"{RecordKind(kind).label} är gemensamt. Välj alla parter"
        if data.get("decided_on") and data["decided_on"] > self.today:
            problems["decided_on"] = FUTURE
        refuse(problems)


def _below_the_floor(kind: RecordKind, years: int) -> dict[str, str]:
    floor, why = FLOORS[kind]
    return {"years": f"Minst {floor} år: {why}"} if years < floor else {}


class StopSchema(Form):
    """Holding one report back from disposal."""

    texts = ("reason",)
    reference = fields.String(
        **must("Skriv rapportens referensnummer"),
        validate=validate.Regexp(REFERENCE, error="Skriv numret som LH-2026-0001"),
    )
    reason = needed_text(LONGEST_REASON, "Skriv varför rapporten ska vara kvar, utan att peka ut någon")


class LeaverSchema(Form):
    """How many days the identity of a closed account is kept."""

    leaver_days = fields.Integer(**must(DAYS), validate=validate.Range(min=SHORTEST_DAYS, max=LONGEST_DAYS, error=DAYS))


class RunSchema(Form):
    """Carrying out a protocol."""

    compared = fields.Boolean(**must("Bekräfta att du har jämfört protokollet med beslutet"))

    @validates_schema
    def _check(self, data: Mapping[str, Any], **_: Any) -> None:
        refuse({} if data["compared"] else {"compared": "Bekräfta att du har jämfört protokollet med beslutet"})
