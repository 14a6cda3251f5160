"""Posts: who receives. A post belongs to an area or to the federation and outlives whoever holds it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, String, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models.base import Base
from models.organisation import Area


class Post(Base):
    """A coordinator's post. While its holder is absent its queue goes to the substitute; the history stays.
    `area_id` is empty for the federation's own post."""

    __tablename__ = "post"
    id: Mapped[int] = mapped_column(primary_key=True)
    federation_id: Mapped[int] = mapped_column(ForeignKey("federation.id"), index=True)
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    substitute_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    absent_from: Mapped[date | None]
    absent_until: Mapped[date | None]
    area: Mapped[Area | None] = relationship()

    def absent(self, day: date) -> bool:
        """Whether the holder is away on a day; both ends included, no end means until further notice."""
        if self.absent_from is None or day < self.absent_from:
            return False
        return self.absent_until is None or day <= self.absent_until


class RoutingRule(Base):
    """What is special about some reports; an empty condition matches all. Rules are tried in order of position.

    `party_a_id` and `party_b_id` together mean "only between these two", in either direction.
    `refer_to` names the organisation whose routine owns such reports; `advice` is shown to the reporter.
    """

    __tablename__ = "routing_rule"
    id: Mapped[int] = mapped_column(primary_key=True)
    federation_id: Mapped[int] = mapped_column(ForeignKey("federation.id"), index=True)
    position: Mapped[int]
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))
    about_party_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))
    party_a_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))
    party_b_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))
    to_federation: Mapped[bool] = mapped_column(default=False)
    refer_to: Mapped[str] = mapped_column(String(200), default="")
    advice: Mapped[str] = mapped_column(String(300), default="")


# Built once, since every report that comes in asks it.
_POSTS = (
    select(Post).where(Post.federation_id == bindparam("federation_id")).order_by(Post.area_id.is_(None), Post.title)
)


def posts_of(session: Session, federation_id: int) -> list[Post]:
    """Every post of a federation, the federation's own last."""
    return list(session.scalars(_POSTS, {"federation_id": federation_id}))
