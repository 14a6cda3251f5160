"""Clusters on the pages: found by the worker, changed by the coordinator, and what was decided stands."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models.cluster import Cluster, ClusterLook, ClusterMember
from models.organisation import Area
from models.report import Report, ReportState
from tests.site import Site, Visitor
from tests.test_clustering import RENT, WHEELCHAIR
from tests.workshop import Workshop
from worker import tasks
from worker.grouping import look, store

PAGE = "/monster/1"


def group_reports(site: Site) -> bool:
    """What the worker does for the area of Sävsjö. Returns: whether there was anything to look for."""
    with site.database.read() as session:
        area_id = session.scalars(select(Area.id).where(Area.code == "savsjo")).one()
        seen = look(session, area_id, site.moment)
    if seen is not None:
        with site.database.write() as session:
            store(session, seen, site.moment)
    return seen is not None


def file_all(site: Site, texts: list[str]) -> list[str]:
    """Filed by two people in turn."""
    people = [site.sign_in("reporter"), site.sign_in("colleague")]
    own = [{}, {"reporting_unit": "psykiatri", "counterpart": "forsorjningsstod"}]
    return [people[at % 2].file_report(description=text, **own[at % 2]) for at, text in enumerate(texts)]


def members(site: Site, cluster_id: int = 1, *, out: bool = False) -> list[int]:
    query = select(ClusterMember).where(ClusterMember.cluster_id == cluster_id).order_by(ClusterMember.report_id)
    with site.database.read() as session:
        return [row.report_id for row in session.scalars(query) if (row.out_at is not None) is out]


def name_of_first(site: Site) -> str:
    with site.database.read() as session:
        return session.get_one(Cluster, 1).name


def press(visitor: Visitor, do: str, *reports: int, page: str = PAGE) -> int:
    form = {"csrf_token": visitor.tokens("/om")["csrf_token"], "do": do, "reports": [str(one) for one in reports]}
    return visitor.post(page, data=form).status_code


@pytest.fixture
def desk(site: Site) -> Visitor:
    """The coordinator, before whom four reports about wheelchairs and one about rent have been filed and read."""
    file_all(site, [*WHEELCHAIR[:4], RENT[0]])
    assert group_reports(site)
    return site.sign_in("coordinator")


def test_a_cluster_is_found_shown_and_explained(site: Site, desk: Visitor) -> None:
    assert members(site) == [1, 2, 3, 4]
    listed, page = desk.get("/monster").text, desk.get(PAGE).text
    assert "Korttidsboendet · rullstol" in listed
    assert "4 rapporter från 2 personer, sedan november 2026." in listed
    assert "Ingen de tre" not in listed
    assert "<strong>rullstol</strong> i " in page
    assert page.count('type="checkbox"') == 4
    assert "LH-2026-0005" not in page
    assert "/monster/1" in desk.get("/oversikt").text
    assert "/monster/1" in desk.get("/granska/LH-2026-0002").text
    assert "/monster/1" not in desk.get("/granska/LH-2026-0005").text


def test_nobody_else_sees_it(site: Site, desk: Visitor) -> None:
    for name in ("reporter", "member", "administrator"):
        assert site.sign_in(name).get("/monster").status_code == 404
    for name in ("neighbour", "far-coordinator"):
        other = site.sign_in(name)
        assert "rullstol" not in other.get("/monster").text
        assert other.get(PAGE).status_code == 404
        assert press(other, "dissolve") == 404


def test_what_is_taken_out_stays_out_when_more_reports_come(site: Site, desk: Visitor) -> None:
    assert press(desk, "out", 4) == 303
    assert "3 rapporter från 2 personer" in desk.get(PAGE).text
    named = name_of_first(site)
    file_all(site, [WHEELCHAIR[4]])
    assert group_reports(site)
    assert (members(site), members(site, out=True)) == ([1, 2, 3, 6], [4])
    assert name_of_first(site) == named != ""
    assert not group_reports(site)
    site.advance(days=1)
    assert group_reports(site)
    assert site.count(Cluster) == 1
    assert press(desk := site.sign_in("coordinator"), "back", 4) == 303
    assert members(site) == [1, 2, 3, 4, 6]
    assert "Uttagna" not in desk.get(PAGE).text


def test_a_split_makes_a_cluster_of_its_own_that_lasts(site: Site, desk: Visitor) -> None:
    assert press(desk, "split", 1, 3) == 303
    assert (members(site, 1), members(site, 2)) == ([2, 4], [1, 3])
    file_all(site, [WHEELCHAIR[4], WHEELCHAIR[5]])
    group_reports(site)
    assert {1, 3} <= set(members(site, 2))
    assert not {1, 3} & set(members(site, 1))
    assert site.count(Cluster) == 2


def test_what_is_dissolved_does_not_come_back_until_it_is_restored(site: Site, desk: Visitor) -> None:
    assert press(desk, "dissolve") == 303
    file_all(site, WHEELCHAIR[4:])
    group_reports(site)
    assert site.count(Cluster) == 1
    assert "Det som återkommer" in desk.get("/monster").text
    assert "Upplöst av" in desk.get("/monster").text
    assert "/monster/1" not in desk.get("/oversikt").text
    assert press(desk, "restore") == 303
    assert "6 rapporter" in desk.get(PAGE).text


def test_a_choice_that_does_not_do_changes_nothing_and_says_so(site: Site, desk: Visitor) -> None:
    assert press(desk, "out") == 422
    assert press(desk, "split", 1) == 422
    assert press(desk, "split", 1, 2, 3, 4) == 422
    assert press(desk, "out", 5) == 422  # It stands in no cluster.
    assert press(desk, "explode", 1) == 404
    assert press(desk, "out", 1, page="/monster/99") == 404
    assert members(site) == [1, 2, 3, 4]


def test_the_watch_rings_for_it_and_running_it_again_changes_nothing(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = Workshop(site, monkeypatch)
    file_all(site, WHEELCHAIR[:3])
    with site.database.read() as session:
        area_id = session.scalars(select(Area.id).where(Area.code == "savsjo")).one()
    tasks.watch_area(area_id)
    assert ("group_reports", area_id) in shop.bells
    for _ in range(2):
        tasks.group_reports(area_id)
    assert (members(site), site.count(Cluster)) == ([1, 2, 3], 1)


def test_a_report_that_no_longer_counts_leaves_the_numbers(site: Site, desk: Visitor) -> None:
    with site.database.write() as session:
        session.get_one(Report, 1).state = ReportState.WITHDRAWN
    site.advance(days=1)
    group_reports(site)
    page = site.sign_in("coordinator").get(PAGE).text
    assert "3 rapporter från 2 personer" in page
    assert "LH-2026-0001" not in page


def test_storing_twice_changes_nothing_and_what_was_decided_meanwhile_stands(site: Site, desk: Visitor) -> None:
    file_all(site, [WHEELCHAIR[4]])
    with site.database.read() as session:
        seen = look(session, session.scalars(select(Area.id).where(Area.code == "savsjo")).one(), site.moment)
    assert seen is not None
    assert seen.found.joins == {6: 1}
    assert press(desk, "dissolve") == 303
    for _ in range(2):
        with site.database.write() as session:
            store(session, seen, site.moment)
    assert members(site) == [1, 2, 3, 4]
    assert site.count(ClusterLook) == 1
