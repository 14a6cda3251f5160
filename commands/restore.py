"""Put a backup back in the place of the database, while nothing runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

import settings
from backup import restoring
from backup.manifest import BackupError
from models.base import utc_now
from schemas.months import LOCAL

DONE = """\
Databasen är återställd till {moment}: {rows} rader, alla kontrollerade.
Allt som kom in efter det saknas. Alla måste logga in på nytt. Mejl som väntade då står som okända under Utskick.
{aside}Starta Lex Heller och kör sedan ./lexheller recount: det ska säga att inga tal ändrades."""
ASIDE = "Den tidigare databasen finns kvar som {aside}. Ta bort den när du har sett att allt stämmer.\n"


SET_RIGHT = """\
Alla måste logga in på nytt. Mejl som väntade står som okända under Utskick. Numren fortsätter 1 000 längre fram.
Starta Lex Heller och kör sedan recount: det ska säga att inga tal ändrades."""


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.option("--set-right", is_flag=True, help="PostgreSQL itself has been brought back to a moment; no FILE.")
def command(file: Path | None, set_right: bool) -> None:
    """Put the backup FILE back; the database that was there is kept aside."""
    if (file is None) != set_right:
        raise click.UsageError("name a FILE, or --set-right")
    current = settings.load()
    try:
        with _alone(current):
            if file is None:
                restoring.set_right(current.database_url, utc_now())
                return click.echo(SET_RIGHT)
            done = restoring.restore(current.database_url, file, utc_now())
    except BackupError as error:
        raise click.ClickException(str(error)) from error
    _tell(done)


def _tell(done: restoring.Restored) -> None:
    moment = done.manifest.made_at.astimezone(LOCAL)
    aside = ASIDE.format(aside=done.aside) if done.aside else ""
    rows = sum(done.manifest.rows.values())
    click.echo(DONE.format(moment=f"{moment:%Y-%m-%d kl. %H.%M}", rows=rows, aside=aside))


@contextmanager
def _alone(current: settings.Settings) -> Iterator[None]:
    """Hold the lock of `run` meanwhile. In production there is none: there PostgreSQL tells who is connected."""
    if current.production:
        yield
        return
    from launch.folders import LaunchError, make_home, only_one  # Here, since the images hold no launcher.

    try:
        make_home(current.home)
        with only_one(current.home):
            yield
    except LaunchError as error:
        raise click.ClickException(str(error)) from error
