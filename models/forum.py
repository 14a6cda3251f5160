"""Forums where the actors meet and decide, who sits there (by party and function), and their meetings."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Select, String, Text, UniqueConstraint, false, or_, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Word, word_column
from models.organisation import Area, Federation, Party
from models.user import Role, Scope
from schemas.function import without_party


class ForumKind(Word):
    STEERING_GROUP = "steering_group", "Styrgrupp"
    LOCAL_GROUP = "local_group", "LSG"
    WORKING_GROUP = "working_group", "Arbetsgrupp"
    PREPARATORY_GROUP = "preparatory_group", "Beredningsgrupp"
    BOARD = "board", "Styrelse"


class Forum(Base):
    """`area_id` is empty for a forum of the whole federation; `convener` is empty when nobody convenes it;
    `active_from` is the first month that a summary is owed for."""

    __tablename__ = "forum"
    __table_args__ = (UniqueConstraint("federation_id", "code"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    federation_id: Mapped[int] = mapped_column(ForeignKey("federation.id"))
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    code: Mapped[str] = mapped_column(String(64))
    kind: Mapped[ForumKind] = mapped_column(word_column(ForumKind))
    name: Mapped[str] = mapped_column(String(200))
    convener: Mapped[str | None] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(Text, default="")
    meetings_per_year: Mapped[int | None]
    active_from: Mapped[date]
    federation: Mapped[Federation] = relationship()
    area: Mapped[Area | None] = relationship()
    members: Mapped[list[ForumMember]] = relationship(
        back_populates="forum", cascade="all, delete-orphan", order_by="ForumMember.id"
    )
    meetings: Mapped[list[Meeting]] = relationship(back_populates="forum", order_by="Meeting.starts_at")
    names: Mapped[list[ForumName]] = relationship(order_by="ForumName.valid_from")
    agreements: Mapped[list[Agreement]] = relationship(order_by="Agreement.valid_until")

    def name_on(self, day: date) -> str:
        """What the forum was called on a day; for days before its first known name, that name."""
        known = [row.name for row in self.names if row.valid_from <= day] or [row.name for row in self.names[:1]]
        return known[-1] if known else self.name


class ForumName(Base):
    """What a forum was called from a day on. A forum that changes its name keeps its history."""

    __tablename__ = "forum_name"
    __table_args__ = (UniqueConstraint("forum_id", "valid_from"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    forum_id: Mapped[int] = mapped_column(ForeignKey("forum.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(200))
    valid_from: Mapped[date]


class Agreement(Base):
    """The agreement (överenskommelse) that a forum rests on; a reminder is due `remind_days` before it runs out."""

    __tablename__ = "agreement"
    id: Mapped[int] = mapped_column(primary_key=True)
    forum_id: Mapped[int] = mapped_column(ForeignKey("forum.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    valid_from: Mapped[date]
    valid_until: Mapped[date]
    remind_days: Mapped[int] = mapped_column(default=90)


class ForumMember(Base):
    """A seat that belongs to a party's function, so that a successor takes it over. `email` is the function's own
    mailbox, where the forum's summaries are sent; empty until somebody has written it down."""

    __tablename__ = "forum_member"
    __table_args__ = (UniqueConstraint("forum_id", "party_id", "function"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    forum_id: Mapped[int] = mapped_column(ForeignKey("forum.id", ondelete="CASCADE"))
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    function: Mapped[str] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(String(254))
    forum: Mapped[Forum] = relationship(back_populates="members")
    party: Mapped[Party] = relationship()

    @property
    def title(self) -> str:
        """The function and whose it is, for example `Enhetschef, Försäkringskassan`."""
        return f"{without_party(self.function, self.party.name, self.party.short)}, {self.party.name}"


class Meeting(Base):
    __tablename__ = "meeting"
    __table_args__ = (UniqueConstraint("forum_id", "starts_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    forum_id: Mapped[int] = mapped_column(ForeignKey("forum.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    forum: Mapped[Forum] = relationship(back_populates="meetings")


def visible_forums(scope: Scope) -> Select[Forum]:
    """Coordinators and administrators see the forums of their areas and of the federation;
    a forum member those where the member's party has a seat; a reporter none."""
    near = or_(Forum.area_id.is_(None), Forum.area_id.in_(scope.area_ids))
    query = select(Forum).where(Forum.federation_id == scope.federation_id, near).order_by(Forum.name)
    if scope.role in (Role.COORDINATOR, Role.ADMINISTRATOR):
        return query
    seat = Forum.members.any(ForumMember.party_id == scope.party_id)
    return query.where(seat) if scope.role is Role.FORUM_MEMBER else query.where(false())
