"""`./lexheller run` for real: it starts the whole tree, mends it, and leaves nothing running behind."""

from __future__ import annotations

import http.client
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from launch import supervisor as supervising
from launch.children import LOG_LIMIT, Child
from launch.folders import LaunchError, runtime_folder
from launch.valkey import answers
from settings import ROOT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the tie between parent and child is Linux'")


@dataclass
class Running:
    """A started system: its supervisor and the address that it printed."""

    home: Path
    supervisor: subprocess.Popen[str]
    address: str

    def tree(self) -> list[psutil.Process]:
        """All processes of the system: at least Valkey, two workers, web and beat."""
        assert soon(lambda: len(self._below()) >= 5)
        return self._below()

    def _below(self) -> list[psutil.Process]:
        return alive(psutil.Process(self.supervisor.pid).children(recursive=True))

    def part(self, word: str) -> psutil.Process | None:
        """The living child whose command line holds a word."""
        children = alive(psutil.Process(self.supervisor.pid).children())
        return next((child for child in children if word in " ".join(child.cmdline())), None)

    def kill_part(self, word: str) -> None:
        """Kill a part hard, and see another process take its place."""
        old = self.part(word)
        assert old
        old.kill()
        assert soon(lambda: self.part(word) not in (None, old))

    def status(self) -> int:
        """The health page's answer; 0 when nobody answers."""
        connection = http.client.HTTPConnection(self.address, timeout=5)
        try:
            connection.request("GET", "/halsa")
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()


def launch(home: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "launch", *words],
        cwd=ROOT,
        env={**os.environ, "LEXHELLER_HOME": str(home), "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@contextmanager
def running(home: Path) -> Iterator[Running]:
    """The system on a free port, stopped at the end if the test has not stopped it."""
    process = launch(home, "--port", "0")
    try:
        yield Running(home, process, address_from(process))
    finally:
        process.terminate()
        try:
            process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def address_from(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    said = []
    for line in process.stdout:
        said.append(line)
        if found := re.search(r"http://(\S+)", line):
            return found[1]
    raise AssertionError("the system did not start:\n" + "".join(said))


def soon(happens: Callable[[], bool], seconds: float = 20) -> bool:
    until = time.monotonic() + seconds
    while not happens():
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that still run. One that is dead and only waits to be noticed by its parent does not count."""
    return [process for process in processes if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One system for the tests that leave it running."""
    with running(tmp_path_factory.mktemp("home")) as started:
        yield started


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_ends_the_whole_tree_and_keeps_the_data(tmp_path: Path, number: signal.Signals) -> None:
    with running(tmp_path / "home") as system:
        assert system.status() == 200
        tree = system.tree()
        system.supervisor.send_signal(number)
        said, _ = system.supervisor.communicate(timeout=30)
    assert system.supervisor.returncode == 0
    assert said.splitlines()[-1] == "Lex Heller har stannat."
    assert alive(tree) == []
    assert (tmp_path / "home" / "lexheller.sqlite3").exists()


def test_the_death_of_the_supervisor_leaves_no_orphan(tmp_path: Path) -> None:
    with running(tmp_path) as system:
        tree = system.tree()
        left_behind = (tmp_path / "runtime").resolve()
        system.supervisor.kill()
        assert soon(lambda: alive(tree) == []), alive(tree)
    assert left_behind.exists()
    with runtime_folder(tmp_path):
        assert not left_behind.exists(), "the next start removes what a killed one left"


def test_a_second_run_on_the_same_data_is_told_where_the_first_is(system: Running) -> None:
    second = launch(system.home, "--port", "0")
    said, _ = second.communicate(timeout=30)
    assert second.returncode == 1
    assert said.startswith("Lex Heller körs redan")
    assert system.address in said
    assert system.status() == 200


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--port", "abc"), "--port ska vara ett tal från 0 till 65535, inte 'abc'. Till exempel: --port 8000"),
        (("--port", "99999"), "--port ska vara ett tal från 0 till 65535, inte '99999'. Till exempel: --port 8000"),
        (("--port", "-1"), "--port ska vara ett tal från 0 till 65535, inte '-1'. Till exempel: --port 8000"),
        (("--prot", "80"), "Okänt val: --prot. Hjälp: ./lexheller run --help"),
        (("--port",), "Kommandot går inte att tolka. Hjälp: ./lexheller run --help"),
        (("nu",), "Kommandot går inte att tolka. Hjälp: ./lexheller run --help"),
    ],
)
def test_a_mistyped_command_is_answered_with_one_line(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    process = launch(tmp_path, *words)
    answer, _ = process.communicate(timeout=30)
    assert (process.returncode, answer) == (1, f"{said}\n")


@pytest.mark.parametrize(
    "content", [b"not a database, but long enough to be looked at" * 50, b"SQLite format 3\0" * 300]
)
def test_a_broken_database_file_is_answered_with_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "lexheller.sqlite3").write_bytes(content)
    process = launch(tmp_path, "--port", "0")
    said, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert said.splitlines()[1:] == [
        f"Databasen {tmp_path / 'lexheller.sqlite3'} är trasig. Lägg tillbaka en säkerhetskopia: ./lexheller restore"
    ]


