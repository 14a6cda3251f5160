"""Reports of the same event become one, count once, and can be parted again."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, update

from models import MonthPairCount, Report
from models.report import ReportState
from tests.desk import decide, moves, report_of, send
from tests.site import Site, Visitor


def merge(visitor: Visitor, site: Site, reference: str, into: str, status: int = 303) -> str:
    """Send the decision that a report is part of another one. Returns: the page that answers."""
    answer = decide(visitor, site, reference, destination="merge", merge_into=into)
    assert answer.status_code == status, answer.text
    return answer.text


def counted(site: Site) -> int:
    site.recount()
    with site.database.read() as session:
        return session.scalar(select(func.sum(MonthPairCount.reports))) or 0


def file_some(site: Site, count: int, **answers: str) -> list[str]:
    reporter = site.sign_in("reporter")
    return [reporter.file_report(**answers) for _ in range(count)]


def test_a_merged_report_is_not_counted_and_a_parted_one_is(site: Site) -> None:
    first, second = file_some(site, 2)
    coordinator = site.sign_in("coordinator")
    assert counted(site) == 2
    merge(coordinator, site, second, first.lower())
    assert counted(site) == 1
    report = report_of(site, second)
    assert (report.state, report.merged_into_id) == (ReportState.MERGED, report_of(site, first).id)
    page = coordinator.get(f"/granska/{second}").text
    assert f'<a href="/granska/{first}">{first}</a>' in page
    assert 'name="destination"' not in page
    send(coordinator, f"/granska/{second}", f"/granska/{second}/dela", version=report.version)
    report = report_of(site, second)
    assert (report.state, report.merged_into_id, counted(site)) == (ReportState.IN_REVIEW, None, 2)
    assert [state for state, _, _ in moves(site, second)] == ["in_review", "merged", "in_review"]


def test_the_reporter_is_told_without_the_number_of_the_other(site: Site) -> None:
    first, second = file_some(site, 2)
    merge(site.sign_in("coordinator"), site, second, first)
    page = site.sign_in("reporter").get(f"/mina-rapporter/{second}").text
    assert "Rapporten räknas ihop med en annan om samma sak" in page
    assert first not in page


def test_what_was_merged_before_moves_along_so_that_no_chain_grows(site: Site) -> None:
    first, second, third, fourth = file_some(site, 4)
    coordinator = site.sign_in("coordinator")
    merge(coordinator, site, third, second)
    merge(coordinator, site, second, first)
    merge(coordinator, site, fourth, third)  # which is part of the first by now
    main = report_of(site, first).id
    assert {report_of(site, reference).merged_into_id for reference in (second, third, fourth)} == {main}
    assert counted(site) == 1


@pytest.mark.parametrize("steps", [1, 2])
def test_no_report_is_merged_in_a_circle(site: Site, steps: int) -> None:
    first, second, third = file_some(site, 3)
    coordinator = site.sign_in("coordinator")
    merge(coordinator, site, second, first)
    if steps == 2:
        merge(coordinator, site, third, second)
    last = second if steps == 1 else third
    page = merge(coordinator, site, first, last, status=422)
    assert f"{last} ingår redan i den här rapporten" in page
    assert (report_of(site, first).state, report_of(site, first).merged_into_id) == (ReportState.RECEIVED, None)
    assert moves(site, first) == []


def test_no_report_is_merged_with_itself_or_with_one_that_is_not_there(site: Site) -> None:
    (reference,) = file_some(site, 1)
    coordinator = site.sign_in("coordinator")
    assert "kan inte slås samman med sig själv" in merge(coordinator, site, reference, reference, status=422)
    assert "Det finns ingen sådan rapport" in merge(coordinator, site, reference, "LH-2026-9999", status=422)
    assert report_of(site, reference).version == 1


def test_a_report_of_another_area_is_refused_though_it_is_mine_too(site: Site) -> None:
    (near,) = file_some(site, 1)
    (far,) = file_some(site, 1, area="aneby")
    page = merge(site.sign_in("coordinator"), site, near, far, status=422)
    assert "Det finns ingen sådan rapport i samma kommunområde" in page
    assert report_of(site, near).merged_into_id is None


def test_a_report_of_another_federation_is_refused(site: Site) -> None:
    (near,) = file_some(site, 1)
    far_reporter = site.sign_in("far-reporter")
    for _ in range(2):
        far = far_reporter.file_report(area="habo")
    assert "Det finns ingen sådan rapport" in merge(site.sign_in("coordinator"), site, near, far, status=422)


def test_nothing_is_merged_into_a_report_that_was_taken_back(site: Site) -> None:
    first, second = file_some(site, 2)
    with site.database.write() as session:
        session.execute(update(Report).where(Report.reference == first).values(state=ReportState.WITHDRAWN))
    assert "är återtagen" in merge(site.sign_in("coordinator"), site, second, first, status=422)


def test_what_failed_and_what_worked_are_not_merged(site: Site) -> None:
    (failed,), (worked,) = file_some(site, 1), file_some(site, 1, kind="good")
    coordinator = site.sign_in("coordinator")
    for report, into in ((failed, worked), (worked, failed)):
        page = merge(coordinator, site, report, into, status=422)
        assert f"{into} är av ett annat slag" in page
        assert report_of(site, report).merged_into_id is None
    assert counted(site) == 1


ENDS = (
    ("refer", {"referred_to": "Regionens egen rutin", "refer_reason": "Gäller bara kommun och region"}, "hänvisad"),
    ("no_forum", {"reason": "Löst på telefon"}, "avslutad"),
)


@pytest.mark.parametrize(("destination", "reasons", "label"), ENDS)
@pytest.mark.parametrize("through", [False, True])
def test_nothing_is_merged_into_what_ended_without_an_answer(
    site: Site, destination: str, reasons: dict[str, str], label: str, through: bool
) -> None:
    main, part, late = file_some(site, 3)
    coordinator = site.sign_in("coordinator")
    merge(coordinator, site, part, main)
    decide(coordinator, site, main, destination=destination, **reasons)
    page = merge(coordinator, site, late, part if through else main, status=422)
    assert f"{main} är {label} utan svar. Öppna den igen först" in page
    assert report_of(site, late).state is ReportState.RECEIVED
    decide(coordinator, site, main, destination="party")
    merge(coordinator, site, late, main)


def test_one_may_be_merged_into_what_has_been_answered(site: Site) -> None:
    main, late = file_some(site, 2)
    with site.database.write() as session:
        answered = {"state": ReportState.ANSWERED, "answered_at": site.moment}
        session.execute(update(Report).where(Report.reference == main).values(**answered))
    merge(site.sign_in("coordinator"), site, late, main)
    assert report_of(site, late).merged_into_id == report_of(site, main).id


def test_when_the_main_report_is_taken_back_its_parts_stand_for_themselves_again(site: Site) -> None:
    first, second = file_some(site, 2)
    merge(site.sign_in("coordinator"), site, second, first)
    page = f"/mina-rapporter/{first}"
    send(site.sign_in("reporter"), page, f"{page}/ta-tillbaka", withdrawal="Det var ett missförstånd")
    report = report_of(site, second)
    assert (report.state, report.merged_into_id) == (ReportState.IN_REVIEW, None)
    assert counted(site) == 1


def test_only_a_merged_report_can_be_parted(site: Site) -> None:
    (reference,) = file_some(site, 1)
    coordinator = site.sign_in("coordinator")
    send(coordinator, f"/granska/{reference}", f"/granska/{reference}/dela", version=1)
    assert "Rapporten är inte sammanslagen" in coordinator.get("/granska").text
    assert report_of(site, reference).state is ReportState.RECEIVED
