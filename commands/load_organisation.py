"""Load a federation with its areas, units and forums from a file, or bring it up to date."""

from __future__ import annotations

import json
from pathlib import Path

import click

from commands._database import opened
from commands._organisation import load_organisation
from models.base import utc_now
from schemas.months import month_of


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def command(file: Path) -> None:
    """Load a federation from FILE (JSON, in the form of data/hoglandet.json)."""
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        with opened() as database, database.write() as session:
            federation = load_organisation(session, data, month_of(utc_now()))
    except ValueError as error:
        raise click.ClickException(f"{file}: {error}") from error
    except KeyError as error:
        raise click.ClickException(f"{file}: something lacks {error}") from error
    except (TypeError, AttributeError) as error:
        raise click.ClickException(f"{file} has not the form of data/hoglandet.json") from error
    click.echo(f"{federation.name} is loaded")
