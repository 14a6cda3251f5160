"""The decision form: what it offers for a report, what stands in it from the start, and what was typed into it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import g
from werkzeug.datastructures import MultiDict

from models.forum_calendar import next_meetings
from models.organisation import OUTSIDE_UNIT, Party, Unit, parties_of
from models.report import UNASSESSED, Level, Recurrence, Report, ReportKind, ReportState
from models.review import judged_recurrence
from schemas.months import NAMES, local_date
from schemas.review import ASK, MERGE, NO_FORUM, PARTY, REFER, STAY, Choices
from schemas.states import IllegalMoveError, way
from schemas.taxonomy import category_labels
from webapp.granska.deciding import FORUM, STATES, UNDECIDED
from webapp.requests import now, person, reading

TEXTS = (
    *("category", "counterpart", "counterpart_other", "destination", "question", "reason", "referred_to"),
    *("refer_reason", "merge_into", "level", "recurrence", "paraphrase", "pii_confirmed"),
)
LABELS = {
    PARTY: "Hos part: jag tar kontakt med motparten",
    NO_FORUM: "Inget forum, bara statistik",
    ASK: "Begär komplettering av rapportören",
    REFER: "Hänvisa vidare till en annan rutin",
    MERGE: "Slå samman med en annan rapport",
}


def parties() -> list[Party]:
    """The parties of the signed-in person's federation, read once in each request."""
    if "parties" not in g:
        g.parties = parties_of(reading(), person().federation_id)
    found: list[Party] = g.parties
    return found


def units_by_code() -> dict[str, Unit]:
    return {unit.code: unit for party in parties() for unit in party.units}


def choices_of(report: Report) -> dict[str, Any]:
    """The options of every question, as pairs of code and label."""
    return {
        "categories": list(category_labels().items()),
        "counterparts": [(party.name, [(unit.code, unit.name) for unit in party.units]) for party in parties()],
        "outside": OUTSIDE_UNIT,
        "destinations": destinations(report),
        "levels": Level.choices(),
        "recurrences": Recurrence.choices(),
    }


def rules_of(report: Report) -> Choices:
    """The same as the schema wants it."""
    return Choices(
        counterparts=units_by_code().keys(),
        destinations=[code for code, _ in destinations(report)],
        levels=[level.value for level in Level],
        recurrences=[word.value for word in Recurrence],
        assessed=report.kind is ReportKind.DEVIATION,
        may_paraphrase=report.may_paraphrase,
        description=report.description,
        outside=OUTSIDE_UNIT,
    )


def destinations(report: Report) -> list[tuple[str, str]]:
    """Where a report may go from where it stands: the area's forums, soonest first, then what is no forum."""
    forums = [
        (f"{FORUM}{forum.id}", f"{forum.name}, {_day(starts_at)}")
        for forum, starts_at in next_meetings(reading(), report.area, now())
        if _possible(report.state, ReportState.ROUTED)
    ]
    others = [(code, label) for code, label in LABELS.items() if _possible(report.state, STATES[code])]
    undecided = "Bestäm senare, rapporten ligger kvar i kön"
    stay = undecided if report.state in UNDECIDED else f"Ingen flytt, läget är kvar: {report.state.label}"
    return [*forums, *others, (STAY, stay)]


def _possible(current: ReportState, wanted: ReportState) -> bool:
    """Whether there is a way; a routed report may go to another forum, and a second question may be asked."""
    if current is wanted:
        return wanted in (ReportState.ROUTED, ReportState.NEEDS_INFO)
    try:
        way(current, wanted)
    except IllegalMoveError:
        return False
    return True


def _day(moment: Any) -> str:
    if moment is None:
        return "inget möte inlagt"
    day = local_date(moment)
    return f"{day.day} {NAMES[day.month - 1]}"


def blank(report: Report, alike: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """What stands in the form before anybody has typed: the suggested category, what people have said, and where the
    report or its like already is. Of level and recurrence the machine only hints: unread they would become a judgement.
    """
    recurrence = judged_recurrence(reading(), report)
    values: dict[str, Any] = dict.fromkeys(TEXTS, "")
    values |= {
        "category": "" if report.category == UNASSESSED else report.category,
        "also": list(report.also_categories),
        "counterpart": report.about_unit.code,
        "counterpart_other": report.counterpart_other,
        "level": report.level.value if report.level else "",
        "recurrence": recurrence.value if recurrence else "",
        "paraphrase": report.paraphrase,
        "referred_to": report.referred_to,
        "refer_reason": report.advice if report.referred_to else "",
    }
    return values | {"destination": _preset(report, alike)}


def _preset(report: Report, alike: Sequence[Mapping[str, Any]]) -> str:
    """Another routine's report is referred there; what is much like another report goes to the same forum."""
    if report.state not in UNDECIDED:
        return STAY
    if report.referred_to:
        return REFER
    offered = {code for code, _ in destinations(report)}
    return next((f"{FORUM}{row['forum_id']}" for row in alike if f"{FORUM}{row['forum_id']}" in offered), "")


def typed(form: MultiDict[str, str]) -> dict[str, Any]:
    """What was posted, field by field, as it was typed."""
    return {name: form.get(name, "") for name in (*TEXTS, "version")} | {"also": form.getlist("also")[:20]}
