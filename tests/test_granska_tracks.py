"""Each unit that a report concerns has a track of its own."""

from __future__ import annotations

from sqlalchemy import select

from models import Track
from models.report import ReportState
from tests.desk import decide, report_of, send
from tests.site import Site


def test_one_units_track_moves_by_itself(site: Site) -> None:
    reporter = site.sign_in("reporter")
    reference = reporter.file_report(other_actors=["primarvard"])
    coordinator = site.sign_in("coordinator")
    decide(coordinator, site, reference)
    report = report_of(site, reference)
    page, address = f"/granska/{reference}", f"/granska/{reference}/verksamhet/{report.other_units[0]}"
    assert send(coordinator, page, address, state="answered", why="").status_code == 303
    assert "Skriv vad som har hänt" in coordinator.get(page).text
    assert send(coordinator, page, address, state="answered", why="Vårdcentralen svarade").status_code == 303
    with site.database.read() as session:
        states = {track.unit_id: track.state for track in session.scalars(select(Track))}
    assert states == {report.about_unit_id: ReportState.WITH_PARTY, report.other_units[0]: ReportState.ANSWERED}
    assert report_of(site, reference).state is ReportState.WITH_PARTY
    assert send(coordinator, page, address, state="merged", why="x").status_code == 404
    assert send(coordinator, page, f"/granska/{reference}/verksamhet/999", state="answered", why="x").status_code == 404


def test_when_the_counterpart_turns_out_to_be_another_its_track_goes_along(site: Site) -> None:
    reference = site.sign_in("reporter").file_report(other_actors=["primarvard"])
    coordinator = site.sign_in("coordinator")
    decide(coordinator, site, reference)
    decide(coordinator, site, reference, counterpart="rehabkoordinator", destination="stay")
    report = report_of(site, reference)
    with site.database.read() as session:
        there = set(session.scalars(select(Track.unit_id)))
    assert there == {report.about_unit_id, *report.other_units}
