"""Clusters (mönster): reports of one area that tell of the same problem, found in their texts, kept over months.

The machine adds reports and never takes one away; people take out, split and dissolve, and what they decided stands.
Only coordinators of the area see clusters: their names are made of words of the reports themselves.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, Select, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models.base import Base
from models.organisation import Area
from models.report import UNCOUNTED, Report, ReportKind
from schemas.cluster import KEPT, Telling, portrait
from schemas.months import last_months
from schemas.retention import DISPOSED

TREND = 12  # months


class Cluster(Base):
    """`name`, `words`, the counts and `months` (reports of the last twelve months, oldest first) are prepared, so
    that pages read rows. `rarity` tells by stem how much its being shared tells, as when the worker looked last.
    A dissolved cluster keeps its reports, so that the machine does not put them together again."""

    __tablename__ = "cluster"
    __table_args__ = (Index("ix_cluster_area_dissolved", "area_id", "dissolved_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    name: Mapped[str] = mapped_column(String(200), default="")
    words: Mapped[list[tuple[str, int]]] = mapped_column(JSON, default=list)
    rarity: Mapped[dict[str, float]] = mapped_column(JSON, default=dict)
    reports: Mapped[int] = mapped_column(default=0)
    reporters: Mapped[int] = mapped_column(default=0)
    months: Mapped[list[int]] = mapped_column(JSON, default=list)
    since: Mapped[date | None]
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(200), default="")
    dissolved_at: Mapped[datetime | None]
    dissolved_by: Mapped[str] = mapped_column(String(200), default="")
    area: Mapped[Area] = relationship()


class ClusterMember(Base):
    """A report in a cluster, or one that a person took out of it (`out_at`) and that never returns by itself."""

    __tablename__ = "cluster_member"
    cluster_id: Mapped[int] = mapped_column(ForeignKey("cluster.id", ondelete="CASCADE"), primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), primary_key=True, index=True)
    joined_at: Mapped[datetime]
    out_at: Mapped[datetime | None]
    out_by: Mapped[str] = mapped_column(String(200), default="")


class ClusterLook(Base):
    """When the texts of an area were last looked through, and the newest report there was then."""

    __tablename__ = "cluster_look"
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), primary_key=True)
    looked_at: Mapped[datetime]
    newest: Mapped[int]


COUNTED = (Report.kind == ReportKind.DEVIATION, Report.state.not_in(UNCOUNTED), Report.description != DISPOSED)


def open_clusters(area_ids: Collection[int]) -> Select[Cluster]:
    """The clusters of some areas that stand, those with most reports lately first."""
    standing = (Cluster.dissolved_at.is_(None), Cluster.reports >= KEPT, Cluster.name != "")
    query = select(Cluster).where(Cluster.area_id.in_(area_ids), *standing)
    return query.order_by(Cluster.reports.desc(), Cluster.id)


def dissolved_clusters(area_ids: Collection[int]) -> Select[Cluster]:
    """Those that people dissolved, the last first."""
    query = select(Cluster).where(Cluster.area_id.in_(area_ids), Cluster.dissolved_at.is_not(None))
    return query.order_by(Cluster.dissolved_at.desc(), Cluster.id)


def cluster_of(session: Session, report: Report) -> Cluster | None:
    """The cluster that a report stands in, where others stand beside it."""
    mine = select(ClusterMember.cluster_id).where(ClusterMember.report_id == report.id, ClusterMember.out_at.is_(None))
    return session.scalars(open_clusters([report.area_id]).where(Cluster.id.in_(mine))).first()


def reports_of(cluster_id: int, *, out: bool = False) -> Select[Report]:
    """The reports of a cluster that count, newest first; or those that were taken out of it."""
    here = ClusterMember.out_at.is_not(None) if out else ClusterMember.out_at.is_(None)
    query = select(Report).join(ClusterMember, ClusterMember.report_id == Report.id)
    return query.where(ClusterMember.cluster_id == cluster_id, here, *COUNTED).order_by(
        Report.received_at.desc(), Report.id.desc()
    )


def settle(session: Session, cluster: Cluster, today: date, rarity: Mapping[str, float] | None = None) -> None:
    """Write down what is told of a cluster, after its reports have changed or time has gone on.

    Arguments: today - in Sweden; rarity - as the worker has found it now, else the former one holds.
    """
    own = session.scalars(reports_of(cluster.id)).all()
    tellings = [Telling(report.id, report.reporter_id, report.month, report.description) for report in own]
    found = portrait(tellings, cluster.rarity if rarity is None else rarity, cluster.name)
    cluster.name, cluster.words = found.name[:200], found.words
    cluster.reports, cluster.reporters, cluster.since = found.reports, found.reporters, found.since
    months = last_months(today.replace(day=1), TREND)
    cluster.months = [sum(telling.month == month for telling in tellings) for month in months]
    if rarity is not None:
        stems = {stem for telling in tellings for stem in telling.stems}
        cluster.rarity = {stem: round(rarity[stem], 3) for stem in sorted(stems & rarity.keys())}
