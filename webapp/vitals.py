"""What /halsa and /drift say of the parts of the product: is each at work, and since when not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from models.heartbeat import BACKUP, SLOW, SWEEP
from webapp.disk import LEAST, free_bytes, gigabytes

SILENCE = timedelta(minutes=2)  # a tick comes every 5 seconds
LONGEST_WAIT = timedelta(minutes=5)
BACKUP_DUE = timedelta(hours=26)  # one is made each night
NOT_YET = "har inte hörts av än"


@dataclass(frozen=True)
class Vital:
    """One part: its name, whether all is well, and what is seen of it."""

    label: str
    ok: bool
    detail: str


def at_work(label: str, seen: datetime | None, now: datetime) -> Vital:
    """A part that gives a sign of life every few seconds."""
    alive = seen is not None and now - seen < SILENCE
    return Vital(label, alive, "arbetar" if alive else f"har inte hörts av på {ago(now - seen)}" if seen else NOT_YET)


def backed_up(seen: datetime | None, now: datetime) -> Vital:
    """The last backup."""
    if seen is None:
        return Vital("Senaste backup", False, "ingen har gjorts än")
    return Vital("Senaste backup", now - seen < BACKUP_DUE, f"för {ago(now - seen)} sedan")


def parts_at_work(beats: Mapping[str, datetime], now: datetime) -> list[Vital]:
    """The two workers. Neither works when the queue or the clock stands still."""
    return [
        at_work("Arbetaren", beats.get(SWEEP), now),
        at_work("Rapportskrivaren", beats.get(SLOW), now),
    ]


def last_backup(beats: Mapping[str, datetime], now: datetime) -> Vital:
    return backed_up(beats.get(BACKUP), now)


def disk(folder: Path) -> Vital:
    """Whether there is room for a night's backup and a day's reports."""
    free = free_bytes(folder)
    return Vital("Disken", free >= LEAST, f"{gigabytes(free)} ledigt")


def ago(time: timedelta) -> str:
    """A time as people say it, in its largest unit: `3 minuter`."""
    seconds = max(0, int(time.total_seconds()))
    for size, one, many in ((86400, "dag", "dagar"), (3600, "timme", "timmar"), (60, "minut", "minuter")):
        if seconds >= size:
            return f"{seconds // size} {one if seconds // size == 1 else many}"
    return "mindre än en minut"
