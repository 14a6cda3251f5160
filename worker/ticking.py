"""How beat counts: by the clock that only goes forward, and without a file. Were the other clock set back, beat would
be silent until the old time had come again, also after a new start, since the file remembers it."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

from celery.beat import ScheduleEntry, Scheduler
from celery.schedules import schedule

from models.base import utc_now

_began, _monotonic = utc_now(), time.monotonic()


def steady_now() -> datetime:
    """The time by the clock of when this process began, which nobody can set since."""
    return _began + timedelta(seconds=time.monotonic() - _monotonic)


class SteadyEntry(ScheduleEntry):
    """One thing that is asked for again and again."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(self.schedule, schedule):
            self.schedule.nowfun = steady_now  # type: ignore[attr-defined] # The stubs leave it out.


class SteadyScheduler(Scheduler):
    """Begins anew with each process. What is due is read from the database, so nothing hangs on when."""

    Entry = SteadyEntry
