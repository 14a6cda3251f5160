"""The clock of running programs, moved as somebody moves it who sets it wrong. It takes a C compiler."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).with_name("clock.c")
BYTES = 8  # of the number that clock.c reads
COMPILER = shutil.which("cc") or ""


class MovedClock:
    """A clock for whatever is started with `environ`. It is right until it is moved."""

    def __init__(self, folder: Path) -> None:
        self._file, library = folder / "clock", folder / "clock.so"
        self.move(0)
        words = [COMPILER, "-O2", "-shared", "-fPIC", "-o", str(library), str(SOURCE)]
        subprocess.run(words, check=True)
        self.environ = {"LD_PRELOAD": str(library), "LEXHELLER_TEST_CLOCK": str(self._file)}

    def move(self, seconds: int) -> None:
        """Let the clock be so many seconds wrong from now on."""
        with self._file.open("r+b" if self._file.exists() else "wb") as file:  # Never cut: others look into it.
            file.write(seconds.to_bytes(BYTES, sys.byteorder, signed=True))