def test_a_taken_port_is_answered_with_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = launch(tmp_path, "--port", str(port))
        said, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert said == f"Port {port} är upptagen. Välj en annan, till exempel: ./lexheller run --port {port + 1}\n"


def test_a_killed_web_comes_back_at_the_same_address(system: Running) -> None:
    system.kill_part("waitress")
    assert soon(lambda: system.status() == 200)


def test_killed_background_programs_come_back_alone(system: Running) -> None:
    before = system.tree()
    for word in ("worker.app beat", "-Q fast", "-Q slow"):
        system.kill_part(word)
    assert len(alive(before)) == len(before) - 3
    assert len(system.tree()) == len(before)


def test_a_killed_valkey_comes_back_at_the_same_socket(system: Running) -> None:
    sock = system.home / "runtime" / "valkey.sock"
    assert answers(sock.resolve())
    system.kill_part("valkey-server")
    assert soon(lambda: answers(sock.resolve()))


def test_an_unwritable_data_folder_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    process = launch(blocked / "home")
    said, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert str(blocked) in said
    assert "Traceback" not in said


def test_production_is_not_started_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environ = {
        "LEXHELLER_PROFILE": "production",
        "LEXHELLER_DATABASE_URL": "postgresql+psycopg://db/lexheller",
        "LEXHELLER_BROKER_URL": "redis://queue",
        "LEXHELLER_TRUSTED_HOSTS": "lexheller.example",
        "LEXHELLER_PUBLIC_URL": "https://lexheller.example",
        "LEXHELLER_MAIL_URL": "smtp://mail",
        "LEXHELLER_MAIL_FROM": "lexheller@lexheller.example",
        "LEXHELLER_SECRET_KEY": secrets.token_hex(32),
    }
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    process = launch(tmp_path)
    said, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "docker-compose.yml" in said


def test_a_child_that_keeps_dying_is_given_up_with_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervising, "BREATH", 0.01)
    said: list[str] = []
    child = Child("Webben", ["/bin/sh", "-c", "echo trasig; exit 3"], os.environ, tmp_path / "web.log")
    keeper = supervising.Supervisor(said.append)
    keeper.keep(child)
    with pytest.raises(LaunchError, match=r"(?s)Webben går inte att hålla igång.*trasig"):
        keeper.wait_for(lambda: False, 30, child)
    assert said == ["Webben stannade (kod 3) och startas om."] * (supervising.PATIENCE - 1)


def test_once_all_is_running_a_child_that_keeps_dying_takes_nobody_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervising, "BREATH", 0.001)
    said: list[str] = []
    keeper = supervising.Supervisor(said.append)

    def say(line: str) -> None:
        said.append(line)
        keeper.stop_asked = len(said) > 2 * supervising.PATIENCE

    keeper.say = say
    keeper.keep(Child("Webben", ["/bin/sh", "-c", "exit 3"], os.environ, tmp_path / "web.log"))
    with pytest.raises(supervising.StopAsked):
        keeper.run_until_stopped()
    assert len(said) == 2 * supervising.PATIENCE + 1


def test_a_child_that_runs_and_does_nothing_is_started_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervising, "SILENCE", 1.0)
    said: list[str] = []
    keeper = supervising.Supervisor(said.append)

    def say(line: str) -> None:
        said.append(line)
        keeper.stop_asked = len(said) == 2

    keeper.say = say
    idle = Child("Klockan", ["sleep", "60"], os.environ, tmp_path / "beat.log", pulse=tmp_path / "beat.pulse")
    busy_words = f"while :; do touch {tmp_path}/web.pulse; sleep 0.1; done"
    busy = Child(
        "Webben", ["/bin/sh", "-c", busy_words], os.environ, tmp_path / "web.log", pulse=tmp_path / "web.pulse"
    )
    for child in (idle, busy):
        keeper.keep(child)
    with pytest.raises(supervising.StopAsked):
        keeper.run_until_stopped()
    keeper.stop()
    assert said[0] == "Klockan har inte hörts av på 1 sekunder och startas om."
    assert said[1] == "Klockan stannade (kod -9) och startas om."


def test_a_failed_migration_stops_the_start(tmp_path: Path) -> None:
    child = Child("Databasen", ["/bin/sh", "-c", "echo fel >&2; exit 1"], os.environ, tmp_path / "migrate.log")
    with pytest.raises(LaunchError, match=r"(?s)Databasen misslyckades.*fel"):
        supervising.Supervisor(print).run_once(child)


def test_a_log_is_started_anew_when_it_has_grown_too_big(tmp_path: Path) -> None:
    child = Child("Webben", ["true"], os.environ, tmp_path / "web.log")
    child.log.write_bytes(b"x" * (LOG_LIMIT + 1))
    child.cap_log()
    assert child.log.stat().st_size == 0
    assert (tmp_path / "web.log.1").stat().st_size == LOG_LIMIT + 1


def test_the_socket_has_a_short_path_wherever_temporary_files_live(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / ("d" * 120)
    deep.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(deep))
    with runtime_folder(tmp_path) as folder:
        assert len(str(folder / "valkey.sock").encode()) < 104
        assert folder.stat().st_mode & 0o777 == 0o700
        assert (tmp_path / "runtime").resolve() == folder
    assert not folder.exists()
    assert not (tmp_path / "runtime").is_symlink()
