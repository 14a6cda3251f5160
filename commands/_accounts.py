"""Making an account, for the commands that do."""

from __future__ import annotations

import click
from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Area, Federation, Party, Post, Unit, User
from models.user import Role


def add_account(
    session: Session,
    federation: Federation,
    email: str,
    password: str,
    role: Role,
    title: str,
    unit_code: str | None,
    area_codes: tuple[str, ...],
    *,
    is_example: bool = False,
) -> User:
    """Add an account bound to a federation, a unit and areas; no areas means all of them.

    Raises: click.ClickException naming the code that the federation does not have.
    """
    areas = session.scalars(select(Area).where(Area.federation_id == federation.id)).all()
    chosen = [area for area in areas if not area_codes or area.code in area_codes]
    missing = set(area_codes) - {area.code for area in chosen}
    if missing:
        raise click.ClickException(f"no such area: {', '.join(sorted(missing))}")
    user = User(
        federation_id=federation.id,
        unit_id=_unit(session, federation, unit_code),
        email=email,
        password_hash=PasswordHasher().hash(password),
        role=role,
        title=title,
        areas=chosen,
        post_id=_post(session, federation, area_codes) if role is Role.COORDINATOR else None,
        is_example=is_example,
    )
    session.add(user)
    session.flush()
    return user


def _post(session: Session, federation: Federation, area_codes: tuple[str, ...]) -> int | None:
    """A coordinator of one area holds its post, a coordinator of all areas the federation's."""
    if len(area_codes) > 1:
        return None
    query = select(Post.id).where(Post.federation_id == federation.id)
    if not area_codes:
        return session.scalar(query.where(Post.area_id.is_(None)))
    return session.scalar(query.join(Area, Area.id == Post.area_id).where(Area.code == area_codes[0]))


def _unit(session: Session, federation: Federation, code: str | None) -> int | None:
    if code is None:
        return None
    query = select(Unit.id).join(Party).where(Party.federation_id == federation.id, Unit.code == code)
    unit_id = session.scalar(query)
    if unit_id is None:
        raise click.ClickException(f"no such unit: {code}")
    return unit_id
