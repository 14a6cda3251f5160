"""Answered deviations that are open to all: paraphrased, without day, unit and person."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Select, String, func, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from models.base import Base, word_column
from models.organisation import Area, Federation, Party, Unit
from models.report import UNCOUNTED, Report, ReportKind
from schemas.months import add_months
from schemas.words import ActionKind


class Publication(Base):
    """What was published, frozen: what is judged anew later was not weighed against the disclosure rule.
    `area_id` is empty where too few reports of the area alone say the same."""

    __tablename__ = "publication"
    __table_args__ = (Index("ix_publication_federation_month", "federation_id", "month"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    answer_id: Mapped[int] = mapped_column(ForeignKey("answer.id", ondelete="CASCADE"), unique=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), index=True)
    federation_id: Mapped[int] = mapped_column(ForeignKey("federation.id"))
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    category: Mapped[str] = mapped_column(String(32))
    month: Mapped[date]
    paraphrase: Mapped[str] = mapped_column(String(200))
    cause: Mapped[str] = mapped_column(String(500))
    action: Mapped[str] = mapped_column(String(500))
    action_kind: Mapped[ActionKind] = mapped_column(word_column(ActionKind))
    consequence: Mapped[str] = mapped_column(String(500))
    follow_up: Mapped[str] = mapped_column(String(500))
    is_example: Mapped[bool]
    published_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    federation: Mapped[Federation] = relationship()
    area: Mapped[Area | None] = relationship()
    party: Mapped[Party] = relationship()
    report: Mapped[Report] = relationship()


def open_publications(federation_id: int | None = None) -> Select[Publication]:
    """What stands on the open page, newest month first. A paraphrase that was changed or taken back since, and a
    report that no longer stands for an event, take it off the page at once.

    Arguments: federation_id - left out for all federations.
    """
    released = (Report.paraphrase_released_at.is_not(None), Report.may_paraphrase, Report.state.not_in(UNCOUNTED))
    query = select(Publication).join(Publication.report).where(Publication.withdrawn_at.is_(None), *released)
    if federation_id is not None:
        query = query.where(Publication.federation_id == federation_id)
    nearby = (joinedload(Publication.federation), joinedload(Publication.area), joinedload(Publication.party))
    return query.options(*nearby).order_by(Publication.month.desc(), Publication.id.desc())


def alike_in_a_year(session: Session, report: Report, month: date, area_id: int | None = None) -> tuple[int, int]:
    """(reports, people behind them) about the same party and category in the twelve months that end with `month`.

    Arguments: area_id - only in this area; in the whole federation when left out.
    """
    same = select(Unit.id).where(Unit.party_id == report.about_unit.party_id)
    counted = (Report.kind == ReportKind.DEVIATION, Report.state.not_in(UNCOUNTED))
    year = Report.month.between(add_months(month, -11), month)
    here = [Report.federation_id == report.federation_id, Report.category == report.category, year, *counted]
    here += [Report.area_id == area_id] if area_id is not None else []
    people = func.count(Report.reporter_id.distinct())
    found, reporters = session.execute(
        select(func.count(), people).select_from(Report).where(Report.about_unit_id.in_(same), *here)
    ).one()
    return found, reporters
