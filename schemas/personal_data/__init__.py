"""The guard at the way in: finds in Swedish free text what points to a person.

Two grades. *stop*: numbers and addresses that never belong in a report. *confirm*: likely names and
what may belong to an office as well, which the writer must look at. The word lists and their source:
data/personal_data/README.md. How well it works: docs/personal-data.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from schemas.personal_data.addresses import find_addresses, find_properties
from schemas.personal_data.contacts import find_emails, find_phones
from schemas.personal_data.names import find_names
from schemas.personal_data.numbers import find_personal_numbers
from schemas.personal_data.online import find_online
from schemas.personal_data.references import find_accounts, find_case_numbers, find_vehicles
from schemas.personal_data.text import Hit, Kind, fold

Action = Literal["stop", "confirm"]
# Surest first: what an earlier rule has claimed, a later one does not claim again.
RULES = (
    find_personal_numbers,
    find_online,
    find_emails,
    find_accounts,
    find_phones,
    find_case_numbers,
    find_properties,
    find_addresses,
    find_vehicles,
    find_names,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One place in the text. `start` and `end` are offsets in the text as it was given (end excluded)."""

    start: int
    end: int
    type: Kind
    action: Action


def screen(text: str) -> list[Finding]:
    """Find what points to a person. Linear in the length of the text; raises nothing, whatever the text holds.

    Arguments: text - free text; it may hold NUL, lone surrogates, full-width digits and combining marks.
    Returns: findings in the order of the text, never overlapping.
    """
    folded = fold(text)
    in_order = _first_come(len(folded.text), *(rule(folded.text) for rule in RULES))
    return [_finding(*folded.span(hit), hit) for hit in sorted(in_order)]


def _first_come(length: int, *rules: Iterable[Hit]) -> list[Hit]:
    taken = bytearray(length)
    accepted = []
    for hit in (hit for rule in rules for hit in rule):
        if taken.find(1, hit.start, hit.end) < 0:
            taken[hit.start : hit.end] = b"\x01" * (hit.end - hit.start)
            accepted.append(hit)
    return accepted


def _finding(start: int, end: int, hit: Hit) -> Finding:
    return Finding(start, end, hit.kind, "stop" if hit.sure else "confirm")
