"""The tables of counts that a summary prints, as worker.disclosure wants them; and what it makes of them. Pure.

This is the only step that reads exact counts of a snapshot's `counts`. Whatever else is written or drawn from them is
made of what `numbers_of` gives. A new table is added to `tables_of`, and nowhere else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import product
from typing import Any

from schemas.disclosure import Protected, Reason, protect_cell
from schemas.months import month_name
from worker.disclosure import Guarded, Table, guard, restore
from worker.disclosure.table import Key
from worker.summary.names import VAGUE, Names

YEAR = 12  # months
LONG_MAP = 24  # months; where a year of the map would hide too much
MOST_PROBLEMS = 5
MIN_TOLD = 6  # months of a counterpart that can be told; with fewer its chart would be a row of empty boxes
NO_PATTERNS: Mapping[str, Any] = {"problems": [], "counterparts": [], "areas": []}
# What the coordinator who approves reads for each table.
TABLE_NAMES = {
    "year": "Tolv månader",
    "year_before": "Tolv månader före",
    "months": "Månader",
    "month": "Den sista månaden",
    "pairs": "Kartan",
    "categories": "Kategorier",
    "categories_before": "Kategorier året före",
    "areas": "Kommunområden",
    "areas_before": "Kommunområden året före",
    "problems": "Återkommande problem",
    "problems_before": "Återkommande problem året före",
    "counterparts": "Motparter månad för månad",
}


def weigh(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """The same snapshot with the decision about what may leave, which is frozen with it.

    `withheld` lists what is hidden, for the coordinator who approves and nobody else: rows of `table` and `cell` in
    Swedish words, `reason` (a schemas.disclosure.Reason), and the codes `name` and `key` of the two. `printed` is the
    record that later summaries are audited against; `known` counts hidden numbers that earlier summaries give away
    whatever this one hides. None of the three is part of what is printed.

    Raises: worker.disclosure.ProgrammeError when the audit gives no answer; then nothing may leave.
    """
    snapshot, found = _guard_with_map(snapshot)
    names = Names(snapshot)
    return {
        **snapshot,
        "withheld": [
            {
                "table": TABLE_NAMES[name],
                "cell": _spoken(found.by[name], key, names),
                "reason": str(reason),
                "name": name,
                "key": list(key),
            }
            for name, key, reason in found.withheld
        ],
        "printed": list(found.record),
        "known": len(found.known),
    }


def _guard_with_map(snapshot: Mapping[str, Any]) -> tuple[Mapping[str, Any], Guarded]:
    """The decision, with a map over two years where one year of it had to be left out and two need not."""
    found = _guard(snapshot)
    if "pairs" not in found.dropped or "pairs_long" not in snapshot["reporters"]:
        return snapshot, found
    longer = {**snapshot, "map_months": LONG_MAP}
    further = _guard(longer)
    return (snapshot, found) if "pairs" in further.dropped else (longer, further)


def _guard(snapshot: Mapping[str, Any]) -> Guarded:
    return guard(tables_of(snapshot), snapshot["forum"]["areas"], snapshot.get("history", ()))


def map_months(snapshot: Mapping[str, Any]) -> int:
    """How many months the map of pairs sums up: twelve, or twice that where few reports have come."""
    return int(snapshot.get("map_months", YEAR))


def numbers_of(snapshot: Mapping[str, Any]) -> Guarded:
    """The protected numbers of a snapshot. One that has not been weighed is weighed first."""
    weighed = snapshot if "withheld" in snapshot else weigh(snapshot)
    rows = weighed["withheld"]
    return restore(tables_of(weighed), [(row["name"], tuple(row["key"]), Reason(row["reason"])) for row in rows])


def tables_of(snapshot: Mapping[str, Any]) -> list[Table]:
    """Every table of exact counts that a summary prints."""
    counts = _Counts(snapshot)
    tables = [*_totals(counts), *_maps(counts), *_areas(counts), *_problems(counts), *_counterparts(counts)]
    return [table for table in tables if table.keys]


class _Counts:
    """The exact counts of a snapshot, summed up in many ways, and the codes of its parties and categories."""

    def __init__(self, snapshot: Mapping[str, Any]) -> None:
        self.snapshot = snapshot
        self.before, self.now = tuple(snapshot["months"][:-YEAR]), tuple(snapshot["months"][-YEAR:])
        self.people = snapshot["reporters"]
        # A snapshot that was frozen before there were patterns has none.
        self.patterns = snapshot.get("patterns") or NO_PATTERNS
        began = snapshot["first_month"]
        self.comparable = began is not None and began <= snapshot["months"][0]
        self.parties = [party["code"] for party in snapshot["parties"]]
        known = [code for code, _ in snapshot["categories"]]
        # A category that the taxonomy no longer knows still counts, after the others.
        self.categories = list(dict.fromkeys([*known, *sorted({row[3] for row in snapshot["counts"]})]))

    def by(self, months: Sequence[str], *places: int) -> Counter[Key]:
        """Sums by some places of a row (0 giver, 1 counterpart, 2 month, 3 category) over some months."""
        wanted, sums = set(months), Counter[Key]()
        for row in self.snapshot["counts"]:
            if row[2] in wanted:
                sums[tuple(row[place] for place in places)] += row[-1]
        return sums

    def table(self, name: str, by: Mapping[str, int], months: Sequence[str], keys: Sequence[Key], **more: Any) -> Table:
        return Table(name, tuple(by), tuple(months), keys, counts=self.by(months, *by.values()), **more)


PAIR, CATEGORY = {"giver": 0, "about": 1}, {"category": 3}


def _totals(counts: _Counts) -> Iterator[Table]:
    whole, people = [()], counts.people
    yield counts.table("year", {}, counts.now, whole, reporters={(): people["all"]})
    if counts.comparable:
        yield counts.table("year_before", {}, counts.before, whole, reporters={(): people["all_before"]})
    months = [(month,) for month in counts.now]
    yield counts.table("months", {"month": 2}, counts.now, months, reporters=None, part_of="year")
    # The last month stands alone too, so that it can be told where the others are too small for a chart.
    yield counts.table("month", {"month": 2}, counts.now[-1:], months[-1:], reporters=None, part_of="year")


def _maps(counts: _Counts) -> Iterator[Table]:
    months = counts.snapshot["months"][-map_months(counts.snapshot) :]
    reporters = counts.people["pairs" if len(months) == YEAR else "pairs_long"]
    people = {(giver, about): number for giver, about, number in reporters}
    pairs = list(product(counts.parties, counts.parties))
    whole = "year" if len(months) == YEAR else ""
    yield counts.table("pairs", PAIR, months, pairs, reporters=people, part_of=whole)
    keys = [(code,) for code in counts.categories]
    people_of = {when: {(code,): n for code, n in counts.people[when]} for when in ("categories", "categories_before")}
    yield counts.table("categories", CATEGORY, counts.now, keys, reporters=people_of["categories"], part_of="year")
    if counts.comparable:
        earlier = {"reporters": people_of["categories_before"], "part_of": "year_before"}
        yield counts.table("categories_before", CATEGORY, counts.before, keys, **earlier)


def _areas(counts: _Counts) -> Iterator[Table]:
    """Beside each other in a forum of the whole federation only."""
    rows = counts.patterns["areas"] if counts.snapshot["forum"]["whole_federation"] else []
    keys: list[Key] = [(row[0],) for row in rows]
    for name, months, place in (("areas", counts.now, 1), ("areas_before", counts.before, 3)):
        sums, people = (dict(zip(keys, (row[at] for row in rows), strict=True)) for at in (place, place + 1))
        if name == "areas" or counts.comparable:
            yield Table(name, ("area",), months, keys, sums, people, part_of=name.replace("areas", "year"))


def _problems(counts: _Counts) -> Iterator[Table]:
    """The largest patterns that the plain rule shows; what is not among them is not printed."""
    names, rows = PAIR | CATEGORY, counts.patterns["problems"]
    people, earlier = ({tuple(row[:3]): row[at] for row in rows} for at in (3, 4))
    now = counts.by(counts.now, *names.values())
    shown = {key: protect_cell(now[key], people[key]) for key in people if key[2] not in VAGUE}
    order = list(product(counts.parties, counts.parties, counts.categories))
    largest = sorted(shown, key=lambda key: (-shown[key].at_least, order.index(key)))
    keys = [key for key in largest if shown[key].shown][:MOST_PROBLEMS]
    yield counts.table("problems", names, counts.now, keys, reporters=people, adds_up=False)
    if counts.comparable:
        yield counts.table("problems_before", names, counts.before, keys, reporters=earlier, adds_up=False)


def _counterparts(counts: _Counts) -> Iterator[Table]:
    """A party's months, where enough of them can be told."""
    people: dict[Key, int] = {(about, month): number for about, month, number in counts.patterns["counterparts"]}
    sums, keys = counts.by(counts.now, 1, 2), list[Key]()
    for about in counts.parties:
        line: list[Key] = [(about, month) for month in counts.now]
        keys += line if can_be_told([protect_cell(sums[key], people.get(key, 0)) for key in line]) else []
    yield Table("counterparts", ("about", "month"), counts.now, keys, sums, people, adds_up=False)


def can_be_told(numbers: Sequence[Protected]) -> bool:
    """Whether a counterpart's months are worth a chart."""
    told = [number for number in numbers if number.value is not None]
    return len(told) >= MIN_TOLD and any(number.shown for number in told)


def _spoken(by: Sequence[str], key: Key, names: Names) -> str:
    """A cell in words."""
    words = dict(zip(by, key, strict=True))
    parts = [
        words.get("area", ""),
        names.pair((words["giver"], words["about"])) if "giver" in words else "",
        f"om {names.party(words['about'])}" if "about" in words and "giver" not in words else "",
        names.category(words["category"]) if "category" in words else "",
        month_name(date.fromisoformat(words["month"])) if "month" in words else "",
    ]
    return ", ".join(part for part in parts if part) or "Alla rapporter"
