"""What a coordinator's decision, a question's answer and a withdrawal may hold."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, pre_load, validate, validates_schema

from schemas.counts.told import count_problems
from schemas.redaction import copied
from schemas.report import LONGEST, LONGEST_NAME, Text, confirm_message, stop_message, suspects
from schemas.taxonomy import UNASSESSED, category_labels

MOST_ALSO = 2
LONGEST_PARAPHRASE, LONGEST_QUESTION, LONGEST_REASON, LONGEST_RECEIVER = 200, 500, 300, 200  # characters
FREE_TEXTS = ("counterpart_other", "question", "reason", "referred_to", "refer_reason", "paraphrase")

# Where a report may go, besides to a forum (`forum-<id>`).
STAY, PARTY, NO_FORUM, ASK, REFER, MERGE = "stay", "party", "no_forum", "ask", "refer", "merge"
# What must be told along with some of these: the field and what is said when it is empty.
NEEDED = {
    ASK: (("question", "Skriv vad du vill fråga rapportören"),),
    NO_FORUM: (("reason", "Skriv varför rapporten avslutas utan forum"),),
    REFER: (
        ("referred_to", "Skriv vart rapporten hänvisas"),
        ("refer_reason", "Skriv varför rapporten hänvisas"),
    ),
    MERGE: (("merge_into", "Skriv numret på den rapport som den här ska ingå i"),),
}
NOT_ALLOWED = "Rapportören har inte gått med på att händelsen återges"
QUOTED = "Skriv om händelsen med egna ord. Rapportörens formuleringar används inte"
PICK = "Välj ett av alternativen"


@dataclass(frozen=True)
class Choices:
    """What this report may be given. `assessed` says that a category must be chosen, else there is none to choose;
    `description` is the reporter's text, which a paraphrase must not repeat; `outside` is the counterpart whose name is
    written by hand."""

    counterparts: Collection[str]
    destinations: Collection[str]
    levels: Collection[str]
    recurrences: Collection[str]
    assessed: bool
    may_paraphrase: bool
    description: str
    outside: str


def _short(limit: int) -> Text:
    return Text(load_default="", validate=validate.Length(max=limit, error=f"Skriv högst {limit} tecken"))


class DecisionSchema(Schema):
    """Loads the decision form. Free texts are cleaned and screened; what another destination asks for is dropped."""

    class Meta:
        unknown = EXCLUDE

    category = fields.String(load_default="")
    also = fields.List(fields.String(), load_default=list)
    counterpart = fields.String(load_default="")
    counterpart_other = _short(LONGEST_NAME)
    destination = fields.String(load_default="")
    question = _short(LONGEST_QUESTION)
    reason = _short(LONGEST_REASON)
    referred_to = _short(LONGEST_RECEIVER)
    refer_reason = _short(LONGEST_REASON)
    merge_into = _short(20)
    level = fields.String(load_default=None)
    recurrence = fields.String(load_default=None)
    paraphrase = _short(LONGEST_PARAPHRASE)
    pii_confirmed = fields.Boolean(load_default=False, error_messages={"invalid": PICK})
    version = fields.Integer(required=True, error_messages=dict.fromkeys(("required", "invalid", "null"), PICK))

    def __init__(self, choices: Choices) -> None:
        super().__init__()
        self.choices = choices

    @pre_load
    def _drop_idle(self, data: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        """An empty answer is none. What belongs to another destination is not sent along, nor is a category of what
        worked: the categories are kinds of failings."""
        idle = {name for code, needs in NEEDED.items() for name, _ in needs if code != data.get("destination")}
        idle |= set() if self.choices.assessed else {"category", "also"}
        return {name: value for name, value in data.items() if value not in ("", []) and name not in idle}

    @validates_schema(skip_on_field_errors=False)
    def _check_choices(self, data: dict[str, Any], **_: Any) -> None:
        allowed = self.choices
        tests: dict[str, tuple[bool, str]] = {
            "category": (_category_fits(data.get("category", ""), allowed.assessed), "Välj kategori"),
            "counterpart": (data.get("counterpart") in allowed.counterparts, "Välj motpart"),
            "destination": (data.get("destination") in allowed.destinations, "Välj vart rapporten ska"),
            "level": (data.get("level") in (None, *allowed.levels), PICK),
            "recurrence": (data.get("recurrence") in (None, *allowed.recurrences), PICK),
            "counterpart_other": (
                data.get("counterpart") != allowed.outside or bool(data.get("counterpart_other")),
                "Skriv vilken annan verksamhet det gäller",
            ),
        }
        _refuse({name: message for name, (fine, message) in tests.items() if not fine})

    @validates_schema(skip_on_field_errors=False)
    def _check_more(self, data: dict[str, Any], **_: Any) -> None:
        also = data.get("also", [])
        problems = {name: said for name, said in NEEDED.get(data.get("destination", ""), ()) if not data.get(name)}
        if len(set(also)) > MOST_ALSO:
            problems["also"] = "Välj högst två kategorier till"
        if data.get("category") in also or not set(also) <= category_labels().keys():
            problems["also"] = "Välj andra kategorier än huvudkategorin"
        if data.get("paraphrase"):
            problems |= _paraphrase_problem(data["paraphrase"], self.choices)
        _refuse(problems)

    @validates_schema(skip_on_field_errors=False)
    def _check_personal_data(self, data: dict[str, Any], **_: Any) -> None:
        _refuse(count_problems(data, ("paraphrase",)) | personal_data_problems(data, FREE_TEXTS))

    @post_load
    def _fill_in(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        data["category"] = data["category"] or UNASSESSED
        data["also"] = list(dict.fromkeys(data["also"]))
        return data


def _category_fits(code: str, assessed: bool) -> bool:
    return code in category_labels() or (not assessed and code == "")


def _paraphrase_problem(text: str, choices: Choices) -> dict[str, str]:
    if not choices.may_paraphrase:
        return {"paraphrase": NOT_ALLOWED}
    return {"paraphrase": QUOTED} if copied(text, choices.description) else {}


def personal_data_problems(data: Mapping[str, Any], names: Collection[str]) -> dict[str, str]:
    """What is wrong with some free texts: numbers and addresses stop, likely names ask to be confirmed."""
    problems = {name: stopped for name in names if (stopped := stop_message(str(data.get(name) or "")))}
    if not data.get("pii_confirmed") and (asked := suspects(data, names)):
        problems["pii_confirmed"] = confirm_message(asked)
    return problems


def _refuse(problems: Mapping[str, str]) -> None:
    if problems:
        raise ValidationError({name: [message] for name, message in problems.items()})


class _OneText(Schema):
    """A form with one free text, which carries its own name, and the box that confirms it."""

    class Meta:
        unknown = EXCLUDE

    pii_confirmed = fields.Boolean(load_default=False, error_messages={"invalid": PICK})

    @validates_schema(skip_on_field_errors=True)
    def _check_personal_data(self, data: dict[str, Any], **_: Any) -> None:
        _refuse(personal_data_problems(data, [name for name in data if name != "pii_confirmed"]))


def _needed(limit: int, message: str) -> Text:
    length = validate.Length(min=1, max=limit, error=f"{message}, högst {limit} tecken")
    return Text(required=True, error_messages={"required": message, "invalid": message}, validate=length)


class CompletionSchema(_OneText):
    """The reporter's answer to a question."""

    completion = _needed(LONGEST, "Skriv ditt svar")


class WithdrawalSchema(_OneText):
    """Why the reporter takes a report back."""

    withdrawal = _needed(LONGEST_REASON, "Skriv varför du tar tillbaka rapporten")


class TrackSchema(_OneText):
    """A move of one receiving unit's track."""

    state = fields.String(load_default="")
    why = _needed(LONGEST_REASON, "Skriv vad som har hänt")
