"""A report (inlämnad avvikelse) and the words of its form."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    Select,
    String,
    Text,
    UniqueConstraint,
    bindparam,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models.base import Base, insert_into, word_column
from models.organisation import Area, Unit
from models.post import Post
from models.user import Role, Scope, User
from schemas.words import (
    UNASSESSED as UNASSESSED,
)
from schemas.words import (
    UNCOUNTED as UNCOUNTED,
)
from schemas.words import (
    Consequence as Consequence,
)
from schemas.words import (
    Level as Level,
)
from schemas.words import (
    Occurred as Occurred,
)
from schemas.words import (
    RaisedDirectly as RaisedDirectly,
)
from schemas.words import (
    Recurrence as Recurrence,
)
from schemas.words import (
    ReportKind as ReportKind,
)
from schemas.words import (
    ReportState as ReportState,
)

LONGEST_EXCERPT = 70  # characters
# What somebody still waits for an answer to. Written out, so that the databases see that a query and the partial
# index speak of the same rows: with bound values they could not.
UNANSWERED = text("answered_at IS NULL AND state NOT IN ('answered', 'closed', 'referred', 'merged', 'withdrawn')")
# The same for what nobody has reviewed.
UNREVIEWED = text("state = 'received'")


class Report(Base):
    """What a caseworker filed. `month` is the month, in Sweden, when it was received;
    `category` is the one that counts now: a person's decision, else the machine's suggestion.
    `receiver_id` is the post that has it; the two due days are promises made when it was received.
    `version` rises with every change by a person, so that two who work on one report notice each other."""

    __tablename__ = "report"
    __table_args__ = (
        UniqueConstraint("form_key"),
        UniqueConstraint("federation_id", "reference"),
        CheckConstraint("length(description) <= 1500", name="description_length"),
        Index("ix_report_area_received", "area_id", "received_at"),
        Index("ix_report_area_month", "area_id", "month"),
        Index("ix_report_area_state", "area_id", "state", "received_at"),
        Index("ix_report_area_category", "area_id", "category", "received_at"),
        Index("ix_report_area_pair", "area_id", "from_unit_id", "about_unit_id", "received_at"),
        Index("ix_report_federation_received", "federation_id", "received_at"),
        Index("ix_report_receiver_state", "receiver_id", "state", "received_at"),
        Index("ix_report_reporter", "reporter_id", "received_at"),
        Index("ix_report_unanswered", "area_id", "answer_due_on", sqlite_where=UNANSWERED, postgresql_where=UNANSWERED),
        Index("ix_report_unreviewed", "area_id", "review_due_on", sqlite_where=UNREVIEWED, postgresql_where=UNREVIEWED),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    federation_id: Mapped[int] = mapped_column(ForeignKey("federation.id"))
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    reporter_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    from_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    about_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    form_key: Mapped[str] = mapped_column(String(64))
    reference: Mapped[str] = mapped_column(String(20))
    received_at: Mapped[datetime]
    month: Mapped[date]
    state: Mapped[ReportState] = mapped_column(word_column(ReportState), default=ReportState.RECEIVED)
    category: Mapped[str] = mapped_column(String(32), default=UNASSESSED)
    classified_at: Mapped[datetime | None]
    description: Mapped[str] = mapped_column(Text)
    counterpart_other: Mapped[str] = mapped_column(String(120), default="")
    other_units: Mapped[list[int]] = mapped_column(JSON, default=list)
    occurred: Mapped[Occurred] = mapped_column(word_column(Occurred))
    occurred_on: Mapped[date | None]
    consequences: Mapped[list[str]] = mapped_column(JSON, default=list)
    recurrence: Mapped[Recurrence | None] = mapped_column(word_column(Recurrence))
    reporter_category: Mapped[str | None] = mapped_column(String(32))
    raised_directly: Mapped[RaisedDirectly | None] = mapped_column(word_column(RaisedDirectly))
    suggestion: Mapped[str] = mapped_column(String(500), default="")
    feedback_email: Mapped[str | None] = mapped_column(String(254))
    may_paraphrase: Mapped[bool] = mapped_column(default=False)
    is_example: Mapped[bool] = mapped_column(default=False)
    kind: Mapped[ReportKind] = mapped_column(word_column(ReportKind), default=ReportKind.DEVIATION)
    receiver_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    advice: Mapped[str] = mapped_column(String(300), default="")
    review_due_on: Mapped[date | None]
    answer_due_on: Mapped[date | None]
    reviewed_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    close_reason: Mapped[str] = mapped_column(String(300), default="")
    referred_to: Mapped[str] = mapped_column(String(200), default="")
    level: Mapped[Level | None] = mapped_column(word_column(Level))
    also_categories: Mapped[list[str]] = mapped_column(JSON, default=list)
    paraphrase: Mapped[str] = mapped_column(String(200), default="")
    paraphrase_released_at: Mapped[datetime | None]
    forum_id: Mapped[int | None] = mapped_column(ForeignKey("forum.id"))
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("report.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)
    area: Mapped[Area] = relationship()
    receiver: Mapped[Post | None] = relationship()
    reporter: Mapped[User] = relationship()
    from_unit: Mapped[Unit] = relationship(foreign_keys=[from_unit_id])
    about_unit: Mapped[Unit] = relationship(foreign_keys=[about_unit_id])

    @property
    def excerpt(self) -> str:
        """The first words, as a title in lists that only the reporter and the coordinator see."""
        return excerpt_of(self.description)


def excerpt_of(text: str) -> str:
    """The first whole words of a text, on one line."""
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_EXCERPT else text[:LONGEST_EXCERPT].rsplit(" ", 1)[0] + " …"


class ReportNumber(Base):
    """The last running number given in a federation and year; its row is locked while a number is taken.
    `skipped` are those that were passed over when a backup was put back, since somebody may hold a receipt for them."""

    __tablename__ = "report_number"
    federation_id: Mapped[int] = mapped_column(ForeignKey("federation.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[int] = mapped_column(default=0, server_default="0")


def skip_numbers(session: Session, federation_id: int, year: int, count: int) -> None:
    """Pass over some numbers, so that none that may have been given before is given again."""
    step = insert_into(session, ReportNumber).values(federation_id=federation_id, year=year, last=count, skipped=count)
    further = {"last": ReportNumber.last + count, "skipped": ReportNumber.skipped + count}
    session.execute(step.on_conflict_do_update(index_elements=["federation_id", "year"], set_=further))


# Built once, and without telling the session's objects, as nobody holds a number as an object.
_NEXT_NUMBER = (
    update(ReportNumber)
    .where(ReportNumber.federation_id == bindparam("of_federation"), ReportNumber.year == bindparam("in_year"))
    .values(last=ReportNumber.last + 1)
    .returning(ReportNumber.last)
    .execution_options(synchronize_session=False)
)


def take_reference(session: Session, federation_id: int, year: int) -> str:
    """The next running number as a reference, such as `LH-2026-0001`. None is given twice; only a restore skips any."""
    here = {"of_federation": federation_id, "in_year": year}
    number = session.scalar(_NEXT_NUMBER, here)
    if number is None:
        start = insert_into(session, ReportNumber).values(federation_id=federation_id, year=year, last=0, skipped=0)
        session.execute(start.on_conflict_do_nothing())
        number = session.scalar(_NEXT_NUMBER, here)
    return f"LH-{year}-{number:04d}"


def own_reports(scope: Scope) -> Select[Report]:
    """The reports that somebody filed."""
    return select(Report).where(Report.reporter_id == scope.user_id)


def area_reports(scope: Scope) -> Select[Report]:
    """The reports that a coordinator receives; for every other role, none."""
    areas = scope.area_ids if scope.role is Role.COORDINATOR else frozenset[int]()
    return select(Report).where(Report.federation_id == scope.federation_id, Report.area_id.in_(areas))
