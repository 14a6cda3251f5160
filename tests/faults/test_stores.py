"""The servers beside the product die, are emptied, fill up and hang on bad lines; reports go on being received."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

import pytest
from sqlalchemy import select

from models.delivery import Delivery
from models.outbox import Outbox
from tests.faults.people import Person, file_report
from tests.faults.points import Scene, mail, order, report_counted
from tests.faults.proxy import HEALTHY, Toxic
from tests.faults.stage import Stage, eventually
from tests.faults.stores import client
from tests.faults.verdict import judge
from tests.smtp_stub import Mood

pytestmark = pytest.mark.faults


def settle(scene: Scene, references: list[str], since: float, fault: str, seed: int) -> None:
    """Wait until these reports are counted, and judge."""
    for reference in references:
        eventually(partial(report_counted, scene, reference), f"{reference} to be counted")
    judge(scene.stage, scene.register, fault, seed, time.time() - since)


@contextmanager
def people_filing(scene: Scene, people: int = 3) -> Iterator[list[str]]:
    """People who file one report after the other while the block runs. Yields: the references so far."""
    references: list[str] = []
    stopping = False

    def go_on(_: int) -> None:
        person = Person(scene.stage, "reporter")
        while not stopping:
            references.append(file_report(person, scene.register))
            time.sleep(0.3)

    with ThreadPoolExecutor(people) as pool:
        work = [pool.submit(go_on, number) for number in range(people)]
        try:
            yield references
        finally:
            stopping = True
            for one in work:
                one.result(120)


def test_a_wiped_valkey_costs_seconds_and_no_report(scene: Scene, seed: int) -> None:
    """Bells that hang unheard are gone; the rows are not."""
    dice = random.Random(f"wiped{seed}")
    with people_filing(scene) as references:
        time.sleep(dice.random() * 2)
        with client(scene.stage.valkey_sock) as valkey:
            valkey.flushall()
        wiped = time.time()
    settle(scene, references, wiped, "Valkey wiped under load", seed)


def test_a_valkey_that_is_killed_comes_back_and_work_goes_on(scene: Scene, seed: int) -> None:
    dice = random.Random(f"killed{seed}")
    with people_filing(scene) as references:
        time.sleep(dice.random())
        if scene.stage.valkey:
            scene.stage.valkey.kill()
            time.sleep(dice.random() * 6)
            scene.stage.valkey.start()
        else:
            scene.stage.kill_part("valkey-server")
        back = time.time()
        references.append(file_report(scene.reporter, scene.register))
    settle(scene, references, back, "Valkey killed, then back", seed)


def test_a_full_valkey_keeps_nobody_from_filing(scene: Scene, seed: int) -> None:
    """`noeviction`: bells are refused, reports are not."""
    with client(scene.stage.valkey_sock) as valkey:
        valkey.config_set("maxmemory", 1)
        try:
            references = [file_report(scene.reporter, scene.register) for _ in range(3)]
            time.sleep(random.Random(f"full{seed}").random() * 3)
        finally:
            valkey.config_set("maxmemory", 0)
    settle(scene, references, time.time(), "Valkey out of memory, then not", seed)


def test_a_message_that_comes_five_times_has_one_effect(scene: Scene, seed: int) -> None:
    """Every bell that hangs in the queue is copied four times, as a broker may do that lost an answer."""
    with client(scene.stage.valkey_sock) as valkey, people_filing(scene) as references:
        copied: set[bytes] = set()
        until = time.monotonic() + 1 + seed % 3
        while time.monotonic() < until:
            for message in set(valkey.lrange("fast", 0, -1)) - copied:
                copied.add(message)
                valkey.lpush("fast", *[message] * 4)
            time.sleep(0.001)
    assert copied
    settle(scene, references, time.time(), "messages delivered five times", seed)


def test_postgresql_killed_under_load(server_scene: Scene, seed: int) -> None:
    store, dice = server_scene.stage.postgres, random.Random(f"pg{seed}")
    assert store is not None
    number = dice.choice([signal.SIGKILL, signal.SIGQUIT, signal.SIGINT])
    with people_filing(server_scene) as references:
        time.sleep(dice.random() * 2)
        store.stop(number)
        time.sleep(dice.random() * 4)
        store.start()
        back = time.time()
        file_report(server_scene.reporter, server_scene.register)
        answered = time.time() - back
    judge(server_scene.stage, server_scene.register, f"PostgreSQL {number.name}: first receipt", seed, answered)
    settle(server_scene, references, back, f"PostgreSQL {number.name}: all counted", seed)


LINES: dict[str, Toxic] = {
    "latency": Toxic(latency=0.2),
    "bandwidth": Toxic(bandwidth=20_000),
    "timeout": Toxic(mute=True),
    "reset after bytes": Toxic(limit=2_000),
    "cut": Toxic(cut=True),
}


@pytest.mark.parametrize("which", ["postgres", "valkey"])
@pytest.mark.parametrize("name", LINES)
def test_a_bad_line_to_a_server_loses_nothing(server_scene: Scene, which: str, name: str, seed: int) -> None:
    line, dice = server_scene.stage.lines[which], random.Random(f"{which}{name}{seed}")
    with people_filing(server_scene, 2) as references:
        line.set(LINES[name])
        time.sleep(0.5 + dice.random() * 3)
        line.set(HEALTHY)
        line.reset()
        healed = time.time()
    settle(server_scene, references, healed, f"line to {which}: {name}", seed)


MOODS: dict[str, Callable[[Scene], None]] = {
    "says nothing": lambda scene: _mood(scene, Mood.MUTE),
    "says nothing after the text": lambda scene: _mood(scene, Mood.MUTE_AFTER_TEXT),
    "later (451)": lambda scene: _mood(scene, Mood.LATER),
    "no (554)": lambda scene: _mood(scene, Mood.NEVER),
    "breaks before the text": lambda scene: _mood(scene, Mood.GONE_BEFORE_TEXT),
    "breaks after the text": lambda scene: _mood(scene, Mood.GONE_AFTER_TEXT),
    "breaks after yes": lambda scene: _mood(scene, Mood.GONE_AFTER_YES),
    "slow line": lambda scene: scene.stage.lines["smtp"].set(Toxic(latency=0.5)),
    "cut line": lambda scene: scene.stage.lines["smtp"].set(Toxic(cut=True)),
}


def _mood(scene: Scene, mood: Mood) -> None:
    assert scene.stage.smtp is not None
    scene.stage.smtp.mood = mood


def mail_waits(stage: Stage) -> bool:
    """Whether the newest mail is to be tried again after a pause, and says why."""
    with stage.database.read() as session:
        row = session.scalars(select(Delivery).order_by(Delivery.id.desc())).first()
    return row is not None and row.retry_at is not None and bool(row.fault)


@pytest.mark.parametrize("name", MOODS)
def test_a_mail_server_that_misbehaves_sends_no_mail_twice(server_scene: Scene, name: str, seed: int) -> None:
    """Whoever is to get a mail gets it once or not at all; and whoever files a report meanwhile notices nothing."""
    stage = server_scene.stage
    began = time.time()
    MOODS[name](server_scene)
    try:
        wish = mail(server_scene)
        reference = file_report(server_scene.reporter, server_scene.register)
        eventually(lambda: report_counted(server_scene, reference), "a report beside a bad mail server", 20)
        eventually(lambda: wish() or mail_waits(stage), "the mail's state to be told")
    finally:
        _mood(server_scene, Mood.OK)
        stage.lines["smtp"].set(HEALTHY)
    judge(stage, server_scene.register, f"mail server {name}", seed, time.time() - began)


def test_an_order_while_valkey_is_away_is_printed_when_it_is_back(scene: Scene, seed: int) -> None:
    if scene.stage.valkey is None:
        pytest.skip("the embedded product starts its Valkey again at once")
    scene.stage.valkey.kill()
    built = order(scene)
    with scene.stage.database.read() as session:
        assert session.scalars(select(Outbox)).first() is not None
    scene.stage.valkey.start()
    back = time.time()
    eventually(built, "the summary")
    judge(scene.stage, scene.register, "summary ordered without Valkey", seed, time.time() - back)
