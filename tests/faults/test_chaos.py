"""Kill what you like: random processes under load, everything at once, and the rules checked after every blow."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from sqlalchemy import select, text

from models import Report
from models.base import utc_now
from models.invariants import check
from tests.faults.people import file_report
from tests.faults.points import Scene
from tests.faults.processes import PARTS
from tests.faults.test_stores import people_filing, settle

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]
KILLS = 5  # of random processes with each seed


def test_random_kills_under_load(scene: Scene, seed: int) -> None:
    """Twenty seeds make a hundred kills on each kind of database."""
    dice = random.Random(f"chaos{seed}")
    with people_filing(scene) as references:
        for _ in range(KILLS):
            victim = dice.choice([*PARTS, "Valkey", "PostgreSQL" if scene.stage.postgres else "Valkey"])
            struck = _kill(scene, victim)
            time.sleep(dice.random() * 3)
            assert check(scene.stage.database, utc_now()) == [], f"after the death of {victim}"
    settle(scene, references, struck, f"{KILLS} random kill -9 under load", seed)


def _kill(scene: Scene, victim: str) -> float:
    """Kill one part, or one server and start it again. Returns: when, by the wall clock."""
    stage = scene.stage
    store = {"Valkey": stage.valkey, "PostgreSQL": stage.postgres}.get(victim)
    if store is not None:
        store.kill()
        store.start()
        return time.time()
    return stage.kill_part(PARTS.get(victim, "valkey-server"))


def test_everything_is_killed_at_once(scene: Scene, seed: int) -> None:
    """As when somebody pulls the plug; what was promised before is there when it is back."""
    dice = random.Random(f"plug{seed}")
    with people_filing(scene) as references:
        time.sleep(1 + dice.random() * 3)
        struck = scene.stage.kill_everything()
        if scene.stage.postgres and scene.stage.valkey:
            scene.stage.postgres.kill()
            scene.stage.valkey.kill()
            scene.stage.postgres.start()
            scene.stage.valkey.start()
        assert check(scene.stage.database, utc_now()) == []
        scene.stage.start()
    settle(scene, references, struck, "everything killed at once, started anew", seed)


def test_old_programs_go_on_under_a_new_schema(scene: Scene, seed: int) -> None:
    """The first step of every upgrade only adds: a column and a table that the running programs do not know."""
    began = time.time()
    with people_filing(scene) as references:
        time.sleep(random.Random(f"schema{seed}").random())
        _change(scene, "ALTER TABLE report ADD COLUMN of_the_future VARCHAR(20) DEFAULT '' NOT NULL")
        _change(scene, "CREATE TABLE of_the_future (id INTEGER PRIMARY KEY)")
        for _ in range(2):
            references.append(file_report(scene.reporter, scene.register))
        _change(scene, "DROP TABLE of_the_future")
        _change(scene, "ALTER TABLE report DROP COLUMN of_the_future")
    settle(scene, references, began, "old programs, new schema", seed)


def _change(scene: Scene, statement: str) -> None:
    with scene.stage.database.write() as session:
        session.execute(select(Report.id).limit(1))  # SQLite looks for a schema that others changed when it reads.
        session.execute(text(statement))


def test_a_backup_of_before_is_put_back_beside_a_newer_queue(scene: Scene, tmp_path: Path, seed: int) -> None:
    """Bells for rows that are not there any more are no fault, and no number is given twice. What came in after the
    backup is lost, as it says; so what was promised until then is what must be there."""
    stage = scene.stage
    stage.wait_until_quiet()
    stage.command("backup", "--to", str(tmp_path))
    promised = scene.register.copy()
    newer = {file_report(scene.reporter, scene.register) for _ in range(1 + seed % 3)}
    stage.kill_everything()
    stage.database.dispose()  # A database that somebody has open is not taken away from them.
    began = time.time()
    try:
        stage.command("restore", str(next(tmp_path.glob("*.zip"))))
    finally:
        stage.start()
    scene.register.promised = promised
    for person in (scene.reporter, scene.coordinator, scene.administrator):
        person.sign_in()
    reference = file_report(scene.reporter, scene.register)
    assert reference not in newer
    settle(scene, [reference], began, "older backup, newer queue", seed)
