"""What may be published: answered, paraphrased and told by enough people, by the area's own coordinator."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from models import Publication, Report
from models.report import ReportKind, ReportState
from tests.answered import add_alike, answer, publish, ready
from tests.desk import report_of
from tests.site import Site

__all__ = ["ready"]  # a fixture


@pytest.mark.parametrize(
    ("count", "people", "facts", "why"),
    [
        (4, 3, {}, "Färre än 5 rapporter från minst 3 personer"),
        (6, 2, {}, "Färre än 5 rapporter från minst 3 personer"),
        (5, 3, {"state": ReportState.MERGED}, "Färre än 5 rapporter"),
        (5, 3, {"kind": ReportKind.GOOD}, "Bara avvikelser publiceras"),
        (5, 3, {"may_paraphrase": False}, "Rapportören har inte gått med på"),
        (5, 3, {"paraphrase": ""}, "Det finns ingen omskrivning"),
        (5, 3, {"category": "unassessed"}, "Rapporten har ingen kategori"),
        (5, 3, {"days_ago": 400.0}, "Rapporten är äldre än ett år"),
    ],
)
def test_what_the_rule_forbids_is_not_published(site: Site, count: int, people: int, facts: Any, why: str) -> None:
    references = add_alike(site, count, people, **facts)
    reference = references[0]
    with site.database.write() as session:  # whatever the others are, this one can be answered
        session.execute(update(Report).where(Report.reference == reference).values(state=ReportState.IN_REVIEW))
    coordinator = site.sign_in("coordinator")
    answer(coordinator, site, reference)
    page = coordinator.get(f"/granska/{reference}/svar").text
    assert why in page
    assert "Publicera omskrivningen" not in page
    refused = publish(coordinator, site, reference)
    assert refused.status_code == 422
    assert why in refused.text
    assert site.count(Publication) == 0


def test_an_answer_must_be_there_first(site: Site) -> None:
    reference = add_alike(site, 5, 3)[0]
    assert publish(site.sign_in("coordinator"), site, reference).status_code == 422
    assert site.count(Publication) == 0


@pytest.mark.parametrize(("here", "elsewhere", "told"), [(5, 0, True), (4, 3, False)])
def test_the_area_is_told_only_where_it_alone_has_enough(site: Site, here: int, elsewhere: int, told: bool) -> None:
    reference = add_alike(site, here, 3)[0]
    add_alike(site, elsewhere, 3, area="nassjo") if elsewhere else None
    coordinator = site.sign_in("coordinator")
    answer(coordinator, site, reference)
    assert publish(coordinator, site, reference).status_code == 303
    assert ("Sävsjö" in site.visitor().get("/besvarade").text) == told
    assert ("Sävsjö" in site.visitor().get("/besvarade.csv").text) == told


def test_publishing_what_a_colleague_has_just_changed_is_refused(site: Site, ready: str) -> None:
    coordinator = site.sign_in("coordinator")
    assert publish(coordinator, site, ready, version=report_of(site, ready).version - 1).status_code == 409
    assert site.count(Publication) == 0


def test_publishing_is_for_the_areas_own_coordinator(site: Site, ready: str) -> None:
    for name in ("neighbour", "far-coordinator", "reporter", "administrator"):
        visitor = site.sign_in(name)
        form = {"version": report_of(site, ready).version, **visitor.tokens("/om")}
        for way in ("publicera", "ta-bort"):
            assert visitor.post(f"/granska/{ready}/svar/{way}", data=form).status_code == 404
    assert site.count(Publication) == 0
