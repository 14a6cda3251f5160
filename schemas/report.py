"""What the report form may hold: every field, every rule and every message in one place (ux.md, section 2)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, pre_load, validate, validates_schema

from schemas.day import Day
from schemas.personal_data import Finding, screen
from schemas.taxonomy import category_labels
from schemas.text import clean, letters
from schemas.words import OUTSIDE_UNIT, Consequence, Occurred, RaisedDirectly, Recurrence, ReportKind, Word

SHORTEST, LONGEST, LONGEST_SUGGESTION, LONGEST_NAME = 20, 1500, 500, 120
LONGEST_ADDRESS = 254  # characters (RFC 5321, section 4.5.3.1.3)
OLDEST = 3653  # days, ten years
# How many days ago the answers to "when did it happen" reach.
REACH = {Occurred.TODAY.value: 0, Occurred.WEEK.value: 7, Occurred.MONTH.value: 31}
MULTIPLE = ("other_actors", "consequence")
FREE_TEXTS = ("description", "suggestion", "counterpart_other")

ADDRESS = "Skriv en e-postadress som namn@kommun.se"
STOPPED = "Texten innehåller något som liknar {what}. Ta bort {pronoun} och försök igen"
KINDS = {
    "personnummer": "ett personnummer",
    "samordningsnummer": "ett samordningsnummer",
    "phone": "ett telefonnummer",
    "email": "en e-postadress",
    "address": "en gatuadress",
    "online": "en profil eller adress på nätet",
    "case_number": "ett ärendenummer",
    "account": "ett kontonummer",
    "vehicle": "ett registreringsnummer",
    "property": "en fastighetsbeteckning",
}
PROTECTED = (
    "Rapporten kan inte lämnas här när den rör en person med skyddade personuppgifter. "
    "Inget har sparats. Följ rutinen i din egen organisation"
)
CONFIRM = "Ta bort ”{words}” eller bekräfta att det inte är ett namn"
TOO_LITTLE = "Beskriv vad som hände med minst 20 bokstäver"
OUTSIDE = "Datumet passar inte ihop med svaret på när det hände. Ändra datumet eller välj en annan tid"
MOST_QUOTED = 40  # characters of a passage that a message shows


@dataclass(frozen=True)
class Choices:
    """The codes that this reporter may choose between, and the day it is."""

    areas: Collection[str]
    reporting_units: Collection[str]
    counterparts: Collection[str]
    today: date


class Text(fields.String):
    """Free text, cleaned before anything looks at it."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        return clean(super()._deserialize(value, attr, data, **kwargs))


def _choice(words: type[Word], message: str, **kwargs: Any) -> fields.String:
    codes = [member.value for member in words]
    return fields.String(validate=validate.OneOf(codes, error=message), **kwargs)


def _ticked() -> fields.Boolean:
    return fields.Boolean(load_default=False, error_messages={"invalid": "Välj ett av alternativen"})


def _must(message: str) -> dict[str, Any]:
    return {"required": True, "error_messages": {"required": message, "null": message, "invalid": message}}


