"""The database of a command: opened by the settings, and closed when the command is done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import settings
from models.base import Database


@contextmanager
def opened(current: settings.Settings | None = None) -> Iterator[Database]:
    """The product's database.

    Arguments: current - the settings, read from the environment when left out.
    """
    database = Database((current or settings.load()).database_url)
    try:
        yield database
    finally:
        database.dispose()
