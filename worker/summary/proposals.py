"""What a forum is proposed to decide: a late action first, then what the largest problems call for, then what may be
closed. Proposals of a machine, made of the numbers and the actions alone; a coordinator may write them otherwise. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from schemas.counts.told import without_small_counts
from schemas.months import day_name
from worker.summary.chapters import concerns
from worker.summary.figures import Figures
from worker.summary.followup import FEWER, tell_effect
from worker.summary.looking_back import OPEN, frozen, quoted
from worker.summary.names import Names
from worker.summary.patterns import Problem
from worker.summary.questions import NO_BLAME, propose
from worker.summary.words import capital, reports

MOST = 3
DECIDES = {
    "steering_group": "Styrgruppen föreslås besluta",
    "local_group": "LSG föreslås besluta",
    "working_group": "Arbetsgruppen föreslås besluta",
    "preparatory_group": "Beredningsgruppen föreslås besluta",
    "board": "Styrelsen föreslås besluta",
}
# What the parties do about a problem: read on from "att kommunen och Försäkringskassan".
MEND = {
    "contact_route": "utser funktioner som är vägen in, med ersättare",
    "participation": "kommer överens om vem som kallar och vem som ersätter den som inte kan komma",
    "information": "bestämmer vilken information som ska nå vem, hur snabbt och hur det bekräftas",
    "handover": "bestämmer när en överlämning är klar och vem som tar emot",
    "waiting_time": "bestämmer vem som säger till när något dröjer och vad som görs under tiden",
    "documentation": "tar fram en gemensam mall för vad ett underlag ska innehålla",
    "responsibility": "bestämmer vem som håller ihop tills det är klart vem som ansvarar",
    "rules": "reder ut vilka regler som krockar, vad som kan lösas lokalt och vad som ska lyftas vidare",
    "resources": "bestämmer vad som går först när resurserna är knappa",
    "knowledge": "bestämmer hur kunskapen om varandras uppdrag ska spridas",
    "shared_plan": "bestämmer vem som ansvarar för en gemensam plan och hur den följs upp",
    "confidentiality": "tar fram ett gemensamt sätt att fråga om samtycke",
}
MEND_ANY = "bestämmer vad som ska ändras, vem som gör det och när det är klart"
REMIND = "att varje part berättar för sina handläggare att Lex Heller finns"


def propose_decisions(
    figures: Figures, names: Names, problems: Sequence[Problem], snapshot: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """One to three proposals, each with its background and, where known, its owner and when it is followed up."""
    actions = frozen(snapshot)["actions"]
    follow_up = _next_meeting(snapshot)
    late = [_of_late(action) for action in actions if action["late"]][:1]
    mended = [_of_problem(problem, names, follow_up) for problem in _untouched(problems, actions)]
    closed = [_of_finished(action) for action in actions if _may_be_closed(action)][:1]
    proposals = [*late, *mended[: MOST - len(late) - len(closed)], *closed]
    return proposals or _of_categories(figures, names, follow_up)[:MOST]


def _next_meeting(snapshot: Mapping[str, Any]) -> str | None:
    """When the group meets after the meeting that decides."""
    later = snapshot["meetings"][1:2]
    return day_name(datetime.fromisoformat(later[0]).date()) if later else None


def _untouched(problems: Sequence[Problem], actions: Sequence[Mapping[str, Any]]) -> Iterable[Problem]:
    """The largest problems of different categories that no open action is to mend."""
    first: dict[str, Problem] = {}
    going = [action for action in actions if action["status"] in OPEN]
    for problem in problems:
        if not any(concerns(action, problem) for action in going):
            first.setdefault(problem.pattern[2], problem)
    return list(first.values())[:MOST]


def _of_problem(problem: Problem, names: Names, follow_up: str | None) -> dict[str, Any]:
    giver, counterpart, category = problem.pattern
    return {
        "heading": f"{names.category(category)}, {names.pair((giver, counterpart))}",
        # A federation may have added categories of its own.
        "question": f"att {names.both((giver, counterpart))} {MEND.get(category, MEND_ANY)}",
        "background": f"{capital(reports(problem.now))} på tolv månader. Ingen åtgärd är beslutad. {NO_BLAME}",
        "number": problem.now.dump(),
        "owner": None,
        "due": None,
        "follow_up": follow_up,
    }


def _of_late(action: Mapping[str, Any]) -> dict[str, Any]:
    due = day_name(date.fromisoformat(action["due_on"]))
    return {
        "heading": "En åtgärd är försenad",
        "question": f"att bestämma en ny dag för den försenade åtgärden {quoted(action['what'])}",
        "background": f"Åtgärden skulle vara klar {due}. {tell_effect(action['effect'])}",
        "number": None,
        "owner": _owner(action),
        "due": None,
        "follow_up": None,
    }


def _may_be_closed(action: Mapping[str, Any]) -> bool:
    return action["status"] == "done" and tell_effect(action["effect"]) == FEWER


def _of_finished(action: Mapping[str, Any]) -> dict[str, Any]:
    follow_up = action["follow_up_on"]
    return {
        "heading": "En åtgärd är klar",
        "question": f"att avsluta åtgärden {quoted(action['what'])}",
        "background": f"Åtgärden är genomförd. {FEWER}",
        "number": None,
        "owner": _owner(action),
        "due": None,
        "follow_up": day_name(date.fromisoformat(follow_up)) if follow_up else None,
    }


def _owner(action: Mapping[str, Any]) -> str:
    return without_small_counts(f"{action['owner']}, {action['owner_party']}")


def _of_categories(figures: Figures, names: Names, follow_up: str | None) -> list[dict[str, Any]]:
    """Where no problem can be shown, the categories alone; where they cannot either, to make the service known."""
    blank = {"owner": None, "due": None, "follow_up": follow_up}
    labels = {names.category(code): f"att parterna {words}" for code, words in MEND.items()}
    found = propose(figures, names)
    return [{**proposal, "question": labels.get(proposal["heading"], _other(proposal)), **blank} for proposal in found]


def _other(proposal: Mapping[str, Any]) -> str:
    return f"att parterna {MEND_ANY}" if proposal["number"]["value"] else REMIND
