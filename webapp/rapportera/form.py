"""The report form: what it offers its writer, what was typed into it, and the page that shows both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import render_template
from werkzeug.datastructures import MultiDict

from models.base import Word
from models.organisation import OUTSIDE_PARTY, Area, Unit, parties_of
from models.report import Consequence, Occurred, RaisedDirectly, Recurrence, Report, own_reports
from schemas.months import local_date
from schemas.report import MULTIPLE, Choices
from schemas.taxonomy import category_labels
from webapp import form_key
from webapp.rapportera.words import words_for
from webapp.requests import now, person, reading, scope

Values = dict[str, str | list[str]]
PREFILLED = ("area", "reporting_unit")
HABIT = 2  # reports in a row in one area
SINGLE = (
    *("area", "reporting_unit", "counterpart", "counterpart_other", "description", "protected_identity", "occurred"),
    *("occurred_on", "recurrence", "reporter_category", "raised_directly", "suggestion", "wants_feedback"),
    *("feedback_email", "may_paraphrase", "pii_confirmed", "form_key", "again", "website", "kind"),
)
# What stands in a form before its writer has answered anything.
SENDER = ("area", "reporting_unit", "wants_feedback", "feedback_email", "form_key", "again", "website", "kind")
EXPIRED = "Sidan har varit öppen för länge. Din text finns kvar. Skicka igen."


@dataclass
class Offer:
    """The areas and units that the signed-in writer may choose between, by code."""

    areas: dict[str, Area]
    units: dict[str, Unit]
    own: Unit | None
    parties: list[Any] = field(repr=False)

    @property
    def own_units(self) -> dict[str, Unit]:
        """The units one may report for: those of the writer's own party."""
        home = self.own.party_id if self.own else None
        inside = ((code, unit) for code, unit in self.units.items() if unit.party.code != OUTSIDE_PARTY)
        return {code: unit for code, unit in inside if home is None or unit.party_id == home}

    def choices(self) -> Choices:
        """The same as the schema wants it: codes and the day."""
        return Choices(self.areas.keys(), self.own_units.keys(), self.units.keys(), local_date(now()))


def offer() -> Offer:
    user = person()
    parties = parties_of(reading(), user.federation_id)
    units = {unit.code: unit for party in parties for unit in party.units}
    return Offer({area.code: area for area in user.areas}, units, user.unit, parties)


def blank(offered: Offer) -> Values:
    """A fresh form: the sender is filled in, the three questions are not."""
    areas, units = list(offered.areas), list(offered.own_units)
    return {
        "area": areas[0] if len(areas) == 1 else next(iter(_last_areas(offered)), ""),
        "reporting_unit": offered.own.code if offered.own else (units[0] if len(units) == 1 else ""),
        "wants_feedback": "1",
        "feedback_email": person().email,
    }


def _last_areas(offered: Offer) -> list[str]:
    """The areas of somebody's last two reports, latest first. Who reports in several areas most often does so in the
    one they reported in last."""
    last = own_reports(scope()).with_only_columns(Report.area_id).order_by(Report.received_at.desc()).limit(HABIT)
    codes = {area.id: code for code, area in offered.areas.items()}
    return [codes[area_id] for area_id in reading().scalars(last) if area_id in codes]


def _is_usual(offered: Offer, code: str) -> bool:
    """Whether an area goes without saying: there is no other, or the writer has kept to it. Else it must be seen."""
    return len(offered.areas) == 1 or _last_areas(offered) == [code] * HABIT


def typed(form: MultiDict[str, str]) -> Values:
    """What was posted, field by field, as it was typed."""
    values: Values = {name: form.get(name, "") for name in SINGLE}
    return values | {name: form.getlist(name)[:50] for name in MULTIPLE}


def page(
    offered: Offer,
    values: Values,
    errors: dict[str, str] | None = None,
    *,
    suspects: list[str] | None = None,
    notice: str | None = None,
    status: int | None = None,
    heading: str = "Rapporten är inte skickad",
) -> tuple[str, int]:
    """The form with what was typed. Arguments: errors - field to message; suspects - words that may be names;
    notice - a sentence above the form; status - 422 when there are errors, else 200, unless given;
    heading - what did not happen."""
    errors = errors or {}
    status = status or (422 if errors else 200)
    empty: Values = dict.fromkeys(SINGLE, "") | {name: [] for name in MULTIPLE}
    html = render_template(
        "web/rapportera.html",
        values=empty | values,
        words=words_for(str(values.get("kind", ""))),
        errors=errors,
        heading=heading,
        choices=_choices(offered),
        prefill=_prefill(offered, values, errors),
        form_key=values.get("form_key") or form_key.make(person().id),
        suspects=suspects or [],
        notice=notice,
        failed=status >= 400 and not errors,  # With errors the frame of the page says it.
    )
    return html, status


def _choices(offered: Offer) -> dict[str, Any]:
    words: dict[str, type[Word]] = {
        "occurred": Occurred,
        "consequence": Consequence,
        "recurrence": Recurrence,
        "raised_directly": RaisedDirectly,
    }
    own = offered.own.code if offered.own else None
    groups = [
        (party.name, [(unit.code, unit.name) for unit in party.units if unit.code != own]) for party in offered.parties
    ]
    return {name: kind.choices() for name, kind in words.items()} | {
        "areas": _options(offered.areas, "Välj kommunområde"),
        "reporting_units": _options(offered.own_units, "Välj verksamhet"),
        "counterparts": [group for group in groups if group[1]],
        "reporter_category": list(category_labels().items()),
    }


def _options(named: Mapping[str, Area | Unit], ask: str) -> list[tuple[str, str]]:
    """A list to choose from; where there is a choice it begins with a question, not with somebody's answer."""
    options = [(code, row.name) for code, row in named.items()]
    return options if len(options) == 1 else [("", ask), *options]


def _prefill(offered: Offer, values: Values, errors: dict[str, str]) -> dict[str, Any]:
    unit, area = offered.units.get(str(values.get("reporting_unit"))), offered.areas.get(str(values.get("area")))
    wrong = any(name in errors for name in PREFILLED)
    if unit is None or area is None:
        return {"sentence": "", "open": True}
    place = f"{area.name} kommun" if unit.party.per_area else f"{unit.party.name}, {area.name}"
    return {"sentence": f"{unit.name}, {place}", "open": wrong or not _is_usual(offered, area.code)}
