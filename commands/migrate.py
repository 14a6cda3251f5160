"""Bring the database to the newest schema, with a backup before anything is changed."""

from __future__ import annotations

import click

import settings
from backup import folder, schema
from backup.manifest import BackupError
from commands._database import opened
from models.base import utc_now


@click.command()
@click.option("--no-backup", is_flag=True, help="where a backup has been made in another way")
def command(no_backup: bool) -> None:
    """Bring the database to the newest schema; does nothing when it is there already."""
    current = settings.load()
    with opened(current) as database, database.engine.connect() as connection:
        here = schema.current(connection)
    if here == schema.newest():
        return
    if here and not no_backup:
        _back_up(current)
    schema.upgrade(current.database_url)
    click.echo(f"the database stands at {schema.newest()}")


def _back_up(current: settings.Settings) -> None:
    try:
        path, _ = folder.make(current.database_url, current.backups, utc_now())
    except BackupError as error:
        raise click.ClickException(f"{error} Schemat har inte ändrats.") from error
    click.echo(f"Backup före uppgraderingen: {path}")
