"""What refuses to start: a worker whose settings could lose work, and anything beside a database of another time."""

from __future__ import annotations

import os
import subprocess
import sys
from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from models import clock
from models.base import Database, utc_now
from settings import ROOT
from worker.app import celery
from worker.ready import PROMISES, broken_promises, refuse

BROKEN: dict[str, Any] = {
    "task_acks_late": False,
    "task_reject_on_worker_lost": False,
    "task_time_limit": 290,
    "task_soft_time_limit": 0,
    "unacked_restore_interval": 60,
    "unacked_restore_throttle": 10,
    "broker_connection_max_retries": 100,
    "worker_disable_prefetch": False,
    "worker_prefetch_multiplier": 1,
    "task_ignore_result": False,
    "accept_content": ["json", "pickle"],
    "timezone": "Europe/Stockholm",
}
PLAIN = (*(name for name in PROMISES if not name.startswith("unacked")), "enable_utc", "broker_transport_options")


def settings_of_ours() -> SimpleNamespace:
    return SimpleNamespace(**{name: deepcopy(getattr(celery.conf, name)) for name in PLAIN})


def test_our_own_settings_keep_every_promise() -> None:
    assert broken_promises(celery.conf) == []
    refuse([])


@pytest.mark.parametrize("name", PROMISES)
def test_a_setting_that_could_lose_work_is_named(name: str) -> None:
    conf = settings_of_ours()
    if name.startswith("unacked"):
        conf.broker_transport_options[name] = BROKEN[name]
    else:
        setattr(conf, name, BROKEN[name])
    assert broken_promises(conf) == [f"{name} is not what it must be"]
    with pytest.raises(SystemExit, match=name):
        refuse(broken_promises(conf))


@pytest.mark.parametrize("seconds", [-6, 6])
def test_a_clock_that_is_wrong_is_refused(
    postgres_database_url: str, monkeypatch: pytest.MonkeyPatch, seconds: int
) -> None:
    database = Database(postgres_database_url)
    clock.refuse_wrong_clock(database)
    monkeypatch.setattr(clock, "utc_now", lambda: utc_now() + timedelta(seconds=seconds))
    with pytest.raises(SystemExit, match="differ by 6 seconds"):
        clock.refuse_wrong_clock(database)
    database.dispose()


def test_a_database_that_is_away_keeps_nobody_from_starting() -> None:
    away = Database("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    clock.refuse_wrong_clock(away)
    away.dispose()


@pytest.mark.parametrize("program", ["worker", "beat"])
def test_the_programs_really_ask_before_they_start(tmp_path: Path, program: str) -> None:
    """Run with a settings file of Celery's own put over ours, which takes one promise back."""
    words = (
        "import sys; from worker.app import celery; celery.conf.task_acks_late = False;"
        f"celery.start(['{program}', '--schedule', sys.argv[1]] if '{program}' == 'beat' else ['{program}'])"
    )
    environ = {
        "PATH": os.environ["PATH"],
        "LEXHELLER_HOME": str(tmp_path),
        "LEXHELLER_BROKER_URL": "redis://127.0.0.1:1",
    }
    done = subprocess.run(
        [sys.executable, "-c", words, str(tmp_path / "schedule")],
        cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "task_acks_late is not what it must be" in done.stderr
