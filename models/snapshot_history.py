"""The part of a snapshot that tells what its readers have seen before: what earlier summaries printed, never their
exact counts. worker.disclosure audits a new summary together with it.

For a summary of one area that is what was printed for the area's forums and for those of the whole federation, where
the other areas count as one; for one of the whole federation, what was printed for its forums, and last for each
area's. So that nothing falls between the two, a federation's summary is built after those of its areas (worker.sweep).
Drafts count too: somebody may yet approve them, and then nothing would be audited anew.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session, aliased

from models.forum import Forum
from models.month_count import MonthCount
from models.organisation import Area, Party, Unit
from models.summary import Summary, SummaryState
from schemas.disclosure import Reason, protect_total

LAST = 12  # summaries of each forum of the same areas, of all kinds and versions
LAST_OF_AREA = 2  # of each forum of an area: what a total of the federation can be compared with today
ELSEWHERE = "*"  # all other areas of a federation
# An area (or "" for all of a publication's), giver, counterpart, category and month; None where summed over.
Count = tuple[str, str | None, str | None, str | None, str]


def freeze_history(session: Session, summary: Summary) -> list[dict[str, Any]]:
    """What was printed before, oldest first.

    Returns: plain data. Each entry has its `areas` by name, `tables` as worker.disclosure records them, and `moved`:
    the counts that have changed since (merged, taken back, judged otherwise), each with a label that is the same as
    long as the count was.
    """
    rows = _earlier(session, summary)
    counts = _counts_now(session, summary.forum.federation_id)
    names = _names(session, summary.forum.federation_id)
    home = summary.forum.area_id
    everywhere = [names[home], ELSEWHERE] if home is not None else [*names.values()]
    entries = [
        {
            "areas": everywhere if row.area_id is None else [names[row.area_id]],
            "tables": [_still_true(table, counts, everywhere) for table in row.printed],
        }
        for row in rows
    ]
    moved: dict[int, list[list[Any]]] = {}
    for area_id in {row.area_id for row in rows}:
        mine = [(place, row) for place, row in enumerate(rows) if row.area_id == area_id]
        now = [list(row[1:]) for row in counts if area_id is None or row[0] == names[area_id]]
        moved |= _moved(mine, now, "" if area_id is None else names[area_id])
    return _without_twins([entry | {"moved": moved[place]} for place, entry in enumerate(entries)])


def mark(session: Session, federation_id: int) -> list[tuple[int, int]]:
    """Changes whenever a summary of the federation is written or written anew."""
    query = select(Summary.id, Summary.build).join(Forum).where(Forum.federation_id == federation_id)
    rows = session.execute(query.where(Summary.snapshot.is_not(None)).order_by(Summary.id))
    return [(summary_id, build) for summary_id, build in rows]


def _earlier(session: Session, summary: Summary) -> Sequence[Row[Any]]:
    """The last summaries of each forum of the audience that have been weighed, in the order of their making."""
    number = func.row_number().over(partition_by=Summary.forum_id, order_by=Summary.id.desc()).label("number")
    gone = (Summary.state == SummaryState.REJECTED) & Summary.released_at.is_(None)
    numbered = select(Summary.id, number).join(Forum)
    numbered = numbered.where(Forum.federation_id == summary.forum.federation_id, Summary.id != summary.id, ~gone)
    last = numbered.where(Summary.content.is_not(None)).subquery()
    found = session.execute(
        select(
            Forum.area_id,
            Summary.snapshot["printed"].label("printed"),
            Summary.snapshot["counts"].label("counts"),
            last.c.number,
        )
        .join(Summary.forum)
        .join(last, last.c.id == Summary.id)
        .where(last.c.number <= LAST)
        .order_by(Summary.id)
    ).all()
    known = [row for row in found if row.printed]  # where all tables are left out there is nothing to tell
    home = summary.forum.area_id
    if home is None:
        return [row for row in known if row.area_id is None or row.number <= LAST_OF_AREA]
    return [row for row in known if row.area_id in (home, None)]


def _names(session: Session, federation_id: int) -> dict[int, str]:
    """The areas of a federation, by id."""
    query = select(Area.id, Area.name).where(Area.federation_id == federation_id).order_by(Area.name)
    return {area_id: name for area_id, name in session.execute(query)}  # noqa: C416 - mypy knows no dict of rows


def _counts_now(session: Session, federation_id: int) -> list[tuple[str, str, str, str, str, int]]:
    """Rows of area, giver, counterpart, month, category and reports, as they are counted today."""
    giver, about, giver_party, about_party = aliased(Unit), aliased(Unit), aliased(Party), aliased(Party)
    columns = (Area.name, giver_party.code, about_party.code, MonthCount.month, MonthCount.category)
    query = (
        select(*columns, func.sum(MonthCount.reports))
        .join(Area, Area.id == MonthCount.area_id)
        .join(giver, giver.id == MonthCount.from_unit_id)
        .join(giver_party, giver_party.id == giver.party_id)
        .join(about, about.id == MonthCount.about_unit_id)
        .join(about_party, about_party.id == about.party_id)
        .where(Area.federation_id == federation_id)
        .group_by(*columns)
    )
    return [(*row[:3], row[3].isoformat(), row[4], int(row[5])) for row in session.execute(query)]


def _still_true(table: dict[str, Any], counts: Iterable[Any], areas: Collection[str]) -> dict[str, Any]:
    """A table of areas without the cells that today's counts contradict: its summary froze no months of single areas,
    so there is nothing to compare one by one. Nor are there cells of areas that are not told apart."""
    if table["by"] != ["area"]:
        return table
    sums, (first, last) = Counter[str](), table["months"]
    for area, _, _, month, _, number in counts:
        sums[area] += number if first <= month <= last else 0
    cells = dict.fromkeys(sums, 0) | dict(table["cells"])
    kept = [[area, printed] for area, printed in sorted(cells.items()) if area in areas and _fits(printed, sums[area])]
    return {**table, "cells": kept, "adds_up": False}


def _fits(printed: int | str, count: int) -> bool:
    number = protect_total(count)
    if printed == Reason.FEW_REPORTS:
        return number.value is None
    return number.value == printed if isinstance(printed, int) else count > 0 or printed == Reason.COMPLEMENTARY


def _moved(rows: Sequence[tuple[int, Any]], now: Iterable[Sequence[Any]], scope: str) -> dict[int, list[list[Any]]]:
    """Compare each publication of the same areas with the next one, from today back, and name what differs.

    Arguments: rows - pairs of a place and what was printed there; scope - what the areas are called together.
    """
    labels: dict[tuple[Any, ...], int] = {}
    found, newer = {}, _margins(now)
    for place, row in reversed(rows):
        older, first = _margins(row.counts), min(table["months"][0] for table in row.printed)
        last = max(table["months"][1] for table in row.printed)
        inside = {key for key in {*older, *newer} if first <= key[-1] <= last}
        labels |= {key: place for key in inside if older[key] != newer[key]}
        found[place] = sorted(([scope, *key, labels[key]] for key in inside & {*labels}), key=str)
        newer.update({key: older[key] for key in inside})
    return found


def _margins(rows: Iterable[Sequence[Any]]) -> Counter[tuple[Any, ...]]:
    """Sums by pair, by category, and by both, of each month."""
    sums = Counter[tuple[Any, ...]]()
    for giver, about, month, category, count in rows:
        sums[giver, about, None, month] += count
        sums[None, None, category, month] += count
        sums[giver, about, category, month] += count
    return sums


def _without_twins(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Forums of one area that print the same tell nothing new."""
    return list({json.dumps(entry, sort_keys=True): entry for entry in reversed(entries)}.values())[::-1]
