"""The whole of what a summary says. The same content becomes the PDF and its twin on the web, for a monthly
report and for a meeting pack alike: the template decides what stands on which page. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemas.disclosure import LEFT_OUT, THRESHOLD, Protected, share
from schemas.months import month_name
from schemas.summary import check_content
from worker.summary import chapters, meeting, method, questions, tables
from worker.summary.figures import Figures, protect
from worker.summary.front import MAIN, moment_name, write_front
from worker.summary.looking_back import OPEN, frozen
from worker.summary.names import Names
from worker.summary.patterns import area_lines, counterparts, recurring_problems
from worker.summary.proposals import DECIDES, propose_decisions
from worker.summary.registered import weigh
from worker.summary.sentences import largest, three_sentences
from worker.summary.words import beside

FORMAT = 1
# Where a group takes what it cannot solve itself.
NEXT_FORUM = {
    "working_group": "Till LSG eller styrgrupp",
    "local_group": "Till styrgruppen",
    "steering_group": "Till beredningsgruppen",
    "preparatory_group": "Till styrelsen",
    "board": "Till parterna",
}


# The part of the content that each table is drawn in.
DRAWN = {"heat_map": "pairs", "categories": "categories", "trend": "months", "areas": "areas"}


def write_summary(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """Write what a summary says.

    Arguments: snapshot - from models.snapshot.take_snapshot, weighed or not, or the same read back from JSON.
    Returns: plain data in which every number is protected.
    Raises: worker.disclosure.ProgrammeError when a snapshot that was not weighed cannot be;
    marshmallow.ValidationError when the content breaks a rule of the border.
    """
    snapshot = snapshot if "withheld" in snapshot else weigh(snapshot)
    figures, names = protect(snapshot), Names(snapshot)
    proposals = questions.propose(figures, names)
    return check_content(
        {
            "format": FORMAT,
            "kind": snapshot["kind"],
            "example": snapshot["example"],
            **write_front(snapshot),
            "sentences": three_sentences(figures, names, snapshot),
            "key_figures": _key_figures(figures, names, snapshot),
            "questions": proposals,
            "heat_map": tables.draw_heat_map(figures, snapshot["parties"], names),
            "categories": tables.list_categories(figures, names),
            "trend": tables.draw_trend(figures, yearly=snapshot["kind"] == "yearly"),
            "left_out": {part: LEFT_OUT for part, table in DRAWN.items() if table in figures.dropped},
            "next_forum": NEXT_FORUM[snapshot["forum"]["kind"]],
            "meetings": [moment_name(meeting) for meeting in snapshot["meetings"]],
            "method": method.describe(snapshot),
            **meeting.tell(snapshot, names, proposals),
            **_chapters(figures, names, snapshot),
        }
    )


def _chapters(figures: Figures, names: Names, snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """What a report has and a pack has not. A chapter that has nothing to tell is None."""
    if snapshot["kind"] == "meeting":
        return {}
    problems, actions = recurring_problems(snapshot), frozen(snapshot)["actions"]
    return {
        "labels": {"main": MAIN[snapshot["kind"]], "decides": DECIDES[snapshot["forum"]["kind"]]},
        "questions": propose_decisions(figures, names, problems, snapshot),
        "problems": chapters.draw_problems(problems, actions, names),
        "counterparts": chapters.draw_counterparts(counterparts(snapshot), names),
        "areas": chapters.draw_areas(area_lines(snapshot)),
        "actions": chapters.draw_followup(snapshot),
    }


def _key_figures(figures: Figures, names: Names, snapshot: Mapping[str, Any]) -> list[dict[str, str]]:
    told = figures.parties_reporting
    before = beside(figures.year_before, figures.year, "året före", first=False)
    year = figures.months[-1][0].year if snapshot["kind"] == "yearly" else None
    return [
        *([] if year else [_month_figure(figures)]),
        _key_figure(figures.year, f"rapporter under {year}" if year else "rapporter på tolv månader", before),
        *(_late_actions(snapshot) or _largest_share(figures, names)),
        *([] if told is None else [_parties_figure(told, figures, snapshot)]),
        *(_largest_share(figures, names) if year and _late_actions(snapshot) else []),
    ]


def _parties_figure(told: int, figures: Figures, snapshot: Mapping[str, Any]) -> dict[str, str]:
    inside = sum(not party["outside"] for party in snapshot["parties"])
    return {"text": f"{told} av {inside}", "label": f"parter har rapporterat på {figures.map_span}"}


def _month_figure(figures: Figures) -> dict[str, str]:
    norm = beside(figures.norm, figures.month, "en vanlig månad")
    return _key_figure(figures.month, f"rapporter i {month_name(figures.months[-1][0])}", norm)


def _late_actions(snapshot: Mapping[str, Any]) -> list[dict[str, str]]:
    """Actions are no reports, so their numbers hide nobody."""
    going = [action for action in frozen(snapshot)["actions"] if action["status"] in OPEN]
    late = sum(action["late"] for action in going)
    one = len(going) == 1
    label = f"öppna åtgärder är {'försenad' if late == 1 else 'försenade'}"
    label = "öppen åtgärd är försenad" if one else label
    return [{"text": f"{late} av {len(going)}", "label": label}] if going else []


def _key_figure(number: Protected, label: str, compared: str) -> dict[str, str]:
    """A number that may be hidden because few people reported has to say so, for page 1 stands alone."""
    few_people = number.value is None and number.at_most >= THRESHOLD
    return {
        "text": number.text,
        "label": f"{label}, eller färre än tre rapportörer, eller skyddat" if few_people else label + compared,
    }


def _largest_share(figures: Figures, names: Names) -> list[dict[str, str]]:
    top, codes = largest(figures.categories)
    per_cent = share(top, figures.year) if top and len(codes) == 1 else None
    if per_cent is None:
        return []
    return [{"text": f"{per_cent} %", "label": f"av rapporterna på tolv månader gäller {names.quoted(codes[0])}"}]
