"""/metrics: figures for Prometheus, asked of the database at each scrape, so that any number of web processes say the
same. Numbers and codes only: nothing that points to a person, and nothing that somebody wrote.

They are exact, also where they are small, so they are closed: without a token only this machine may ask.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, request
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from models.delivery import Delivery, DeliveryState
from models.operations import by_state, heartbeats, steps, uncounted
from models.report import Report, ReportState
from models.summary import Summary, SummaryState
from webapp.disk import free_bytes
from webapp.requests import now, parts, reading
from webapp.wall import FIGURES, opened

blueprint = Blueprint("metrics", __name__)
# A proxy on this machine asks from this machine too. It says so in one of these.
BY_PROXY = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP")


@blueprint.get("/metrics")
def show() -> Response:
    if not (_has_token() if parts().settings.metrics_token else _is_local()):
        abort(404)
    registry = CollectorRegistry()
    registry.register(Figures())
    with opened(reading(), FIGURES):
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _has_token() -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
    return hmac.compare_digest(given, parts().settings.metrics_token.encode())


def _is_local() -> bool:
    """Asked for on this machine, by a name of this machine, with nothing in between."""
    if parts().settings.production or parts().settings.proxies or any(name in request.headers for name in BY_PROXY):
        return False
    return _loops_back(request.remote_addr or "") and _loops_back(urlsplit(request.host_url).hostname or "")


def _loops_back(name: str) -> bool:
    try:
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False


class Figures(Collector):
    """What is asked at a scrape. Each figure is one query that reads an index or a short table."""

    def collect(self) -> Iterator[Metric]:
        yield from self._outbox()
        yield self._states("deliveries", "Mails by state", by_state(reading(), Delivery.state, DeliveryState))
        yield self._states("summaries", "Summaries by state", by_state(reading(), Summary.state, SummaryState))
        yield self._states("reports", "Reports by state", by_state(reading(), Report.state, ReportState))
        yield GaugeMetricFamily("lexheller_slices_uncounted", "Areas and months to recount", uncounted(reading()))
        yield self._signs_of_life()
        yield GaugeMetricFamily("lexheller_disk_free_bytes", "Free disk", free_bytes(parts().settings.home))
        yield InfoMetricFamily("lexheller", "What runs here", {"version": parts().settings.version})

    def _outbox(self) -> Iterator[GaugeMetricFamily]:
        jobs = GaugeMetricFamily("lexheller_jobs", "Jobs by step and state", labels=["step", "state"])
        oldest = GaugeMetricFamily("lexheller_oldest_job_seconds", "Age of the oldest waiting job", labels=["step"])
        for step in steps(reading()):
            jobs.add_metric([step.task.value, "waiting"], step.waiting)
            jobs.add_metric([step.task.value, "stopped"], step.stopped)
            age = (now() - step.oldest).total_seconds() if step.oldest else 0
            oldest.add_metric([step.task.value], max(0, age))
        yield jobs
        yield oldest

    def _states(self, name: str, words: str, numbers: Mapping[Any, int]) -> GaugeMetricFamily:
        family = GaugeMetricFamily(f"lexheller_{name}", words, labels=["state"])
        for state, number in numbers.items():
            family.add_metric([str(state)], number)
        return family

    def _signs_of_life(self) -> GaugeMetricFamily:
        """Seconds since each part was last at work, the last backup among them."""
        family = GaugeMetricFamily("lexheller_heartbeat_age_seconds", "Time since a sign of life", labels=["name"])
        for name, seen in heartbeats(reading()).items():
            family.add_metric([name], (now() - seen).total_seconds())
        return family
