"""What a snapshot holds about patterns: people, released paraphrases, agendas, counterparts and areas."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select, update

from models import AgendaItem, Report
from tests.site import Site
from tests.test_snapshot import furnished, monthly
from tests.test_snapshot_followup import decide, meet

assert furnished  # a fixture that pytest finds by its name


def problems(site: Site) -> dict[tuple[str, str, str], list[Any]]:
    return {(row[0], row[1], row[2]): row[3:] for row in monthly(site)["patterns"]["problems"]}


def test_people_are_counted_for_each_pattern(furnished: Site) -> None:
    """Six reports by three people in October 2026; the one of January 2025 is not of the last twelve months."""
    assert problems(furnished) == {("kommun", "region", "handover"): [3, 0, "", None]}
    assert monthly(furnished)["patterns"]["counterparts"] == [["region", "2026-10-01", 3]]


def test_only_a_released_paraphrase_is_frozen_the_last_one_first(furnished: Site) -> None:
    with furnished.database.write() as session:
        ids = list(session.scalars(select(Report.id).where(Report.category == "handover").order_by(Report.id)))
        for place, (text, may, day) in enumerate(
            [("den första", True, 1), ("den sista", True, 9), ("utan lov", False, 10), ("inte släppt", True, None)]
        ):
            facts: dict[str, Any] = {"paraphrase": text, "may_paraphrase": may}
            facts["paraphrase_released_at"] = datetime(2026, 11, day, tzinfo=UTC) if day else None
            session.execute(update(Report).where(Report.id == ids[place]).values(**facts))
    assert problems(furnished)["kommun", "region", "handover"][2] == "den sista"


def test_it_knows_when_a_problem_is_taken_up(furnished: Site) -> None:
    with furnished.database.write() as session:
        report = session.scalars(select(Report).where(Report.category == "handover").limit(1)).one()
        for day in ("2026-12-12", "2027-03-12"):
            item = AgendaItem(meeting=meet(session, day), title="Överlämning", question="Vem tar emot?")
            item.reports.append(report)
            session.add(item)
        decide(session, meet(session, "2026-12-05"), "redan beslutat").item.reports.append(report)
        meet(session, "2026-09-05")
    assert problems(furnished)["kommun", "region", "handover"][3] == "2026-12-12"


def test_areas_stand_in_swedish_order_with_both_years(furnished: Site) -> None:
    assert monthly(furnished)["patterns"]["areas"] == [["Sävsjö", 6, 3, 1, 1]]
    whole = monthly(furnished, "hoglandet-styrelsen")["patterns"]["areas"]
    assert [row[0] for row in whole] == ["Aneby", "Eksjö", "Nässjö", "Sävsjö", "Tranås", "Vetlanda"]
    assert whole[0][1:] == [1, 1, 0, 0]


def test_it_is_plain_data(furnished: Site) -> None:
    patterns = monthly(furnished, "hoglandet-styrelsen")["patterns"]
    assert json.loads(json.dumps(patterns)) == patterns
    assert date.fromisoformat(patterns["counterparts"][0][1])
