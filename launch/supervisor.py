"""Keeps the children running: waits for them, starts them again when they die, stops them in reverse order."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

from launch.children import Child
from launch.folders import LaunchError

TICK = 0.05  # Seconds between two looks at the children.
QUICK = 10.0  # A child that lived for fewer seconds than this died at once.
PATIENCE = 5  # So many deaths at once in a row, and we give up.
BREATH = 0.25  # Seconds before the first new start; each death at once doubles them,
LONGEST_BREATH = 8.0  # up to this.
SILENCE = 60.0  # Seconds without a pulse until a child that runs is taken for wedged.


class StopAsked(Exception):  # noqa: N818 - it is the ordinary end, not an error.
    """Somebody asked us to stop, by Ctrl-C or another signal."""


@dataclass
class Care:
    """What the supervisor remembers about one child."""

    child: Child
    quick_deaths: int = 0
    restart_at: float | None = None
    pulse: int = 0
    pulse_at: float = 0.0

    def is_silent(self) -> bool:
        """Whether the child should have shown by now that it is at work. Told by the clock that only goes forward,
        and that stands still while the machine sleeps."""
        last, now = self.child.last_pulse(), time.monotonic()
        if last != self.pulse:
            self.pulse, self.pulse_at = last, now
        since = max(self.pulse_at, self.child.started_at)
        return self.child.pulse is not None and now - since > SILENCE


@dataclass
class Supervisor:
    """Runs in the main thread, since Linux ties children to the thread that started them.

    Arguments: say - prints one line to the person at the console.
    """

    say: Callable[[str], None]
    cared_for: list[Care] = field(default_factory=list)
    stop_asked: bool = False
    started: bool = False

    def obey_signals(self) -> None:
        """Stop on Ctrl-C, on SIGTERM, and when the terminal goes away, unless we were started with nohup."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._ask_to_stop)

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stop_asked = True

    def keep(self, child: Child) -> None:
        """Start a child that shall run as long as we do."""
        child.start()
        self.cared_for.append(Care(child))

    def wait_for(self, ready: Callable[[], bool], seconds: float, child: Child) -> None:
        """Wait until a child is of use.

        Raises: LaunchError when that takes too long or a child keeps dying; StopAsked.
        """
        until = time.monotonic() + seconds
        while not ready():
            if time.monotonic() > until:
                raise LaunchError(f"{child.label} svarar inte. Loggen {child.log} slutar så:\n{child.last_words()}")
            self._tick()

    def run_once(self, child: Child) -> None:
        """Run a child to its end.

        Raises: LaunchError when it fails; StopAsked.
        """
        child.start()
        try:
            while child.exit_code() is None:
                self._tick()
        finally:
            child.stop()
        if child.exit_code() != 0:
            raise LaunchError(f"{child.label} misslyckades. Loggen {child.log} slutar så:\n{child.last_words()}")

    def run_until_stopped(self) -> None:
        """From here on nothing is given up: whoever keeps dying is started again and again, and the others go on.

        Raises: StopAsked.
        """
        self.started = True
        while True:
            self._tick()

    def stop(self) -> None:
        """Stop all children, the last started first."""
        while self.cared_for:
            self.cared_for.pop().child.stop()

    def _tick(self) -> None:
        time.sleep(TICK)
        if self.stop_asked:
            raise StopAsked
        for care in self.cared_for:
            self._look_after(care)

    def _look_after(self, care: Care) -> None:
        care.child.cap_log()
        if care.child.exit_code() is None:
            self._listen(care)
            return
        if care.restart_at is None:
            self._plan_restart(care)
        elif time.monotonic() >= care.restart_at:
            care.child.start()
            care.restart_at = None

    def _listen(self, care: Care) -> None:
        """End a child that runs and does nothing; the next look starts it anew."""
        if care.is_silent():
            self.say(f"{care.child.label} har inte hörts av på {SILENCE:.0f} sekunder och startas om.")
            care.child.sweep()

    def _plan_restart(self, care: Care) -> None:
        child = care.child
        child.sweep()
        lived = time.monotonic() - child.started_at
        care.quick_deaths = care.quick_deaths + 1 if lived < QUICK else 0
        if care.quick_deaths >= PATIENCE and not self.started:
            raise LaunchError(
                f"{child.label} går inte att hålla igång. Loggen {child.log} slutar så:\n{child.last_words()}"
            )
        self.say(f"{child.label} stannade (kod {child.exit_code()}) och startas om.")
        care.restart_at = time.monotonic() + min(BREATH * 2**care.quick_deaths, LONGEST_BREATH)
