"""The supervisor starts its children anew, gives up with their last words, and keeps logs and sockets small."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from launch import supervisor as supervising
from launch.children import LOG_LIMIT, Child
from launch.folders import LaunchError, runtime_folder
from tests.launched import LINUX_ONLY

pytestmark = LINUX_ONLY


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
