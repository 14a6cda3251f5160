"""What became of earlier decisions: who does what by when, and what the reports have done since. Pure.

Whether reports became fewer is told in words alone: an action's pattern crosses pair, category and time, and its
numbers would say more than the rule of small numbers allows. The words follow from protected numbers, at the worst
that their rounding allows, so they hold for the exact counts too.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from schemas.counts.told import without_small_counts
from schemas.disclosure import protect_cell
from schemas.months import day_name
from worker.effect import LEAST_MONTHS, Periods, rate_ratio

UNDECIDED = "Kan inte avgöras"
FEWER, MORE = "Färre rapporter sedan beslutet.", "Fler rapporter sedan beslutet."
EARLY = f"{UNDECIDED} än: för kort tid har gått sedan beslutet."
HIDDEN = f"{UNDECIDED}: för få rapporter för att säga något."
UNSURE = f"{UNDECIDED}: skillnaden kan vara slump."
# How something stands, in a word, and the shape beside it, so that it can be told apart without colour.
STATES = {
    "late": ("Försenad", "square"),
    "planned": ("Planerad", "ring"),
    "ongoing": ("Pågår", "half"),
    "done": ("Klar, följs upp", "disc"),
    "followed_up": ("Uppföljd", "disc"),
    "stays": ("Stannar här", "ring"),
    "handed_up": ("Gått vidare", "half"),
    "closed": ("Avslutad", "disc"),
}


def tell_actions(actions: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of a table: the action, who owns it, by when, how it stands, and its effect in a sentence.

    Arguments: actions - as models.snapshot_followup freezes them.
    """
    return [_row(action) for action in actions]


def tell_decisions(followup: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The same for what a forum decided last: a row for each action that a decision led to, or for the decision
    itself where it led to none; then the forum's other actions."""
    actions, rows, told = followup["actions"], [], set[int]()
    for decision in followup["decisions"]:
        rows += [_row(actions[place], decision) for place in decision["actions"]]
        rows += [] if decision["actions"] else [_bare(decision)]
        told |= set(decision["actions"])
    return rows + tell_actions(row for place, row in enumerate(actions) if place not in told and row["own"])


def _row(action: Mapping[str, Any], decision: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return {
        "what": without_small_counts(action["what"]),
        "decision": _decided(decision) if decision else None,
        "owner": without_small_counts(f"{action['owner']}, {action['owner_party']}"),
        "due": _day(action["due_on"]),
        **_state("late" if action["late"] else action["status"]),
        "effect": tell_effect(action["effect"]),
    }


def _bare(decision: Mapping[str, Any]) -> dict[str, Any]:
    """A decision that led to no action: nobody owns it, and it has no effect to tell."""
    what, state = without_small_counts(decision["title"]), _state(decision["outcome"])
    return {"what": what, "decision": _decided(decision), "owner": None, "due": None, **state, "effect": None}


def _state(code: str) -> dict[str, str]:
    word, shape = STATES[code]
    return {"state": word, "shape": shape}


def _decided(decision: Mapping[str, Any]) -> str:
    return without_small_counts(f"Beslut {_day(decision['decided_on'])}: {decision['text']}")


def tell_effect(effect: Mapping[str, int]) -> str:
    """Whether reports of an action's pattern became fewer or more after the decision; UNDECIDED and why when that
    cannot be told."""
    if effect["after_months"] < LEAST_MONTHS:
        return EARLY
    before = protect_cell(effect["before"], effect["before_reporters"])
    after = protect_cell(effect["after"], effect["after_reporters"])
    if not before.shown and not after.shown:
        return HIDDEN  # None at all is as little to go by as a few, and reads alike.
    if _limits(before.at_least, after.at_most, effect)[1] < 1:
        return FEWER
    if _limits(before.at_most, after.at_least, effect)[0] > 1:
        return MORE
    return UNSURE


def _limits(before: float, after: float, effect: Mapping[str, int]) -> tuple[float, float]:
    """The 95 % limits of the rate after the decision to the rate before it (source: worker.effect); everything when
    there is nothing to compare, or no end to what a number may be."""
    if math.inf in (before, after) or not effect["before_months"] or not before + after:
        return 0, math.inf
    periods = Periods(int(before), effect["before_months"], int(after), effect["after_months"])
    _, low, high = rate_ratio(periods)
    return low, math.inf if high is None else high


def _day(day: str) -> str:
    return day_name(date.fromisoformat(day))
