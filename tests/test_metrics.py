"""/metrics: right figures from any process, for nobody but this machine or whoever has the token."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import select, update

from models import Outbox
from models.delivery import DeliveryState
from models.heartbeat import BACKUP, SWEEP, beat
from models.outbox import MAX_ATTEMPTS
from tests.site import TEXT, Site, address_of, open_site
from tests.test_utskick import order

TOKEN = "9f86d081884c7d659a2feaa0c55ad015"


def figures(site: Site, **options: Any) -> dict[tuple[str, ...], float]:
    """What is told: a figure's name and the values of its labels in the order of their names, with its number."""
    answer = site.visitor().get("/metrics", **options)
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain")
    families = text_string_to_metric_families(answer.text)
    return {(sample.name, *sample.labels.values()): sample.value for family in families for sample in family.samples}


def test_the_figures_are_those_of_the_database(site: Site) -> None:
    reporter = site.sign_in("reporter")
    reporter.file_report()
    site.advance(minutes=2)
    reporter.file_report()
    with site.database.write() as session:
        newest = session.scalars(select(Outbox.id).order_by(Outbox.id.desc())).first()
        session.execute(update(Outbox).where(Outbox.id == newest).values(attempts=MAX_ATTEMPTS))
        beat(session, SWEEP, site.moment)
        beat(session, BACKUP, site.moment)
    order(site, state=DeliveryState.QUEUED)
    site.advance(minutes=3)
    found = figures(site)
    assert found["lexheller_jobs", "waiting", "classify_report"] == 1
    assert found["lexheller_jobs", "stopped", "classify_report"] == 1
    assert found["lexheller_oldest_job_seconds", "classify_report"] == 300
    assert found["lexheller_oldest_job_seconds", "build_summary"] == 0
    assert found["lexheller_deliveries", "queued"] == 1
    assert found["lexheller_deliveries", "sent"] == 0
    assert found["lexheller_reports", "received"] == 2
    assert found["lexheller_heartbeat_age_seconds", "sweep"] == 180
    assert found["lexheller_heartbeat_age_seconds", "backup"] == 180
    assert found["lexheller_slices_uncounted",] == 1
    assert found["lexheller_disk_free_bytes",] > 0
    assert found["lexheller_info", site.app.extensions["lexheller"].settings.version] == 1


def test_nothing_that_points_to_a_person_is_told(site: Site) -> None:
    site.sign_in("reporter").file_report()
    order(site, state=DeliveryState.FAILED, fault="Adressen går inte att skicka till")
    told = site.visitor().get("/metrics").text
    for words in (TEXT, address_of("reporter"), "LH-2026", "Handläggare", "Savsjo", "Adressen", "hoglandet"):
        assert words not in told


@pytest.mark.parametrize(
    "options",
    [
        {"environ_base": {"REMOTE_ADDR": "192.0.2.7"}},
        {"headers": {"X-Forwarded-For": "127.0.0.1"}},
        {"headers": {"Forwarded": "for=127.0.0.1"}},
        {"headers": {"X-Real-IP": "127.0.0.1"}},
        {"headers": {"Host": "lexheller.example.org"}},
    ],
)
def test_from_elsewhere_or_through_a_proxy_there_is_no_such_page(site: Site, options: dict[str, Any]) -> None:
    assert site.visitor().get("/metrics", **options).status_code == 404


@pytest.fixture
def guarded(sqlite_site_url: str, tmp_path: Path) -> Iterator[Site]:
    with open_site(sqlite_site_url, tmp_path, metrics_token=TOKEN, proxies=1) as site:
        yield site


def test_the_token_opens_it_from_anywhere(guarded: Site) -> None:
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    assert figures(guarded, environ_base=elsewhere, headers={"Authorization": f"Bearer {TOKEN}"})


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer ", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", "Bearer é"])
def test_where_there_is_a_token_nothing_else_opens_it(guarded: Site, given: str) -> None:
    assert guarded.visitor().get("/metrics", headers={"Authorization": given}).status_code == 404
    assert guarded.visitor().get("/metrics").status_code == 404


def test_behind_a_proxy_without_a_token_it_is_closed(sqlite_site_url: str, tmp_path: Path) -> None:
    with open_site(sqlite_site_url, tmp_path, proxies=1) as site:
        assert site.visitor().get("/metrics").status_code == 404
