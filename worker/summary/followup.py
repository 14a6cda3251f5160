"""What was decided last time, how the actions go, and whether reports have become fewer since. Pure.

Whether they have is told in words alone: an action's pattern crosses pair, category and time, and its numbers would say
more than the rule of small numbers allows. Even the words are told only where its reports may be shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemas.disclosure import protect_cell
from schemas.summary.fields import without_small_counts
from schemas.words import ActionStatus
from worker.effect import LEAST_MONTHS, Periods, judge

FEWER, MORE, UNSURE, EARLY, HIDDEN = "fewer", "more", "unsure", "early", "hidden"
EFFECTS = {
    FEWER: "Färre rapporter sedan beslutet",
    MORE: "Fler rapporter sedan beslutet",
    UNSURE: "Ingen säker förändring",
    EARLY: "För tidigt att säga",
    HIDDEN: "För få rapporter för att säga",
}
# The shape that stands beside the word, so that nothing is told by colour: see templates/charts/states.html.
SHAPES = {
    ActionStatus.PLANNED: "ring",
    ActionStatus.ONGOING: "half",
    ActionStatus.DONE: "disc",
    ActionStatus.FOLLOWED_UP: "disc",
}
LATE_SHAPE, LATE = "square", "Försenad"
NOTHING: Mapping[str, Any] = {"previous": None, "decisions": [], "actions": []}


def frozen(snapshot: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a snapshot looks back on; one that was frozen before there were decisions has nothing."""
    return snapshot.get("followup") or NOTHING


def effect_of(action: Mapping[str, Any]) -> str:
    """Which of EFFECTS holds for an action.

    The verdict of the exact test in worker/effect.py; the side that it rests on, and so its base, may be shown.
    """
    effect = action["effect"]
    before = protect_cell(effect["before"], effect["before_reporters"])
    after = protect_cell(effect["after"], effect["after_reporters"])
    if min(effect["before_months"], effect["after_months"]) < LEAST_MONTHS:
        return EARLY
    if not before.shown and not after.shown:
        return HIDDEN
    verdict = judge(Periods(effect["before"], effect["before_months"], effect["after"], effect["after_months"]))
    if before.shown and verdict.high is not None and verdict.high < 1:
        return FEWER
    if after.shown and verdict.low is not None and verdict.low > 1:
        return MORE
    return UNSURE


def owner(action: Mapping[str, Any]) -> str:
    """The function that owns an action, and its party."""
    return without_small_counts(f"{action['owner']}, {action['owner_party']}")
