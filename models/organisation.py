"""The organisation: a federation (samordningsförbund), its areas (kommunområden), parties and units."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, bindparam, false, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from models.base import Base
from schemas.words import OUTSIDE_PARTY as OUTSIDE_PARTY
from schemas.words import OUTSIDE_UNIT as OUTSIDE_UNIT
from schemas.words import UNKNOWN_UNIT as UNKNOWN_UNIT

LEAVER_DAYS = 90  # until an administrator has chosen otherwise


class Federation(Base):
    """`mail_domains` are the domains that summaries may be mailed to, one a line; none means to nobody.
    `attach_summaries` says that the PDF goes along with the mail, where it holds no free text. `learns` says that the
    classifier may learn from judged reports, `blind_percent` how many reports in a hundred are judged without seeing
    the suggestion. `leaver_days` is how long the identity of a closed account is kept."""

    __tablename__ = "federation"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    mail_domains: Mapped[str] = mapped_column(Text, default="", server_default="")
    attach_summaries: Mapped[bool] = mapped_column(default=False, server_default=false())
    learns: Mapped[bool] = mapped_column(default=False, server_default=false())
    blind_percent: Mapped[int] = mapped_column(default=0, server_default="0")
    leaver_days: Mapped[int] = mapped_column(default=LEAVER_DAYS, server_default=str(LEAVER_DAYS))


class Area(Base):
    __tablename__ = "area"
    __table_args__ = (UniqueConstraint("federation_id", "code"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    federation_id: Mapped[int] = mapped_column(ForeignKey("federation.id"))
    code: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    federation: Mapped[Federation] = relationship()


class Party(Base):
    """One of the four actors. `short` stands where columns are narrow; `position` is the order on screen;
    `per_area` says that each area has its own, as every kommunområde has its kommun."""

    __tablename__ = "party"
    __table_args__ = (UniqueConstraint("federation_id", "code"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    federation_id: Mapped[int] = mapped_column(ForeignKey("federation.id"))
    code: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    short: Mapped[str] = mapped_column(String(16))
    position: Mapped[int]
    per_area: Mapped[bool]
    units: Mapped[list[Unit]] = relationship(back_populates="party", order_by="Unit.position")


class Unit(Base):
    """A part of a party that caseworkers recognise, the same in every area of the federation."""

    __tablename__ = "unit"
    __table_args__ = (UniqueConstraint("party_id", "code"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    code: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    short: Mapped[str] = mapped_column(String(16))
    position: Mapped[int]
    party: Mapped[Party] = relationship(back_populates="units")


# Built once, since nearly every page asks this.
_PARTIES = (
    select(Party)
    .where(Party.federation_id == bindparam("federation_id"))
    .options(joinedload(Party.units))
    .order_by(Party.position)
)


def parties_of(session: Session, federation_id: int) -> list[Party]:
    """The parties of a federation with their units, in the order of the screen."""
    return list(session.scalars(_PARTIES, {"federation_id": federation_id}).unique())
