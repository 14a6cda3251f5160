"""`./lexheller run` for real: it starts the whole tree, mends it, and leaves nothing running behind."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from launch.folders import runtime_folder
from launch.valkey import answers
from tests.launched import LINUX_ONLY, Running, alive, launch, running, soon, system

__all__ = ["system"]  # a fixture

pytestmark = LINUX_ONLY


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
