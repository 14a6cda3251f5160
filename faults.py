"""Named points where the fault suite may let a process die, fail or wait. Off unless LEXHELLER_FAULTS names a folder.

A point is armed by a file in that folder: its name is the point, its text is what shall happen (`kill`, `raise`,
`sleep 2.5`). Whoever reaches the point first takes the file, so that it happens once, in one process, while everything
runs. `spare kill` lets the first pass by and waits for the second. A file that begins with `always` stays; one whose
name ends with the id of a row (`classify.taken.17`) waits for that row. The production profile refuses to start with
the variable set.
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

_FOLDER = os.environ.get("LEXHELLER_FAULTS", "")
ALWAYS = "always "
SPARE = "spare "


class FaultError(Exception):
    """What `raise` raises."""


def fault(point: str, subject_id: int | None = None) -> None:
    """One point, reached with the work on some row. Raises: FaultError when it was armed so."""
    if _FOLDER:
        _reach(Path(_FOLDER), point)
        if subject_id is not None:
            _reach(Path(_FOLDER), f"{point}.{subject_id}")


def hit_name(point: str) -> str:
    """The file that tells that a point has done what it was armed for."""
    return f"{point}.hit"


def _reach(folder: Path, point: str) -> None:
    armed, hit = folder / point, folder / hit_name(point)
    try:
        what = armed.read_text(encoding="utf-8")
        if what.startswith(ALWAYS):
            hit.touch()
        else:
            armed.rename(folder / f".{point}.spared" if what.startswith(SPARE) else hit)
    except OSError:
        return  # Not armed, or somebody else was first.
    if what.startswith(SPARE):
        arm(folder, point, what.removeprefix(SPARE))
    else:
        _act(what.removeprefix(ALWAYS))


def arm(folder: Path, point: str, what: str) -> None:
    """Let a point do something; what it has done is forgotten. Nobody sees a file that is half written."""
    half = folder / f".{point}.half"
    half.write_text(what, encoding="utf-8")
    (folder / hit_name(point)).unlink(missing_ok=True)
    half.rename(folder / point)


def _act(what: str) -> None:
    action, _, amount = what.partition(" ")
    if action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif action == "raise":
        raise FaultError
    else:
        time.sleep(float(amount))
