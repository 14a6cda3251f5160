"""Make a backup of everything that must not be lost, while people work."""

from __future__ import annotations

from pathlib import Path

import click

import settings
from backup import folder
from backup.manifest import BackupError
from commands._database import opened
from models.base import utc_now


@click.command()
@click.option(
    "--to", "to", type=click.Path(file_okay=False, path_type=Path), help="folder; left out: LEXHELLER_BACKUPS"
)
def command(to: Path | None) -> None:
    """Make a backup; those that are older than 14 days are thrown away, but never the newest three."""
    current = settings.load()
    try:
        path, manifest = folder.make(current.database_url, to or current.backups, utc_now())
    except BackupError as error:
        raise click.ClickException(str(error)) from error
    with opened(current) as database:
        folder.note(database, manifest.made_at)
    size = path.stat().st_size / 1_000_000
    click.echo(f"Backupen är gjord: {path} ({size:.1f} MB, {sum(manifest.rows.values())} rader, kontrollerad).")