class ReportSchema(Schema):
    """Loads the fields of a posted form; `errors_by_field` turns a ValidationError into messages for the page."""

    class Meta:
        unknown = EXCLUDE

    kind = _choice(ReportKind, "Välj ett av alternativen", load_default=ReportKind.DEVIATION.value)
    area = fields.String(**_must("Välj kommunområde"))
    reporting_unit = fields.String(**_must("Välj vilken verksamhet du rapporterar för"))
    counterpart = fields.String(**_must("Välj vilken motpart rapporten gäller"))
    counterpart_other = Text(
        load_default="", validate=validate.Length(max=LONGEST_NAME, error="Skriv högst 120 tecken")
    )
    other_actors = fields.List(fields.String(), load_default=list)
    description = Text(**_must(TOO_LITTLE))
    protected_identity = _ticked()
    occurred = _choice(Occurred, "Välj när det hände", **_must("Välj när det hände"))
    occurred_on = Day(load_default=None)
    consequence = fields.List(_choice(Consequence, "Välj ett av alternativen"), load_default=list)
    recurrence = _choice(Recurrence, "Välj ett av alternativen", load_default=None)
    reporter_category = fields.String(load_default=None)
    raised_directly = _choice(RaisedDirectly, "Välj ett av alternativen", load_default=None)
    suggestion = Text(
        load_default="",
        validate=validate.Length(max=LONGEST_SUGGESTION, error="Korta förslaget till högst 500 tecken"),
    )
    wants_feedback = _ticked()
    feedback_email = fields.Email(
        load_default=None,
        validate=validate.Length(max=LONGEST_ADDRESS, error=ADDRESS),
        error_messages={"invalid": ADDRESS},
    )
    may_paraphrase = _ticked()
    pii_confirmed = _ticked()

    def __init__(self, choices: Choices) -> None:
        super().__init__()
        self.choices = choices

    @pre_load
    def _drop_empty(self, data: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        """A browser sends an unanswered text field as an empty text; that is no answer, and spaces are none either."""
        trimmed = {name: value.strip() if isinstance(value, str) else value for name, value in data.items()}
        return {name: value for name, value in trimmed.items() if value not in ("", [])}

    @validates_schema(skip_on_field_errors=False)
    def _check_choices(self, data: dict[str, Any], **_: Any) -> None:
        problems: dict[str, list[str]] = {}
        allowed = self.choices
        if data.get("area") not in (None, *allowed.areas):
            problems["area"] = ["Välj kommunområde"]
        if data.get("reporting_unit") not in (None, *allowed.reporting_units):
            problems["reporting_unit"] = ["Välj vilken verksamhet du rapporterar för"]
        if data.get("counterpart") not in (None, *allowed.counterparts):
            problems["counterpart"] = ["Välj vilken motpart rapporten gäller"]
        if data.get("counterpart") == OUTSIDE_UNIT and not data.get("counterpart_other"):
            problems["counterpart_other"] = ["Skriv vilken annan verksamhet det gäller"]
        if data.get("counterpart") and data.get("counterpart") == data.get("reporting_unit"):
            problems["counterpart"] = ["Välj en annan verksamhet än din egen"]
        others = data.get("other_actors", [])
        if data.get("counterpart") in others or not set(others) <= set(allowed.counterparts):
            problems["other_actors"] = ["Välj andra verksamheter än motparten"]
        if data.get("reporter_category") not in (None, *category_labels()):
            problems["reporter_category"] = ["Välj ett av alternativen"]
        if problems:
            raise ValidationError(problems)

    @validates_schema(skip_on_field_errors=False)
    def _check_answers(self, data: dict[str, Any], **_: Any) -> None:
        problems: dict[str, list[str]] = {}
        length = len(data.get("description", ""))
        if "description" in data and letters(data["description"]) < SHORTEST:
            problems["description"] = [TOO_LITTLE]
        if length > LONGEST:
            too_long = f"Texten är {length - LONGEST} tecken för lång. Korta den till högst 1 500 tecken"
            problems["description"] = [too_long]
        if (day := data.get("occurred_on")) and (wrong := _wrong_day(day, data.get("occurred"), self.choices.today)):
            problems["occurred_on"] = [wrong]
        answers = data.get("consequence", [])
        if Consequence.UNKNOWN.value in answers and len(answers) > 1:
            problems["consequence"] = ["Välj antingen följder eller Vet inte"]
        if data.get("wants_feedback") and not data.get("feedback_email"):
            problems["feedback_email"] = [ADDRESS]
        if data.get("protected_identity"):
            problems["protected_identity"] = [PROTECTED]
        if problems:
            raise ValidationError(problems)

    @validates_schema(skip_on_field_errors=False)
    def _check_personal_data(self, data: dict[str, Any], **_: Any) -> None:
        found = {name: screen(data[name]) for name in FREE_TEXTS if data.get(name)}
        problems = {
            name: [stopped] for name, findings in found.items() if (stopped := _stop_message(data[name], findings))
        }
        if (asked := suspects(data)) and not data.get("pii_confirmed"):
            problems["pii_confirmed"] = [confirm_message(asked)]
        if problems:
            raise ValidationError(problems)

    @post_load
    def _only_wanted(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """An address is stored only when its owner asked for mail; what is asked about failures is not stored
        about what worked."""
        if data["kind"] == ReportKind.GOOD:
            data |= {"consequence": [], "reporter_category": None, "raised_directly": None}
        data["feedback_email"] = data["feedback_email"] if data["wants_feedback"] else None
        return data


def _wrong_day(day: date, occurred: str | None, today: date) -> str | None:
    """What is wrong with the day that something happened, beside the answer to when it was; None when nothing is."""
    age = (today - day).days
    if age < 0:
        return "Datumet kan inte ligga i framtiden"
    if age > OLDEST:
        return "Kontrollera året"
    return OUTSIDE if age > REACH.get(occurred or "", age) else None


def stop_message(text: str) -> str | None:
    """The message for a text that must not be stored, or None. It quotes the passages, so that their writer finds
    them; it is for the writer's own page alone, never for a log or a mail."""
    return _stop_message(text, screen(text))


def _stop_message(text: str, findings: list[Finding]) -> str | None:
    passages: dict[str, str] = {}
    for finding in findings:
        if finding.action == "stop":
            passages.setdefault(KINDS.get(finding.type, "en personuppgift"), text[finding.start : finding.end])
    *others, last = [f"{kind} (”{_short(passage)}”)" for kind, passage in passages.items()] or [""]
    what = f"{', '.join(others)} och {last}" if others else last
    return STOPPED.format(what=what, pronoun="dem" if others else "det") if passages else None


def confirm_message(words: Collection[str]) -> str:
    """Asks a writer about words that may be names."""
    return CONFIRM.format(words="”, ”".join(map(_short, words)))


def _short(passage: str) -> str:
    return passage if len(passage) <= MOST_QUOTED else passage[:MOST_QUOTED].rstrip() + " …"


def suspects(data: Mapping[str, Any], names: Collection[str] = FREE_TEXTS) -> list[str]:
    """Words in the free texts that may be names, in the order they stand, each once.

    Arguments: names - the fields that hold free text.
    """
    words: dict[str, None] = {}
    for name in names:
        text = clean(str(data.get(name) or ""))
        found = (finding for finding in screen(text) if finding.action == "confirm")
        words.update({text[finding.start : finding.end]: None for finding in found})
    return list(words)


def errors_by_field(error: ValidationError, schema: type[Schema] = ReportSchema) -> dict[str, str]:
    """One message a field, in the order of the form, so that the error summary reads from top to bottom.

    Arguments: schema - whose fields stand in that order.
    """
    messages: dict[str, Any] = error.normalized_messages()  # type: ignore[no-untyped-call]
    order = [name for name in schema._declared_fields if name in messages]
    return {name: _first(messages[name]) for name in order}


def _first(messages: Any) -> str:
    while not isinstance(messages, str):
        messages = next(iter(messages.values())) if isinstance(messages, dict) else messages[0]
    return messages
