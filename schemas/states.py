"""The state machine of a report. What is not listed here cannot happen; the same edges hold for a report's tracks."""

from __future__ import annotations

from schemas.words import ReportState as State

EDGES: dict[State, frozenset[State]] = {
    State.RECEIVED: frozenset({State.IN_REVIEW, State.WITHDRAWN}),
    State.IN_REVIEW: frozenset(
        {
            *(State.NEEDS_INFO, State.WITH_PARTY, State.ROUTED, State.ANSWERED, State.CLOSED),
            *(State.REFERRED, State.MERGED, State.WITHDRAWN),
        }
    ),
    State.NEEDS_INFO: frozenset({State.IN_REVIEW, State.CLOSED, State.WITHDRAWN}),
    State.WITH_PARTY: frozenset({State.IN_REVIEW, State.ROUTED, State.ANSWERED, State.CLOSED, State.MERGED}),
    State.ROUTED: frozenset(
        {State.IN_REVIEW, State.WITH_PARTY, State.ACTION_DECIDED, State.ANSWERED, State.CLOSED, State.MERGED}
    ),
    State.ACTION_DECIDED: frozenset({State.ROUTED, State.ANSWERED, State.CLOSED}),
    State.ANSWERED: frozenset({State.IN_REVIEW, State.CLOSED}),
    State.CLOSED: frozenset({State.IN_REVIEW}),  # reopened when the reporter or a forum has reason to
    State.REFERRED: frozenset({State.IN_REVIEW, State.CLOSED}),
    State.MERGED: frozenset({State.IN_REVIEW}),  # un-merged: judged again on its own
    State.WITHDRAWN: frozenset(),
}
# These moves end or turn somebody's matter, so whoever makes them says why.
WITH_REASON = frozenset({State.CLOSED, State.REFERRED, State.WITHDRAWN})


class IllegalMoveError(ValueError):
    """A move that the state machine does not have. The message is plain Swedish, for the page."""


def check_move(current: State, wanted: State, why: str = "") -> None:
    """Do nothing when a report may go from one state to another.

    Raises: IllegalMoveError when it may not, or when a reason is missing.
    """
    if wanted not in EDGES[current]:
        raise IllegalMoveError(f"En rapport i läget ”{current.label}” kan inte få läget ”{wanted.label}”")
    if wanted in WITH_REASON and not why.strip():
        raise IllegalMoveError(f"Skriv varför rapporten får läget ”{wanted.label}”")


def way(current: State, wanted: State) -> list[State]:
    """The moves that lead from one state to another by way of `Granskas` when the direct one does not exist.

    A coordinator who decides on a new report reviews it in the same breath.
    Raises: IllegalMoveError when there is no such way.
    """
    if wanted in EDGES[current]:
        return [wanted]
    if State.IN_REVIEW in EDGES[current] and wanted in EDGES[State.IN_REVIEW]:
        return [State.IN_REVIEW, wanted]
    raise IllegalMoveError(f"En rapport i läget ”{current.label}” kan inte få läget ”{wanted.label}”")
