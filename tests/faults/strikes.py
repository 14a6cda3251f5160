"""Strikes: one fault each, with what must come true in spite of it. Many strike one running product side by side, since
nearly all the time is spent waiting for the product to help itself."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from threading import Lock

from tests.faults.points import ONLY, TRIGGERS, Scene, Wish, file, mail, order, tick
from tests.faults.stage import Stage, eventually
from tests.faults.verdict import look

SHARED = (file, mail, tick)  # ways to a point that any number may go at the same time
ACTIONS = ("kill", "raise", "sleep")
# Who reaches the points of each part of the code. What either worker may reach belongs to both.
WEB, FAST, SLOW, BEAT = "web", "fast worker", "slow worker", "beat"
REACHED_BY: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("receive", "draft", "doorbell", "change", "order", "send_again"), (WEB,)),
    **dict.fromkeys(("classify", "recount", "sweep"), (FAST,)),
    **dict.fromkeys(("build", "pdf", "deliver", "mail", "watch", "dispose"), (SLOW,)),
    **dict.fromkeys(("bell", "task"), (FAST, SLOW)),
    "beat": (BEAT,),
}
# Where a fault costs an item one of its three attempts, whosever item comes by first.
COUNTED = {"classify": "attempts at reports", "deliver": "attempts at mails", "mail": "attempts at mails"}


@dataclass(frozen=True)
class Strike:
    """One fault.

    Arguments: fault - its name in the table; holds - what no other strike may harm meanwhile, since an item whose
    worker dies three times is given up, as it should be; do - strikes, and returns the seconds until recovery;
    long - whether that takes the better part of a minute.
    """

    fault: str
    holds: frozenset[str]
    do: Callable[[Scene], float]
    long: bool = False


def at_points(stage: Stage, seed: int) -> list[Strike]:
    """A strike at every point that is reached on this stage; which one, and at which passage, the seed says."""
    dice = random.Random(f"points{seed}")
    here = [point for point in TRIGGERS if ONLY.get(point, stage.kind) == stage.kind]
    return [_at_point(point, dice) for point in here]


def _at_point(point: str, dice: random.Random) -> Strike:
    action, trigger, room = dice.choice(ACTIONS), TRIGGERS[point], point.partition(".")[0]
    # Reports that come together are counted together, so only the first surely brings a recount.
    walks = dice.randint(1, 3) if trigger in (file, mail) and room != "recount" else 1
    what = f"sleep {dice.uniform(0.1, 3):.1f}" if action == "sleep" else action
    holds = {point} if trigger in SHARED else {point, trigger.__name__}
    if action == "kill" or (action == "raise" and trigger is order):
        holds |= {*REACHED_BY[room]}
    if action != "sleep" and room in COUNTED:
        holds.add(COUNTED[room])
    return Strike(f"{point}: {action}", frozenset(holds), partial(at_point, point=point, what=what, walks=walks))


def at_point(scene: Scene, point: str, what: str, walks: int = 1) -> float:
    """Arm a point, walk there as often as it takes, and wait until what was wished for has come true after all."""
    scene.stage.arm(point, "spare " * (walks - 1) + what)
    wishes: list[Wish] = [TRIGGERS[point](scene) for _ in range(walks)]
    hit = scene.stage.wait_hit(point)
    for wish in wishes:
        eventually(wish, f"what was asked for in spite of {what} at {point}")
    return time.time() - hit


def side_by_side(scene: Scene, strikes: Iterable[Strike], seed: int, at_once: int) -> None:
    """Let all strike, in an order of the seed's own, and judge after each. Arguments: at_once - how many at a time, of
    which most wait for one another or for the product. Raises: what the first failure raised."""
    shuffled = list(strikes)
    random.Random(f"order{seed}").shuffle(shuffled)
    shuffled.sort(key=lambda strike: not strike.long)  # Else all would wait for one in the end.
    locks = {name: Lock() for strike in shuffled for name in strike.holds}

    def run(strike: Strike) -> None:
        with ExitStack() as held:
            for name in sorted(strike.holds):
                held.enter_context(locks[name])
            recovery = strike.do(scene)
        look(scene.stage, scene.register, strike.fault, seed, recovery)

    with ThreadPoolExecutor(at_once) as pool:
        for done in [pool.submit(run, strike) for strike in shuffled]:
            done.result()
