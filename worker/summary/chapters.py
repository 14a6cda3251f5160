"""The chapters of a monthly and a yearly report that a meeting pack has not: problems that come back, counterparts,
areas, and actions. Each is left out, as None, when it has nothing to tell. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from schemas.counts.told import without_small_counts
from schemas.disclosure import ZERO, change
from schemas.months import NAMES, day_name, month_name
from worker.summary.followup import EARLY, FEWER, HIDDEN, MORE, UNSURE, tell_actions, tell_decisions
from worker.summary.looking_back import OPEN, frozen, quoted
from worker.summary.names import Names
from worker.summary.patterns import AreaLine, Counterpart, Problem
from worker.summary.words import about, beside, capital, how_many, shortened, signed

MOST_ACTIONS, LONGEST_TEXT = 6, 150  # rows; characters of what somebody wrote
MOST_OF_AREAS = 5  # actions of the areas, before a forum of the whole federation
MOST_COUNTERPARTS = 8
# How an effect is told in a narrow column.
BRIEF = {
    FEWER: "Färre",
    MORE: "Fler",
    UNSURE: "Ingen säker förändring",
    EARLY: "För tidigt att säga",
    HIDDEN: "För få för att säga",
}
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
    if not problems:
        return None
    return {
        "heading": f"{capital(how_many(len(problems), 'problem', 'problem', neuter=True))} som återkommer",
        "reading": RANKED,
        "rows": [_problem(problem, actions, names) for problem in problems],
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
    """One small chart for each party, all on one scale; with a single one there is nothing to compare."""
    return [_counterpart(row, names) for row in found[:MOST_COUNTERPARTS]] if len(found) > 1 else None


def _counterpart(row: Counterpart, names: Names) -> dict[str, Any]:
    month, number = row.months[-1]
    norm = beside(row.norm, number, "en vanlig månad")
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
    """What was decided last time and the actions that concern the forum, each with its state and what came after."""
    kept = frozen(snapshot)
    others = _others(kept)
    # A forum of the whole federation reads of the areas' most pressing actions, late ones first; the rest are counted.
    shown = others[:MOST_OF_AREAS] if snapshot["forum"]["whole_federation"] else others
    rows = tell_decisions(kept) + tell_actions(shown)
    if not rows:
        return None
    return {
        "rows": [_row(row) for row in rows[:MOST_ACTIONS]],
        "more": _more(len(rows) - MOST_ACTIONS, others[len(shown) :]),
        "on": day_name(date.fromisoformat(snapshot["ordered_on"])),
    }


def _others(kept: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Actions of the area that another forum decided on, or nobody did."""
    led_to = {place for decision in kept["decisions"] for place in decision["actions"]}
    return [action for place, action in enumerate(kept["actions"]) if place not in led_to and not action["own"]]


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    what, decision = row["what"], row["decision"]
    if decision and what.rstrip(".") in decision:  # An action that is the decision need not be read twice.
        decision = decision.partition(":")[0]
    texts = {"what": shortened(what, LONGEST_TEXT), "decision": decision and shortened(decision, LONGEST_TEXT)}
    return {**row, **texts, "effect": BRIEF.get(row["effect"], row["effect"])}


def _more(rows: int, others: Sequence[Mapping[str, Any]]) -> str | None:
    told = [f"{capital(how_many(rows, 'åtgärd', 'åtgärder'))} till finns i Lex Heller."] if rows > 0 else []
    if others:
        late = how_many(sum(action["late"] for action in others), "är försenad", "är försenade")
        told.append(f"I kommunområdena finns {how_many(len(others), 'åtgärd', 'åtgärder')} till; {late}.")
    return " ".join(told) or None
