"""Handing out (utlämnande) of public records: what was asked, which reports, what is masked, and the decision.

Who asked is never written down: nobody may be made to tell (tryckfrihetsförordningen 2 kap. 18 §). A mask is a place
in a text and a ground, never the words themselves; what was decided is frozen without them.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, Select, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, word_column
from models.organisation import Area
from models.report import Report
from models.user import Role, Scope
from schemas.handout import HandoutState as HandoutState
from schemas.handout import Verdict as Verdict


class Handout(Base):
    """`subject` is what was asked for, in the coordinator's words; `letter` the frozen decision with its copies."""

    __tablename__ = "handout"
    id: Mapped[int] = mapped_column(primary_key=True)
    federation_id: Mapped[int] = mapped_column(ForeignKey("federation.id"), index=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    asked_on: Mapped[date]
    subject: Mapped[str] = mapped_column(String(300))
    state: Mapped[HandoutState] = mapped_column(word_column(HandoutState), default=HandoutState.OPEN)
    made_at: Mapped[datetime]
    made_as: Mapped[str] = mapped_column(String(200))
    verdict: Mapped[Verdict | None] = mapped_column(word_column(Verdict))
    decided_at: Mapped[datetime | None]
    decided_as: Mapped[str] = mapped_column(String(200), default="")
    letter: Mapped[dict[str, Any] | None] = mapped_column(JSON, deferred=True)
    letter_sha256: Mapped[str | None] = mapped_column(String(64))
    pdf: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    pdf_sha256: Mapped[str | None] = mapped_column(String(64))
    area: Mapped[Area] = relationship()
    copies: Mapped[list[HandoutCopy]] = relationship(
        back_populates="handout", cascade="all, delete-orphan", order_by="HandoutCopy.id"
    )

    @property
    def reference(self) -> str:
        """The number that people know it by, such as `UT-2026-0003`."""
        return f"UT-{self.asked_on.year}-{self.id:04d}"


class HandoutCopy(Base):
    """One report of a handout. `masks` are field, start, end and ground of each; `mark` is a sum of the texts that
    they were set on, so that a text which has changed since is noticed."""

    __tablename__ = "handout_copy"
    __table_args__ = (UniqueConstraint("handout_id", "report_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    federation_id: Mapped[int] = mapped_column(ForeignKey("federation.id"), index=True)
    handout_id: Mapped[int] = mapped_column(ForeignKey("handout.id", ondelete="CASCADE"))
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), index=True)
    masks: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    mark: Mapped[str] = mapped_column(String(64))
    handout: Mapped[Handout] = relationship(back_populates="copies")
    report: Mapped[Report] = relationship()


def area_handouts(scope: Scope) -> Select[Handout]:
    """The handouts of a coordinator's areas, newest first; for every other role, none."""
    areas = scope.area_ids if scope.role is Role.COORDINATOR else frozenset[int]()
    here = (Handout.federation_id == scope.federation_id, Handout.area_id.in_(areas))
    return select(Handout).where(*here).order_by(Handout.id.desc())
