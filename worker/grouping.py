"""Looking through the texts of one area for clusters: compute first, then store what nobody decided otherwise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.cluster import COUNTED, Cluster, ClusterLook, ClusterMember, settle
from models.organisation import Area
from models.report import Report
from schemas.cluster import Telling
from schemas.months import add_months, local_date
from worker.clustering import Grouping, Standing, group, rarity

MONTHS = 24  # How far back texts are compared.
MOST = 4_000  # The newest texts of an area that are compared; an area has tens or hundreds in that time.


@dataclass(frozen=True)
class Look:
    """What was found in one area. `newest` is the last report that there was."""

    area_id: int
    newest: int
    found: Grouping
    rarity: Mapping[str, float]


def look(session: Session, area_id: int, now: datetime) -> Look | None:
    """Compare the texts of an area. None where no report is new and the day is the same as at the last look."""
    newest = session.scalar(select(func.max(Report.id)).where(Report.area_id == area_id)) or 0
    last = session.get(ClusterLook, area_id)
    if last is not None and last.newest == newest and local_date(last.looked_at) == local_date(now):
        return None
    tellings = _tellings(session, area_id, now)
    found = group(tellings, standing(session, area_id))
    return Look(area_id, newest, found, rarity([telling.text for telling in tellings]))


def _tellings(session: Session, area_id: int, now: datetime) -> list[Telling]:
    since = add_months(local_date(now).replace(day=1), -MONTHS)
    query = select(Report.id, Report.reporter_id, Report.month, Report.description)
    query = query.where(Report.area_id == area_id, Report.month >= since, *COUNTED)
    return [Telling(*row) for row in session.execute(query.order_by(Report.id.desc()).limit(MOST))]


def standing(session: Session, area_id: int) -> Standing:
    """What machines and people have made of an area so far."""
    query = select(ClusterMember, Cluster.dissolved_at).join(Cluster, Cluster.id == ClusterMember.cluster_id)
    found: tuple[dict[int, list[int]], ...] = (defaultdict(list), defaultdict(list))
    taken_out: dict[int, set[int]] = defaultdict(set)
    for member, dissolved_at in session.execute(query.where(Cluster.area_id == area_id)):
        if member.out_at is not None:
            taken_out[member.report_id].add(member.cluster_id)
        else:
            found[dissolved_at is not None][member.cluster_id].append(member.report_id)
    return Standing(found[False], found[True], taken_out)


def store(session: Session, seen: Look, now: datetime) -> None:
    """Store what was found. What a person has decided since the look began stands. Twice changes nothing."""
    session.get_one(Area, seen.area_id, with_for_update=True)
    before = standing(session, seen.area_id)
    placed = {report for reports in before.clusters.values() for report in reports}
    joins = {report: cluster for report, cluster in seen.found.joins.items() if cluster in before.clusters}
    like = {report: cluster for report, cluster in seen.found.like_dissolved.items() if cluster in before.dissolved}
    for report, cluster in (joins | like).items():
        if report not in placed and cluster not in before.taken_out.get(report, ()):
            _add(session, cluster, [report], now)
    for reports in seen.found.new:
        if not placed.intersection(reports):
            cluster_row = Cluster(area_id=seen.area_id, made_at=now)
            session.add(cluster_row)
            session.flush()
            _add(session, cluster_row.id, reports, now)
    session.flush()
    for row in session.scalars(select(Cluster).where(Cluster.area_id == seen.area_id).order_by(Cluster.id)):
        settle(session, row, local_date(now), seen.rarity)
    session.merge(ClusterLook(area_id=seen.area_id, looked_at=now, newest=seen.newest))


def _add(session: Session, cluster_id: int, reports: Iterable[int], now: datetime) -> None:
    for report in reports:
        if session.get(ClusterMember, (cluster_id, report)) is None:
            session.add(ClusterMember(cluster_id=cluster_id, report_id=report, joined_at=now))
