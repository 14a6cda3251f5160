"""The chapters of a monthly and a yearly report that a meeting pack has not: problems that come back, counterparts,
areas, and actions. Each is left out, as None, when it has nothing to tell. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from schemas.disclosure import ZERO, change
from schemas.months import NAMES, day_name, month_name
from schemas.summary.fields import without_small_counts
from worker.summary.followup import tell_actions, tell_decisions
from worker.summary.looking_back import OPEN, frozen, quoted
from worker.summary.names import Names
from worker.summary.patterns import AreaLine, Counterpart, Problem
from worker.summary.words import about, capital, how_many, signed

MOST_PROBLEMS = 5
MOST_ACTIONS = 10
MOST_COUNTERPARTS = 9
RANKED = (
    "Störst tal först. De korta texterna har samverkanskoordinatorn skrivit om, så att ingen person eller "
    "handläggare ska gå att känna igen."
)
AREAS = (
    "Kommunområdena står i bokstavsordning och är inte rangordnade. Fler rapporter kan bero på att fler känner till "
    "Lex Heller. Jämför varje område med sig självt."
)


def draw_problems(
    problems: Sequence[Problem], actions: Sequence[Mapping[str, Any]], names: Names
) -> dict[str, Any] | None:
    """Up to five recurring problems with what is done about each."""
    shown = problems[:MOST_PROBLEMS]
    if not shown:
        return None
    return {
        "heading": f"{capital(how_many(len(shown), 'problem', 'problem', neuter=True))} som återkommer",
        "reading": RANKED,
        "rows": [_problem(problem, actions, names) for problem in shown],
    }


def _problem(problem: Problem, actions: Sequence[Mapping[str, Any]], names: Names) -> dict[str, Any]:
    giver, counterpart, category = problem.pattern
    return {
        "name": names.category(category),
        "actors": capital(names.pair((giver, counterpart))),
        "since": _since(problem),
        "number": problem.now.dump(),
        "paraphrase": without_small_counts(problem.paraphrase) or None,
        "state": _state(problem, actions),
    }


def _since(problem: Problem) -> str | None:
    """Since when, told no closer than by year: a first month of a pattern would point to a single report."""
    if problem.before is None or problem.before.value is None:
        return None
    return "Inga rapporter året före" if problem.before == ZERO else f"{capital(about(problem.before))} året före"


def _state(problem: Problem, actions: Sequence[Mapping[str, Any]]) -> str:
    told = [f"På dagordningen {day_name(problem.meeting)}."] if problem.meeting else []
    action = next((row for row in actions if row["status"] in OPEN and concerns(row, problem)), None)
    if action:
        due = day_name(date.fromisoformat(action["due_on"]))
        told.append(f"Åtgärd {'försenad' if action['late'] else 'pågår'}: {quoted(action['what'])}, klar senast {due}.")
    return " ".join(told) or "Ingen åtgärd är beslutad."


def concerns(action: Mapping[str, Any], problem: Problem) -> bool:
    """Whether an action is to mend a problem; an end that it leaves empty means any, but it must name one."""
    ends = (action["from"], action["about"], action["category"])
    return any(ends) and all(end in ("", part) for end, part in zip(ends, problem.pattern, strict=True))


def draw_counterparts(found: Sequence[Counterpart], names: Names) -> list[dict[str, Any]] | None:
    """One small chart for each party, all on one scale."""
    return [_counterpart(row, names) for row in found[:MOST_COUNTERPARTS]] or None


def _counterpart(row: Counterpart, names: Names) -> dict[str, Any]:
    month, number = row.months[-1]
    norm = f", en vanlig månad {about(row.norm, number)}" if row.norm else ""
    return {
        "name": names.party(row.code),
        "told": f"{capital(about(number))} i {NAMES[month.month - 1]}{norm}",
        "months": [
            {"name": month_name(month), "short": NAMES[month.month - 1][:3], "number": number.dump()}
            for month, number in row.months
        ],
        "norm": row.norm.dump() if row.norm else None,
        "spoken": "; ".join(f"{month_name(month)}: {about(number)}" for month, number in row.months),
    }


def draw_areas(lines: Sequence[AreaLine]) -> dict[str, Any] | None:
    """The areas side by side, in the order of their names: to be read across, not down."""
    if not lines:
        return None
    compared = all(line.before is not None for line in lines)
    return {
        "reading": AREAS,
        "compared": compared,
        "rows": [_area(line, compared=compared) for line in lines],
    }


def _area(line: AreaLine, *, compared: bool) -> dict[str, Any]:
    before = line.before if compared else None
    return {
        "name": line.name,
        "number": line.now.dump(),
        "before": before.dump() if before else None,
        "change": signed(change(line.now, before)) if before else None,
    }


def draw_followup(snapshot: Mapping[str, Any]) -> dict[str, Any] | None:
    """What was decided last time and the actions that concern the forum, each with its state and effect."""
    kept = frozen(snapshot)
    rows = tell_decisions(kept) + tell_actions(_others(kept))
    if not rows:
        return None
    return {
        "rows": rows[:MOST_ACTIONS],
        "more": f"{capital(how_many(len(rows) - MOST_ACTIONS, 'åtgärd', 'åtgärder'))} till finns i Lex Heller."
        if len(rows) > MOST_ACTIONS
        else None,
        "on": day_name(date.fromisoformat(snapshot["ordered_on"])),
    }


def _others(kept: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Actions of the area that another forum decided on, or nobody did."""
    led_to = {place for decision in kept["decisions"] for place in decision["actions"]}
    return [action for place, action in enumerate(kept["actions"]) if place not in led_to and not action["own"]]
