"""Snapshots to write summaries from, made by hand: what a test does not say is quiet and ordinary."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from schemas.months import last_months
from schemas.taxonomy import UNASSESSED, category_labels

LAST = date(2026, 11, 1)
PARTIES = (
    ("kommun", "Kommunen", "Kom."),
    ("af", "Arbetsförmedlingen", "AF"),
    ("fk", "Försäkringskassan", "FK"),
    ("region", "Region Jönköpings län", "Reg."),
    ("other", "Utanför registret", "Övr."),
)
LONG_PARTIES = (
    ("kommun", "Kommunens arbetsmarknadsförvaltning och socialförvaltning", "Kom."),
    ("region", "Region Jönköpings läns rehabiliteringskoordineringsverksamhet", "Reg."),
    *((f"p{number}", f"Samverkanspart nummer {number} i länet", f"P{number}") for number in range(6)),
    ("other", "Utanför registret", "Övr."),
)
# From, about, months before the last one, category, reports, and how many people filed them.
Row = tuple[str, str, int, str, int, int]


def make_snapshot(rows: Iterable[Row] = (), **changes: Any) -> dict[str, Any]:
    """A snapshot of these rows; any part of it can be given instead, and any part of `forum` as forum_...

    The people of two rows are different people, but for rows of one pair and category in different months.
    """
    months = [month.isoformat() for month in last_months(LAST, 24)]
    rows = list(rows)
    counts: list[list[Any]] = sorted(
        [giver, about, months[23 - ago], category, count] for giver, about, ago, category, count, _ in rows
    )
    forum = {
        "code": "lsg-savsjo",
        "name": "LSG Sävsjö",
        "kind": "local_group",
        "kind_label": "LSG",
        "federation": "Höglandets samordningsförbund",
        "whole_federation": False,
        "areas": ["Sävsjö"],
        "members": [{"party": "Kommunen", "function": "Chef"}],
    }
    forum |= {name.removeprefix("forum_"): changes.pop(name) for name in list(changes) if name.startswith("forum_")}
    return {
        "format": 1,
        "kind": "monthly",
        "period": LAST.isoformat(),
        "version": 1,
        "ordered_on": "2026-12-01",
        "forum": forum,
        "parties": describe(changes.pop("parties", PARTIES)),
        "categories": [*map(list, category_labels().items()), [UNASSESSED, "Behöver bedömas"]],
        "months": months,
        "first_month": min((row[2] for row in counts), default=None),
        "counts": counts,
        "reporters": _reporters(rows),
        "meetings": ["2026-12-12T09:00"],
        "agenda": make_agenda(changes.pop("items", ())),
        "patterns": make_patterns(rows, forum),
        "followup": {"previous": None, "decisions": [], "actions": []},
        "example": False,
    } | changes


def make_agenda(items: Iterable[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    """An agenda as it is frozen, for a first pack of a forum that has another one above it."""
    return {"above": "steering_group", "items": list(items), "replaces": None, "changes": []} | changes


def make_item(count: int = 13, people: int = 5, number: int = 1, **changes: Any) -> dict[str, Any]:
    """An item as it is frozen: reports from the municipality about the region on one category, one each month."""
    months = [month.isoformat() for month in last_months(LAST, max(1, count))]
    return {
        "id": number,
        "title": "Psykiatrin svarar inte på kallelser",
        "question": "Vilken funktion tar emot kallelser, och vem ersätter vid frånvaro?",
        "minutes": 15,
        "reports": list(range(number * 100, number * 100 + count)),
        "count": count,
        "people": people,
        "categories": [["contact_route", count, people]] if count else [],
        "pairs": [["kommun", "region", count, people]] if count else [],
        "growth": [[months[index], index + 1, min(index + 1, people)] for index in range(count)],
        "paraphrases": [
            "Vi kallade tre gånger. Ingen kunde säga vem som är fast vårdkontakt, så mötet hölls utan vården."
        ],
        "origin": None,
    } | changes


def make_patterns(rows: list[Row], forum: dict[str, Any]) -> dict[str, Any]:
    """What is frozen about patterns; nothing is paraphrased or on an agenda. All reports are from the first area."""
    people: defaultdict[tuple[str, str, str, bool], int] = defaultdict(int)
    counterparts = Counter[tuple[str, int]]()
    for giver, about, ago, category, _, reporters in rows:
        key = (giver, about, category, ago < 12)
        people[key] = max(people[key], reporters)
        if ago < 12:
            counterparts[about, ago] += reporters
    months = [month.isoformat() for month in last_months(LAST, 12)]
    everybody = _reporters(rows)
    sums = [sum(row[4] for row in rows if (row[2] < 12) == recent) for recent in (True, False)]
    first = [sums[0], everybody["all"], sums[1], everybody["all_before"]]
    return {
        "problems": sorted(
            [giver, about, category, number, people.get((giver, about, category, False), 0), "", None]
            for (giver, about, category, recent), number in people.items()
            if recent
        ),
        "counterparts": sorted([about, months[11 - ago], number] for (about, ago), number in counterparts.items()),
        "areas": [[area, *(first if place == 0 else [0] * 4)] for place, area in enumerate(forum["areas"])],
    }


def make_action(what: str = "Gemensam ingång till psykiatrin", **changes: Any) -> dict[str, Any]:
    """An action of the forum as it is frozen: open, in time, about how to reach the region, and too new to judge."""
    effect = {"before": 0, "before_months": 12, "before_reporters": 0} | {
        "after": 0,
        "after_months": 1,
        "after_reporters": 0,
    }
    return {
        "what": what,
        "owner": "Enhetschef",
        "owner_party": "Region Jönköpings län",
        "area": "Sävsjö",
        "own": True,
        "decided_on": "2026-10-03",
        "due_on": "2026-12-31",
        "follow_up_on": None,
        "done_on": None,
        "status": "ongoing",
        "status_label": "Pågår",
        "late": False,
        "from": "",
        "about": "region",
        "category": "contact_route",
        "effect": effect | changes.pop("effect", {}),
    } | changes


def make_followup(
    actions: Iterable[dict[str, Any]] = (), decisions: Iterable[tuple[str, list[int]]] = ()
) -> dict[str, Any]:
    """Actions, and decisions by their title and the places of their actions, of a meeting on 3 October 2026."""
    return {
        "previous": "2026-10-03",
        "decisions": [
            {
                "met_on": "2026-10-03",
                "decided_on": "2026-10-03",
                "title": title,
                "question": f"Vad gör vi med {title}?",
                "text": f"Gruppen löser {title}.",
                "outcome": "stays",
                "outcome_label": "Stannar i forumet",
                "actions": places,
            }
            for title, places in decisions
        ],
        "actions": list(actions),
    }


def describe(parties: Iterable[tuple[str, str, str]]) -> list[dict[str, Any]]:
    return [{"code": code, "name": name, "short": short, "outside": code == "other"} for code, name, short in parties]


def _reporters(rows: list[Row]) -> dict[str, Any]:
    people: defaultdict[tuple[str, str, str, bool], int] = defaultdict(int)
    for giver, about, ago, category, _, reporters in rows:
        key = (giver, about, category, ago < 12)
        people[key] = max(people[key], reporters)
    pairs, ever = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    now, before = Counter[str](), Counter[str]()
    for (giver, about, category, recent), reporters in people.items():
        (now if recent else before)[category] += reporters
        ever[giver, about] += reporters
        if recent:
            pairs[giver, about] += reporters
    return {
        "all": now.total(),
        "all_before": before.total(),
        "pairs": sorted([*pair, number] for pair, number in pairs.items()),
        "pairs_long": sorted([*pair, number] for pair, number in ever.items()),
        "categories": sorted([code, number] for code, number in now.items()),
        "categories_before": sorted([code, number] for code, number in before.items()),
    }


def random_rows(dice: random.Random, size: int, parties: Iterable[tuple[str, str, str]] = PARTIES) -> list[Row]:
    """Rows of everyday variety over two years; `size` is the largest count of one row."""
    codes = [code for code, _, _ in parties]
    categories = [*category_labels(), UNASSESSED]
    rows = {}
    for _ in range(dice.randint(0, 60)):
        key = (dice.choice(codes[:-1]), dice.choice(codes), dice.randint(0, 23), dice.choice(categories))
        count = dice.randint(1, size)
        rows[key] = (*key, count, dice.randint(1, count))
    return list(rows.values())


def busy_rows(size: int = 30) -> list[Row]:
    """Enough reports that most numbers can be shown."""
    return [
        (giver, about, ago, category, max(1, size - ago), 9)
        for giver, about, category in (
            ("kommun", "region", "contact_route"),
            ("kommun", "fk", "responsibility"),
            ("af", "kommun", "handover"),
            ("region", "other", "unassessed"),
        )
        for ago in range(24)
    ]
