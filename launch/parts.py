"""The parts of the embedded system: what each is called, how it is started, what it is told."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from launch import valkey
from launch.children import Child
from settings import Settings


def environment(settings: Settings, broker_url: str, demo: bool) -> dict[str, str]:
    """What the children are told. Demo sign-ins exist only when they were asked for on the command line."""
    told = {name: value for name, value in os.environ.items() if name != "LEXHELLER_DEMO"}
    told |= {"LEXHELLER_HOME": str(settings.home), "LEXHELLER_BROKER_URL": broker_url, "PYTHONUNBUFFERED": "1"}
    return told | {"LEXHELLER_DEMO": "1"} if demo else told


@dataclass(frozen=True)
class Parts:
    """Makes the children of one running system."""

    home: Path
    environ: Mapping[str, str]

    def valkey(self, sock: Path) -> Child:
        words = valkey.command(valkey.server_binary(), sock, self.home / "valkey")
        return Child("Köservern", words, self.environ, self._log("valkey"), grace=5)

    def migration(self) -> Child:
        return self._python("Databasen", "migrate", "commands", "migrate")

    def demo(self, output: IO[bytes]) -> Child:
        child = self._python("Exempeldata", "demo", "commands", "demo")
        child.output = output
        return child

    def fast_worker(self) -> Child:
        return self._worker("Bakgrundsarbetaren", "fast", threads=2)

    def slow_worker(self) -> Child:
        """PDFs have a worker of their own: a dozen that fall due together shall not delay a report's way. It also
        makes the night's backup, which takes a second."""
        return self._worker("Rapportskrivaren", "slow", "backup", threads=1)

    def _worker(self, label: str, queue: str, *more: str, threads: int) -> Child:
        words = ["--pool", "threads", "--concurrency", str(threads), "--without-gossip", "--without-mingle"]
        return self._celery(
            label, f"worker-{queue}", "worker", "-n", f"{queue}@%h", "-Q", ",".join([queue, *more]), *words
        )

    def beat(self) -> Child:
        """The ticking is a process of its own, since a beat inside the worker (`-B`) can outlive it: it is a
        fork that nobody watches, and a stop that comes while it starts never reaches it."""
        return self._celery("Klockan", "beat", "beat")

    def web(self, host: str, port: int) -> Child:
        listen = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        # The application itself judges what a proxy says of a request, by LEXHELLER_PROXIES; it must see the headers.
        child = self._python(
            "Webben", "web",
            "waitress", f"--listen={listen}", "--threads=8", "--no-clear-untrusted-proxy-headers",
            "--call", "webapp:create_app",
        )  # fmt: skip
        # SIGTERM would cut off the answers that are being written; waitress finishes them on SIGINT.
        child.stop_signal = signal.SIGINT
        return child

    def _celery(self, label: str, log: str, *words: str) -> Child:
        child = self._python(label, log, "celery", "-A", "worker.app", *words)
        child.pulse = self.home / "log" / f"{log}.pulse"
        child.environ = {**self.environ, "LEXHELLER_PULSE": str(child.pulse)}
        return child

    def _python(self, label: str, log: str, *words: str) -> Child:
        return Child(label, [sys.executable, "-m", *words], self.environ, self._log(log))

    def _log(self, name: str) -> Path:
        return self.home / "log" / f"{name}.log"
