"""The whole product with example data, started as a person starts it, for the tests that walk through it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from settings import ROOT

Found = TypeVar("Found")
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")
START_SECONDS = 90


@contextmanager
def running_product(home: Path) -> Iterator[str]:
    """`./lexheller run --demo` on a free port: Valkey, workers, beat and web. Yields: the address."""
    with (home / "console.log").open("w") as console:
        process = subprocess.Popen(
            [sys.executable, "-m", "launch", "--demo", "--port", "0"],
            cwd=ROOT,
            env={**os.environ, "LEXHELLER_HOME": str(home), "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=console,
            start_new_session=True,
        )
    try:
        yield eventually(lambda: ADDRESS.search((home / "console.log").read_text()), START_SECONDS)[0]
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def eventually(look: Callable[[], Found | None], seconds: float = 30) -> Found:
    """What `look` finds, as soon as it finds something. Raises: AssertionError when it does not in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.2)
    raise AssertionError(f"nothing came within {seconds} seconds")
