"""Ask whether any library in use has a known hole."""

from __future__ import annotations

from pathlib import Path

import click

from commands._advisories import ADDRESS, Holes, UnreachableError, ask, look_up
from commands._pins import REQUIREMENTS, Pin, read_pins

FOUND, UNKNOWN = 1, 2


@click.command()
@click.option("--requirements", default=REQUIREMENTS, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--advisories",
    type=click.Path(exists=True, path_type=Path),
    help="a stored copy of OSV's advisories for PyPI: all.zip, or a folder of its JSON files; nothing is asked then",
)
@click.option("--address", default=ADDRESS, show_default=True, help="where the database is asked")
def command(requirements: Path, advisories: Path | None, address: str) -> int:
    """Ask whether any library in use has a known hole.

    The packages of requirements.txt, with their exact versions, are looked up in the open database OSV (osv.dev). Ends
    with 0 when nothing is known, 1 when something is, and 2 when the database could not be reached.
    """
    pins = read_pins(requirements)
    try:
        holes, source = (ask(pins, address), address) if advisories is None else _stored(pins, advisories)
    except UnreachableError as error:
        click.echo(f"the advisories at {address} cannot be reached ({error}); nothing is known", err=True)
        return UNKNOWN
    for pin, names in holes.items():
        click.echo(f"{pin.name} {pin.version}: {', '.join(names)}")
    click.echo(f"{len(holes)} of {len(pins)} packages have a known hole, says {source}")
    return FOUND if holes else 0


def _stored(pins: list[Pin], copy: Path) -> tuple[Holes, str]:
    try:
        holes, count = look_up(pins, copy)
    except (ValueError, OSError) as error:
        raise click.ClickException(f"{copy} is no copy of the advisories: {error}") from error
    if count == 0:
        raise click.ClickException(f"{copy} holds no advisories")
    return holes, f"{copy} with its {count} advisories"
