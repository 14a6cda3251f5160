"""Load a federation with its areas, units and forums from a file, or bring it up to date."""

from __future__ import annotations

import json
from pathlib import Path

import click

from commands._database import opened
from commands._organisation import load_organisation
from commands._screening import check_words
from models.base import utc_now
from schemas.months import month_of


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--no-names", is_flag=True, help="words that look like names of people have been looked at, and are none")
def command(file: Path, no_names: bool) -> None:
    """Load a federation from FILE (JSON, in the form of data/hoglandet.json).

    Nothing is loaded from a file in which something points to a person.
    """
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        check_words(data, no_names)
        with opened() as database, database.write() as session:
            federation = load_organisation(session, data, month_of(utc_now()))
    except json.JSONDecodeError as error:
        raise click.ClickException(f"{file} is not JSON ({error})") from error
    except ValueError as error:
        raise click.ClickException(f"{file}: {error}") from error
    except KeyError as error:
        raise click.ClickException(f"{file}: something lacks {error}") from error
    except (TypeError, AttributeError) as error:
        raise click.ClickException(f"{file} has not the form of data/hoglandet.json") from error
    click.echo(f"{federation.name} is loaded")
