"""What an action (åtgärd) must tell, and what may be changed about it later."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from marshmallow import fields, validates_schema

from schemas.form import PICK, Form, free_day, must, needed_day, needed_text, refuse
from schemas.words import ActionStatus

LONGEST_WHAT, LONGEST_OWNER = 300, 120  # characters
NO_OWNER = "Skriv vilken funktion som ansvarar. En åtgärd utan ansvarig blir inte gjord"
NO_PARTY = "Välj vilken part den ansvariga hör till"
NO_DUE = "Skriv när åtgärden ska vara klar"
FOLLOW_UP_FIRST = "Uppföljningen kommer efter att åtgärden ska vara klar"
LATEST = 9000  # a year beyond this is a slip of the pen


@dataclass(frozen=True)
class ActionChoices:
    """The codes on offer, and the day it is."""

    areas: Collection[str]
    parties: Collection[str]
    units: Collection[str]
    categories: Collection[str]
    forums: Collection[str]
    today: date


class ActionSchema(Form):
    """A new action. Without an owner it is refused."""

    texts = shared = ("what", "owner")
    what = needed_text(LONGEST_WHAT, "Skriv vad som ska göras")
    owner = needed_text(LONGEST_OWNER, NO_OWNER)
    owner_party = fields.String(**must(NO_PARTY))
    area = fields.String(**must("Välj kommunområde"))
    due_on = needed_day(NO_DUE)
    follow_up_on = free_day()
    forum = fields.String(load_default="")
    from_unit = fields.String(load_default="")
    about_unit = fields.String(load_default="")
    category = fields.String(load_default="")

    def __init__(self, choices: ActionChoices) -> None:
        super().__init__()
        self.choices = choices

    @validates_schema(skip_on_field_errors=False)
    def _check_choices(self, data: dict[str, Any], **_: Any) -> None:
        allowed = self.choices
        tests = {
            "owner_party": (data.get("owner_party") in (None, *allowed.parties), NO_PARTY),
            "area": (data.get("area") in (None, *allowed.areas), "Välj kommunområde"),
            "forum": (data.get("forum", "") in ("", *allowed.forums), PICK),
            "from_unit": (data.get("from_unit", "") in ("", *allowed.units), PICK),
            "about_unit": (data.get("about_unit", "") in ("", *allowed.units), PICK),
            "category": (data.get("category", "") in ("", *allowed.categories), PICK),
        }
        refuse({name: message for name, (fine, message) in tests.items() if not fine})

    @validates_schema(skip_on_field_errors=False)
    def _check_days(self, data: dict[str, Any], **_: Any) -> None:
        due, follow_up = data.get("due_on"), data.get("follow_up_on")
        if due and (due < self.choices.today or due.year > LATEST):
            refuse({"due_on": "Datumet har redan varit" if due < self.choices.today else "Kontrollera året"})
        if due and follow_up and follow_up < due:
            refuse({"follow_up_on": FOLLOW_UP_FIRST})


class ActionChangeSchema(Form):
    """What may be changed about an action: how it goes and its days. Arguments: today; decided_on - the first day that
    it can have been done."""

    status = fields.String(**must("Välj läge"))
    due_on = needed_day(NO_DUE)
    follow_up_on = free_day()
    done_on = free_day()

    def __init__(self, today: date, decided_on: date) -> None:
        super().__init__()
        self.today, self.decided_on = today, decided_on

    @validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        done, follow_up = data.get("done_on"), data.get("follow_up_on")
        if data["status"] not in [word.value for word in ActionStatus]:
            refuse({"status": "Välj läge"})
        if not self.decided_on <= data["due_on"] or data["due_on"].year > LATEST:
            refuse({"due_on": f"Åtgärden beslutades {self.decided_on}. Välj den dagen eller en senare"})
        if follow_up and follow_up < self.decided_on:
            refuse({"follow_up_on": f"Åtgärden beslutades {self.decided_on}. Följ upp den efter det"})
        if done and not self.decided_on <= done <= self.today:
            refuse({"done_on": f"Välj en dag från {self.decided_on} till i dag"})
