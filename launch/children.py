"""One child process: tied to our life, logged to a file of its own, stopped politely and then firmly."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO

from settings import ROOT

PR_SET_PDEATHSIG = 1  # From Linux' sys/prctl.h.
LOG_LIMIT = 10_000_000  # Bytes. The older half of a log's life is kept beside it as NAME.log.1.
# The library is opened here, because nothing may be imported or opened between fork and exec.
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def tied_to_us() -> Callable[[], None]:
    """What a child shall do before it becomes its program (`preexec_fn`): ask the kernel for SIGTERM when we die,
    however we die, and forget the signal handling it inherits.

    Must be used from the main thread: Linux watches the thread that forked, not the process.
    """
    return partial(_tie, os.getpid())


def _tie(parent: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if _libc is None:
        return
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # The parent died before the kernel had been asked.
        os._exit(1)


@dataclass
class Child:
    """A program and how it is kept running.

    Arguments: label - its Swedish name on the console; log - where its output goes; grace - seconds between
    the polite signal and SIGKILL; output - where its standard output goes if not to the log; pulse - the file that
    it touches while it is at work, if it does.
    """

    label: str
    command: list[str]
    environ: Mapping[str, str]
    log: Path
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 10.0
    output: IO[bytes] | None = None
    pulse: Path | None = None
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    started_at: float = field(default=0.0, init=False)

    def start(self) -> None:
        """Start the program in a session of its own, so that Ctrl-C reaches only the supervisor.

        Raises: OSError when the program or the log cannot be opened.
        """
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=self.output or log,
                stderr=log,
                start_new_session=True,
                preexec_fn=tied_to_us(),  # Safe: there are no threads here that could hold a lock.
            )
        self.started_at = time.monotonic()

    def last_pulse(self) -> int:
        """When the pulse was touched last, in the file system's nanoseconds; 0 when it never was."""
        try:
            return self.pulse.stat().st_mtime_ns if self.pulse else 0
        except OSError:
            return 0

    def exit_code(self) -> int | None:
        """None while the program runs."""
        return self.process.poll() if self.process else None

    def stop(self) -> None:
        """Stop the program and everything it started; a stopped one is left in peace."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(self.stop_signal)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(self.grace)
        self.sweep()
        self.process.wait()

    def sweep(self) -> None:
        """Kill what is left of the child's session: a worker that is killed hard may leave a renderer behind."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def cap_log(self) -> None:
        """Start the log anew when it has grown too big. The child appends, so it writes on from the top."""
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.with_name(self.log.name + ".1").write_bytes(self.log.read_bytes())
            os.truncate(self.log, 0)

    def last_words(self, lines: int = 8) -> str:
        """The end of the log, for a message about why the program did not run."""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
