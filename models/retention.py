"""How long things are kept (gallring): rules that somebody has decided, and stops that hold a report back."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Select, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, word_column
from models.organisation import Party
from models.report import Report
from schemas.retention import RecordKind as RecordKind


class RetentionRule(Base):
    """After how many years something may go, for one party or, where `party_id` is empty, for all. `decision` is the
    number of the decision that says so. A rule is never changed: it is ended, and another is made."""

    __tablename__ = "retention_rule"
    id: Mapped[int] = mapped_column(primary_key=True)
    federation_id: Mapped[int] = mapped_column(ForeignKey("federation.id"), index=True)
    kind: Mapped[RecordKind] = mapped_column(word_column(RecordKind))
    party_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))
    years: Mapped[int]
    decision: Mapped[str] = mapped_column(String(60))
    decided_on: Mapped[date]
    decided_by: Mapped[str] = mapped_column(String(120))
    made_at: Mapped[datetime]
    made_as: Mapped[str] = mapped_column(String(200))
    ended_at: Mapped[datetime | None]
    ended_as: Mapped[str] = mapped_column(String(200), default="")
    party: Mapped[Party | None] = relationship()


class RetentionStop(Base):
    """Holds one report back from disposal until it is lifted."""

    __tablename__ = "retention_stop"
    id: Mapped[int] = mapped_column(primary_key=True)
    federation_id: Mapped[int] = mapped_column(ForeignKey("federation.id"), index=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), index=True)
    reason: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime]
    made_as: Mapped[str] = mapped_column(String(200))
    ended_at: Mapped[datetime | None]
    ended_as: Mapped[str] = mapped_column(String(200), default="")
    report: Mapped[Report] = relationship()


def rules_of(federation_id: int) -> Select[RetentionRule]:
    """The rules of a federation: those that hold first, then the ended ones."""
    query = select(RetentionRule).where(RetentionRule.federation_id == federation_id)
    return query.order_by(RetentionRule.ended_at.is_not(None), RetentionRule.id)


def standing_rules(federation_id: int) -> Select[RetentionRule]:
    return rules_of(federation_id).where(RetentionRule.ended_at.is_(None))


def overlaps(rule: RetentionRule, kind: RecordKind, party_id: int | None) -> bool:
    """Whether a rule already speaks of the same things: of one kind, and of a party that both name."""
    return rule.kind is kind and (rule.party_id is None or party_id is None or rule.party_id == party_id)
