"""The sentence that looks back: what was decided last time and whether it helped, or how the actions go. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from schemas.counts.told import without_small_counts
from schemas.months import day_name
from worker.summary.followup import EARLY, HIDDEN, UNDECIDED, UNSURE, tell_effect
from worker.summary.honesty import honest
from worker.summary.words import capital, how_many, number_word, shortened

OPEN = ("planned", "ongoing")
IN_TIME = "Den öppna åtgärden är inte försenad."
NOTHING: Mapping[str, Any] = {"previous": None, "decisions": [], "actions": []}
STANDS = {"planned": "är planerad", "ongoing": "pågår", "done": "är klar", "followed_up": "är uppföljd"}
# What cannot be told, as it reads after the name of an action.
IN_WORDS = {
    UNSURE: "Rapporterna visar ingen säker förändring sedan beslutet.",
    EARLY: "Det är för tidigt att säga om rapporterna har förändrats.",
    HIDDEN: "Det är för få rapporter för att säga något.",
}
LONGEST = 80  # characters of an action's own words on page 1


def frozen(snapshot: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a snapshot looks back on; one that was frozen before there were decisions has nothing."""
    return snapshot.get("followup") or NOTHING


def tell_followup(snapshot: Mapping[str, Any]) -> dict[str, str] | None:
    """The decisions of the last meeting with what came after, else how the actions go; nothing when there are none."""
    kept = frozen(snapshot)
    if kept["decisions"]:
        return _tell_decisions(kept["decisions"], kept["actions"])
    return _tell_actions(kept["actions"]) if kept["actions"] else None


def _tell_decisions(decisions: Sequence[Mapping[str, Any]], actions: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    many = capital(how_many(len(decisions), "beslut", "beslut", neuter=True))
    met_on = day_name(date.fromisoformat(max(decision["met_on"] for decision in decisions)))
    led_to = [actions[place] for decision in decisions for place in decision["actions"]]
    if led_to:
        text = _tell_most(led_to)
    else:
        text = f"Bland annat om {quoted(decisions[0]['title'])}." if len(decisions) > 1 else ""
        text = text or f"Det gällde {quoted(decisions[0]['title'])}."
    return honest({"claim": f"{many} på mötet {met_on}.", "text": text}, tested=True)


def _tell_actions(actions: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    going = [action for action in actions if action["status"] in OPEN]
    late = sum(action["late"] for action in going)
    claim = _open(late, len(going)) if going else _done(len(actions))
    return honest({"claim": claim, "text": _tell_most(actions)}, tested=True)


def _done(total: int) -> str:
    return f"{capital(how_many(total, 'åtgärd', 'åtgärder'))} är {'klar' if total == 1 else 'klara'}."


def _open(late: int, total: int) -> str:
    if late == 0:
        return f"Ingen av {number_word(total)} öppna åtgärder är försenad." if total > 1 else IN_TIME
    if total == 1:
        return "Den öppna åtgärden är försenad."
    if late == total:
        return f"Alla {number_word(total)} öppna åtgärder är försenade."
    are_late = "är försenad" if late == 1 else "är försenade"
    return f"{capital(number_word(late))} av {number_word(total)} öppna åtgärder {are_late}."


def _tell_most(actions: Sequence[Mapping[str, Any]]) -> str:
    """One action, how it stands and what came after: the first of which that can be told, else the first of all."""
    told = [(action, tell_effect(action["effect"])) for action in actions]
    action, effect = next((row for row in told if not row[1].startswith(UNDECIDED)), told[0])
    return f"Åtgärden {quoted(action['what'])} {_stands(action)}. {IN_WORDS.get(effect, effect)}"


def _stands(action: Mapping[str, Any]) -> str:
    return "är försenad" if action["late"] else STANDS[action["status"]]


def quoted(text: str) -> str:
    """What somebody wrote, inside quotation marks of ours and so without its own."""
    plain = without_small_counts(text).replace("”", "’").rstrip(". ")
    # Once more, as a number that lost its noun at the end reads as a count of its own.
    return f"”{without_small_counts(shortened(plain, LONGEST))}”"
