"""The guard at the way out: which numbers may leave the service, and how they are written.

The plain rule has three parts (the project's design for disclosure control, rules 1 to 3; its sources are
Arbetsförmedlingen, which prints "<5" in its weekly statistics, and NHS Digital, which rounds to 5):

1. A cell is shown from 5 reports on, and only when at least 3 people filed them: else one colleague is exposed.
2. Everything shown is rounded to the nearest 5, totals too, and tables carry no sums of rows or columns.
   In a trial with random tables this cut the share of tables in which a hidden cell could be worked out
   from 99 % to 2 % at ten reports a cell.
3. Per cent is worked out from rounded numbers, and only on a base of at least 20.

It looks at one number at a time. Every summary goes through the audit in worker/disclosure too, which looks at all
numbers that the same readers have seen and hides more until no hidden one can be worked out. docs/disclosure.md tells
what is shown to whom, what the audit covers and what it does not.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median_low

from schemas.words import Word

THRESHOLD = 5  # reports
MIN_REPORTERS = 3  # people
STEP = 5  # reports; what numbers are rounded to
MIN_BASE = 20  # reports; what per cent may be worked out from
HIDDEN = "<5"
HIDDEN_MEANS = "färre än fem rapporter, färre än tre rapportörer, eller ett antal som annars avslöjar ett annat"
MIN_SPREAD = 3  # reports; how far apart the least and the greatest that a hidden number can be must lie
MOST_HIDDEN = 0.4  # of a table's cells; with more of them hidden it tells too little, and is left out
LEFT_OUT = "Tabellen visas inte: så många av antalen är små att för lite skulle synas."


class Reason(Word):
    """Why a number is withheld. Told to the coordinator who approves a summary, never to its readers."""

    FEW_REPORTS = "few_reports", "Färre än fem rapporter"
    FEW_REPORTERS = "few_reporters", "Färre än tre rapportörer"
    COMPLEMENTARY = "complementary", "Annars går ett annat antal att räkna fram"
    DROPPED = "dropped", "Tabellen visas inte, för många antal är dolda"


@dataclass(frozen=True)
class Protected:
    """A number that may leave. `value` is what is printed, or nothing when it is hidden; `at_least` and
    `at_most` are all that a reader can know about the number behind it, so that a claim can be checked."""

    value: int | None
    at_least: int
    at_most: float

    @property
    def text(self) -> str:
        return HIDDEN if self.value is None else str(self.value)

    @property
    def shown(self) -> bool:
        """Whether there is a number of reports to see: neither zero nor hidden."""
        return bool(self.value)

    def dump(self) -> dict[str, int | str | None]:
        return {"value": self.value, "text": self.text}


ZERO = Protected(0, 0, 0)
# Hidden for a reason that is not told: too few reports, too few people, or to keep another number hidden. A zero may
# be hidden for the last reason too, so nothing at all is known.
WITHHELD = Protected(None, 0, math.inf)


def protect_total(count: int) -> Protected:
    """A sum that names no actor and no category: hidden from 1 to 4, else rounded.

    For parts of a whole that is itself shown (the months of a year), since a whole that fewer than 3 people
    reported must be a cell: its total would tell what a single hidden pair holds.

    Raises: ValueError when `count` is negative.
    """
    if count < 0:
        raise ValueError("there is no negative number of reports")
    if count == 0:
        return ZERO
    if count < THRESHOLD:
        return Protected(None, 1, THRESHOLD - 1)
    # The nearest multiple: a remainder of 1 or 2 goes down, one of 3 or 4 goes up.
    nearest = (count + STEP // 2) // STEP * STEP
    return Protected(nearest, max(THRESHOLD, nearest - STEP // 2), nearest + STEP // 2)


def protect_cell(count: int, reporters: int) -> Protected:
    """The number of one pair of actors, of one category, or of a whole year.

    A number that is hidden because too few people reported looks just like one below 5: to tell them
    apart would say that one colleague has filed many reports. So nothing is known of it.

    Arguments: count - reports; reporters - how many people filed them.
    Raises: ValueError when `count` is negative.
    """
    total = protect_total(count)
    if total == ZERO or (total.shown and reporters >= MIN_REPORTERS):
        return total
    return WITHHELD


def share(part: Protected, whole: Protected) -> int | None:
    """How many per cent `part` is of `whole`, from the printed numbers; nothing when it may not be said."""
    if part.value is None or whole.value is None or whole.value < MIN_BASE:
        return None
    return min(100, round(100 * part.value / whole.value))


def change(now: Protected, before: Protected) -> int | None:
    """The difference between two printed numbers; nothing when one of them is hidden."""
    if now.value is None or before.value is None:
        return None
    return now.value - before.value


def surely_above(one: Protected, other: Protected, by: int) -> bool:
    """Whether `one` is at least `by` reports above `other` however the rounding fell out."""
    return one.at_least - other.at_most >= by


def typical(numbers: Sequence[Protected]) -> Protected:
    """The median, in its lower form: one of the numbers, so it shows no more than they do.

    Raises: statistics.StatisticsError when there are none.
    """
    middle = median_low([number.at_least for number in numbers])
    return next(number for number in numbers if number.at_least == middle)
