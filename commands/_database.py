"""The database of a command: opened by the settings, and closed when the command is done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import settings
from models.base import Database
from models.wall_state import refuse_behind_wall


@contextmanager
def opened(current: settings.Settings | None = None, whole: bool = True) -> Iterator[Database]:
    """The product's database.

    Arguments: current - the settings, read from the environment when left out; whole - that the command must see
    all rows. Raises: SystemExit when it would not.
    """
    database = Database((current or settings.load()).database_url)
    try:
        if whole:
            refuse_behind_wall(database)
        yield database
    finally:
        database.dispose()
