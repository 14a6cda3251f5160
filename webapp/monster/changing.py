"""What people do to a cluster. The machine never undoes any of it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cluster import Cluster, ClusterMember, settle
from models.organisation import Area
from schemas.months import local_date


def take(session: Session, cluster_id: int, area_ids: Collection[int]) -> Cluster | None:
    """A cluster of some areas, to be changed. Whoever else changes clusters of its area waits, the worker too."""
    found = session.scalars(
        select(Cluster).where(Cluster.id == cluster_id, Cluster.area_id.in_(area_ids))
    ).one_or_none()
    if found is not None:
        session.get_one(Area, found.area_id, with_for_update=True)
        session.refresh(found)
    return found


def take_out(session: Session, cluster: Cluster, reports: Collection[int], by: str, now: datetime) -> int:
    """Take reports out of a cluster. They never come back to it by themselves. Returns: how many there were."""
    own = _members(session, cluster, reports, out=False)
    for member in own:
        member.out_at, member.out_by = now, by
    _settle(session, cluster, now)
    return len(own)


def put_back(session: Session, cluster: Cluster, reports: Collection[int], now: datetime) -> int:
    """Let reports that were taken out be part of the cluster again, and of no other one."""
    own = _members(session, cluster, reports, out=True)
    for member in own:
        _leave_others(session, cluster, member.report_id, now)
        member.out_at, member.out_by = None, ""
    _settle(session, cluster, now)
    return len(own)


def split(session: Session, cluster: Cluster, reports: Collection[int], by: str, now: datetime) -> Cluster | None:
    """Make a cluster of its own of some of the reports. None where fewer than two, or all, would move."""
    own = _members(session, cluster, reports, out=False)
    if len(own) < 2 or len(own) == len(_members(session, cluster, None, out=False)):
        return None
    made = Cluster(area_id=cluster.area_id, rarity=cluster.rarity, made_at=now, made_by=by)
    session.add(made)
    session.flush()
    for member in own:
        session.add(ClusterMember(cluster_id=made.id, report_id=member.report_id, joined_at=now))
    take_out(session, cluster, [member.report_id for member in own], by, now)
    _settle(session, made, now)
    return made


def dissolve(cluster: Cluster, by: str, now: datetime) -> None:
    """It is no pattern. Its reports stay with it, so that the machine does not make the same one again."""
    cluster.dissolved_at, cluster.dissolved_by = now, by


def restore(session: Session, cluster: Cluster, now: datetime) -> None:
    """Take a dissolution back. Reports that stand elsewhere by now stay there."""
    for member in _members(session, cluster, None, out=False):
        if _elsewhere(session, cluster, member.report_id):
            member.out_at = now
    cluster.dissolved_at, cluster.dissolved_by = None, ""
    _settle(session, cluster, now)


def _members(session: Session, cluster: Cluster, reports: Collection[int] | None, *, out: bool) -> list[ClusterMember]:
    query = select(ClusterMember).where(ClusterMember.cluster_id == cluster.id)
    query = query.where(ClusterMember.out_at.is_not(None) if out else ClusterMember.out_at.is_(None))
    query = query if reports is None else query.where(ClusterMember.report_id.in_(reports))
    return list(session.scalars(query.order_by(ClusterMember.report_id)))


def _elsewhere(session: Session, cluster: Cluster, report_id: int) -> list[ClusterMember]:
    """Where else a report stands, in clusters that nobody dissolved."""
    query = select(ClusterMember).join(Cluster, Cluster.id == ClusterMember.cluster_id)
    here = (ClusterMember.report_id == report_id, ClusterMember.cluster_id != cluster.id)
    return list(session.scalars(query.where(*here, ClusterMember.out_at.is_(None), Cluster.dissolved_at.is_(None))))


def _leave_others(session: Session, cluster: Cluster, report_id: int, now: datetime) -> None:
    for member in _elsewhere(session, cluster, report_id):
        member.out_at = now
        session.flush()
        _settle(session, session.get_one(Cluster, member.cluster_id), now)


def _settle(session: Session, cluster: Cluster, now: datetime) -> None:
    session.flush()
    settle(session, cluster, local_date(now))
