"""The whole product, started as a person starts it, with servers beside it that can be harmed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeVar

import psutil  # type: ignore[import-untyped]
from sqlalchemy import func, select, update

from faults import arm, hit_name
from launch.children import tied_to_us
from models.base import Database
from models.delivery import Delivery, DeliveryState
from models.forum import Forum
from models.month_count import dirty_slices
from models.outbox import MAX_ATTEMPTS, Outbox
from models.summary import Summary, SummaryState
from settings import ROOT
from tests.backups import PROGRAMS
from tests.conftest import copy_sqlite, migrate, run_on
from tests.faults import clock
from tests.faults.clock import MovedClock
from tests.faults.proxy import Proxy
from tests.faults.stores import Store, postgres_store, valkey_store
from tests.servers import as_role, give_roles, postgres_url
from tests.site import open_site
from tests.smtp_stub import SmtpStub

Found = TypeVar("Found")
ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)")
NAME = "lexheller"  # of the database in PostgreSQL; a backup is put back from outside it
FORUMS = 2  # that take part; the others' reports would keep the printer busy
PATIENCE = 90.0  # seconds until the product is given up for not coming to rest


@dataclass
class Stage:
    """`home` is the product's data folder, `armed` the folder of the fault points. The stores and the lines to them
    are there where the product does not bring its own. The clock is that of the programs, not of the servers."""

    home: Path
    armed: Path
    database_url: str
    environ: dict[str, str]
    smtp: SmtpStub | None = None
    postgres: Store | None = None
    valkey: Store | None = None
    lines: dict[str, Proxy] = field(default_factory=dict)
    clock: MovedClock | None = None
    launched: subprocess.Popen[bytes] | None = None
    port: int = 0

    def __post_init__(self) -> None:
        if clock.COMPILER:
            self.clock = MovedClock(self.armed.parent)
            self.environ |= self.clock.environ
        self.database = Database(self.database_url)  # Past every proxy: whoever judges must see.

    @property
    def kind(self) -> str:
        return "postgresql" if self.postgres else "sqlite"

    @property
    def valkey_sock(self) -> Path:
        return self.valkey.sock if self.valkey else (self.home / "runtime" / "valkey.sock").resolve()

    def start(self) -> None:
        with (self.home / "console.log").open("wb") as console:
            self.launched = subprocess.Popen(
                [sys.executable, "-m", "launch", "--port", str(self.port)], cwd=ROOT, env=self.environ,
                stdin=subprocess.DEVNULL, stdout=console, stderr=console, preexec_fn=tied_to_us(),
            )  # fmt: skip
        console_log = self.home / "console.log"
        eventually(lambda: "är igång" in console_log.read_text(), "the start", last_words=console_log)
        found = ADDRESS.search(console_log.read_text())
        assert found
        self.port = int(found[1])

    def kill_everything(self) -> float:
        """Kill the supervisor and all its children hard. Returns: when, by the wall clock."""
        assert self.launched
        everybody = [*psutil.Process(self.launched.pid).children(recursive=True), psutil.Process(self.launched.pid)]
        for process in everybody:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self.launched.wait()
        psutil.wait_procs(everybody, 10)
        return time.time()

    def command(self, *words: str) -> None:
        """Run one of the product's commands to its end, with PostgreSQL's programs at hand."""
        environ = self.environ | {"PATH": f"{PROGRAMS}:{self.environ['PATH']}"}
        done = subprocess.run(
            [sys.executable, "-m", "commands", *words],
            cwd=ROOT, env=environ, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    def stop(self) -> None:
        if self.launched is not None:
            self.launched.terminate()
            self.launched.wait(60)
            self.launched = None

    def arm(self, point: str, what: str) -> None:
        """Let a point of the code do something once."""
        arm(self.armed, point, what)

    def disarm(self, *points: str) -> None:
        """Take back what was armed at some points, or at all."""
        for path in [self.armed / point for point in points] or self.armed.iterdir():
            path.unlink(missing_ok=True)

    def hit_at(self, point: str) -> float | None:
        """When an armed point was reached, by the wall clock."""
        try:
            return (self.armed / hit_name(point)).stat().st_ctime
        except OSError:
            return None

    def wait_hit(self, point: str, seconds: float = PATIENCE) -> float:
        return eventually(lambda: self.hit_at(point), f"{point} to be reached", seconds)

    def part(self, word: str) -> psutil.Process | None:
        """The living child of the supervisor whose command line holds a word."""
        for child in psutil.Process(self.launched.pid if self.launched else 0).children():
            try:
                if word in " ".join(child.cmdline()) and child.status() != psutil.STATUS_ZOMBIE:
                    return child
            except psutil.Error:
                continue
        return None

    def kill_part(self, word: str) -> float:
        """Kill a part hard. Returns: when, by the wall clock."""
        part: psutil.Process = eventually(lambda: self.part(word), f"{word} to run")
        part.kill()
        return time.time()

    def unrest(self) -> str:
        """What is still under way; empty when all is quiet. What a person must look at counts as quiet."""
        with self.database.read() as session:
            jobs = session.scalar(select(func.count()).select_from(Outbox).where(Outbox.attempts < MAX_ATTEMPTS))
            dirty = len(list(session.scalars(dirty_slices())))
            sending = Delivery.state.in_((DeliveryState.SENDING, DeliveryState.QUEUED)) & Delivery.retry_at.is_(None)
            mails = session.scalar(select(func.count()).select_from(Delivery).where(sending))
            printing = select(func.count()).select_from(Summary).where(Summary.state == SummaryState.QUEUED)
            summaries = session.scalar(printing)
        found = {"jobs": jobs, "slices": dirty, "mails": mails, "summaries": summaries}
        return ", ".join(f"{number} {name}" for name, number in found.items() if number)

    def wait_until_quiet(self, seconds: float = PATIENCE) -> None:
        until = time.monotonic() + seconds
        while unrest := self.unrest():
            assert time.monotonic() < until, f"no rest: {unrest}\n{self.last_words()}"
            time.sleep(0.1)

    def last_words(self) -> str:
        logs = sorted((self.home / "log").glob("*.log"))
        return "\n".join(f"{log.name}:\n{log.read_text(errors='replace')[-1500:]}" for log in logs)


def eventually(
    look: Callable[[], Found | None], what: str, seconds: float = PATIENCE, last_words: Path | None = None
) -> Found:
    """What `look` finds, as soon as it finds something. Raises: AssertionError."""
    until = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() > until:
            raise AssertionError(f"waited {seconds:.0f} s for {what}\n{last_words.read_text() if last_words else ''}")
        time.sleep(0.05)
    return found


def calm_calendar(database: Database) -> None:
    """Let few forums be owed summaries."""
    with database.write() as session:
        ids = list(session.scalars(select(Forum.id).order_by(Forum.id)))
        session.execute(update(Forum).where(Forum.id.in_(ids[FORUMS:])).values(active_from=date(2099, 1, 1)))


@contextmanager
def embedded_stage(folder: Path, furnished: Path, **environ: str) -> Iterator[Stage]:
    """One machine: SQLite, a Valkey that the product brings, mail laid in a folder."""
    home, armed = folder / "home", folder / "armed"
    for made in (home, armed):
        made.mkdir()
    url = copy_sqlite(furnished, home)
    stage = Stage(home, armed, url, _environ(home, armed) | environ)
    calm_calendar(stage.database)
    with _played(stage):
        yield stage


@contextmanager
def server_stage(folder: Path, disk: Path | None = None, **environ: str) -> Iterator[Stage]:
    """The servers of the server profile, each behind a line that can be harmed; the programs are the same. They sign in
    to PostgreSQL as its owner, for whom row security holds.

    Arguments: disk - where PostgreSQL keeps its data, if not among other temporary files.
    """
    home, armed = folder / "home", folder / "armed"
    for made in (home, armed):
        made.mkdir()
    with ExitStack() as stack:
        postgres, valkey = stack.enter_context(postgres_store(disk)), stack.enter_context(valkey_store())
        smtp = stack.enter_context(SmtpStub())
        address = smtp.url.removeprefix("smtp://").split(":")
        lines = {
            "postgres": stack.enter_context(Proxy(str(postgres.sock))),
            "valkey": stack.enter_context(Proxy(str(valkey.sock))),
            "smtp": stack.enter_context(Proxy((address[0], int(address[1])))),
        }
        port = lines["postgres"].port
        told = {
            "LEXHELLER_DATABASE_URL": as_role(f"postgresql+psycopg://127.0.0.1:{port}/{NAME}", "owner"),
            "LEXHELLER_BROKER_URL": f"redis://127.0.0.1:{lines['valkey'].port}/0",
            "LEXHELLER_MAIL_URL": f"smtp://127.0.0.1:{lines['smtp'].port}",
        }
        run_on(postgres_url(postgres.folder, "postgres"), f"CREATE DATABASE {NAME}")
        url = postgres_url(postgres.folder, NAME)
        give_roles(url)
        migrate(as_role(url, "owner"))
        with open_site(url, home) as site:
            site.furnish()
        stage = Stage(home, armed, url, _environ(home, armed) | told | environ, smtp, postgres, valkey, lines)
        calm_calendar(stage.database)
        with _played(stage):
            yield stage


@contextmanager
def _played(stage: Stage) -> Iterator[None]:
    stage.start()
    try:
        yield
    finally:
        stage.stop()
        stage.database.dispose()


def _environ(home: Path, armed: Path) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("LEXHELLER_")}
    told = {"LEXHELLER_HOME": str(home), "LEXHELLER_FAULTS": str(armed), "LEXHELLER_SECRET_KEY": "k" * 40}
    told |= {"LEXHELLER_REPORTS_PER_HOUR": "100000"}  # Few people stand for many here.
    return plain | told | {"PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1"}
