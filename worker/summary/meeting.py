"""What a meeting pack tells: the forum's own agenda or, where it has none, what the numbers raise. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from schemas.counts.told import without_small_counts
from schemas.disclosure import MIN_REPORTERS, THRESHOLD, protect_cell
from schemas.months import day_name, month_name
from schemas.summary.pack import MOST_QUOTES, MOST_SENTENCES
from worker.summary.meeting_followup import look_back
from worker.summary.sentences import VAGUE, Names
from worker.summary.words import capital, how_many, number_word

NO_AGENDA = "Mötet har ingen dagordning än. Frågorna är förslag som följer av antalen; samverkanskoordinatorn väljer."
FEW = "Färre än fem rapporter, eller färre än tre personer, ligger bakom ärendet."
SINCE = "Ändrat på dagordningen sedan version {}:"
STAYS = {
    "working_group": "Stannar i arbetsgruppen",
    "local_group": "Stannar i LSG",
    "steering_group": "Stannar i styrgruppen",
    "preparatory_group": "Stannar i beredningsgruppen",
    "board": "Stannar i styrelsen",
}
# Where a group takes what it cannot solve itself.
MOVES_ON = {
    "local_group": "Till LSG",
    "steering_group": "Till styrgruppen",
    "preparatory_group": "Till beredningsgruppen",
    "board": "Till styrelsen",
    None: "Till parterna",
}


def tell(snapshot: Mapping[str, Any], names: Names, proposals: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What a pack says instead of, and beside, what every summary says.

    Arguments: snapshot - with `agenda` as models.snapshot_agenda freezes it; proposals - from worker.summary.questions.
    Returns: `pack` and its heading; for what is not a pack, only that it has none.
    """
    if snapshot["kind"] != "meeting":
        return {"pack": None}
    agenda = snapshot["agenda"]
    cases = [_case(item, names) for item in agenda["items"]] or [_proposal(question) for question in proposals]
    own = bool(agenda["items"])
    pack = {
        "own_agenda": own,
        "notices": [without_small_counts(text) for text in _notices(agenda)],
        "minutes": sum(item["minutes"] for item in agenda["items"]) or None,
        "followup": look_back(snapshot),
        "cases": cases,
        "stays": STAYS[snapshot["forum"]["kind"]],
        "moves_on": MOVES_ON[agenda["above"]],
    }
    return {"heading": _heading(len(cases), own), "pack": pack}


def _notices(agenda: Mapping[str, Any]) -> list[str]:
    """What readers must know of the pack itself: that it only proposes, or what differs from the one they may have."""
    changes = [SINCE.format(agenda["replaces"]), *agenda["changes"]] if agenda["changes"] else []
    return [*changes, *([] if agenda["items"] else [NO_AGENDA])]


def _heading(count: int, own: bool) -> str:
    if own:
        return f"{capital(how_many(count, 'ärende', 'ärenden', neuter=True))} till mötet"
    return f"{capital(how_many(count, 'fråga', 'frågor'))} att ta upp på mötet"


def _proposal(question: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "heading": question["heading"],
        "question": question["question"],
        "sentences": [_sentence(question["background"])],
        "number": question["number"] if question["number"]["value"] else None,
        "minutes": None,
        "quotes": [],
    }


def _case(item: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """An item with too few reports keeps its question; its number and what reporters said stay inside."""
    number = protect_cell(item["count"], item["people"])
    told = [_about(item, names), _origin(item), _since(item)] if number.shown else [FEW, _origin(item)]
    return {
        "heading": without_small_counts(item["title"]),
        "question": without_small_counts(item["question"]),
        "sentences": [_sentence(text) for text in told if text][:MOST_SENTENCES],
        "number": number.dump() if number.shown else None,
        "minutes": item["minutes"],
        "quotes": [without_small_counts(text) for text in item["paraphrases"][:MOST_QUOTES]] if number.shown else [],
    }


def _sentence(text: str) -> dict[str, Any]:
    return {"text": without_small_counts(text), "edited": False}


def _about(item: Mapping[str, Any], names: Names) -> str:
    """What most of the reports behind an item are about, and between whom: each on its own, never crossed."""
    category, pair = _most(item, "categories"), _most(item, "pairs")
    parts = [
        f"gäller {names.quoted(category[0])}" if category and category[0] not in VAGUE else "",
        f"är lämnade {names.pair((pair[0], pair[1]))}" if pair else "",
    ]
    told = [f"de flesta {part}" for part in parts if part]
    return f"{capital(', och '.join(told))}." if told else ""


def _most(item: Mapping[str, Any], rows: str) -> list[str]:
    """The key that more than half of the reports have, where that many may be told of; else nothing."""
    most = (row for row in item[rows] if 2 * row[-2] > item["count"] and protect_cell(row[-2], row[-1]).shown)
    return next(most, [])[:-2]


def _origin(item: Mapping[str, Any]) -> str:
    origin = item["origin"]
    return f"Frågan kommer från {origin['forum']}, som tog upp den {_day(origin['day'])}." if origin else ""


def _since(item: Mapping[str, Any]) -> str:
    """The month by which there were as many reports, from as many people, as may be told of."""
    enough = (month for month, count, people in item["growth"] if count >= THRESHOLD and people >= MIN_REPORTERS)
    month = next(enough, None)
    if month is None:
        return ""
    return f"I {month_name(date.fromisoformat(month))} hade minst {number_word(THRESHOLD)} rapporter kommit."


def _day(day: str) -> str:
    return day_name(date.fromisoformat(day))
