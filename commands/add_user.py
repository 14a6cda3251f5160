"""Add an account; the password is read from the terminal or standard input."""

from __future__ import annotations

import sys

import click
from marshmallow import ValidationError, validate
from sqlalchemy import select
from sqlalchemy.orm import Session

from commands._accounts import add_account
from commands._database import opened
from commands._screening import check_words
from models import Federation, User
from models.user import Role
from schemas.report import LONGEST_ADDRESS

SHORTEST = 15  # characters (OWASP ASVS 5.0, 6.2.1 for accounts without a second factor)


@click.command()
@click.option("--email", required=True, help="what the person signs in with")
@click.option("--role", required=True, type=click.Choice([str(role.value) for role in Role]))
@click.option("--title", required=True, help='the function that others see, such as "Handläggare, AME"; no name')
@click.option("--federation", "federation_code", help="its code; may be left out when there is only one")
@click.option("--unit", help="code of the unit; required for a reporter and a forum member")
@click.option("--area", "areas", multiple=True, help="code of an area, may be repeated; left out: all areas")
def command(
    email: str, role: str, title: str, federation_code: str | None, unit: str | None, areas: tuple[str, ...]
) -> None:
    """Add an account. The password (at least 15 characters) is asked for, or read from standard input."""
    password = click.prompt("Password", hide_input=True) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    if len(password) < SHORTEST:
        raise click.ClickException(f"the password needs at least {SHORTEST} characters")
    if unit is None and role in (Role.REPORTER, Role.FORUM_MEMBER):
        raise click.ClickException("a reporter or forum member needs --unit")
    email = _address(email)
    try:
        check_words({"--title": title})
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    with opened() as database, database.write() as session:
        federation = _federation(session, federation_code)
        if session.scalar(select(User.id).where(User.email == email)):
            raise click.ClickException(f"{email} has an account already")
        add_account(session, federation, email, password, Role(role), title, unit, areas)
    click.echo(f"{email} can sign in as {Role(role).label}")


def _address(email: str) -> str:
    """The address as the sign-in looks it up."""
    address = email.strip().lower()
    try:
        validate.And(validate.Email(), validate.Length(max=LONGEST_ADDRESS))(address)
    except ValidationError:
        raise click.ClickException(f"{address[:80]} is not an email address") from None
    return address


def _federation(session: Session, code: str | None) -> Federation:
    found = [row for row in session.scalars(select(Federation)) if code in (None, row.code)]
    if len(found) != 1:
        raise click.ClickException("name the federation with --federation; load one first with load-organisation")
    return found[0]
