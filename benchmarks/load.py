"""Load from several processes with several connections each: as fast as it goes, or at a constant rate."""

from __future__ import annotations

import math
import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import count, takewhile
from multiprocessing.synchronize import Barrier

from benchmarks.posts import BarePoster, FormPoster
from settings import Settings

PROCESSES = 2
READY_WITHIN = 60  # seconds for every connection to sign in
POSTERS = {"form": FormPoster, "bare": BarePoster}


@dataclass(frozen=True)
class Load:
    """Arguments: kind - `form` or `bare`; rate - posts a second, or None for as many as are answered;
    connections - in all, each with a thread of its own."""

    where: str
    settings: Settings
    kind: str
    seconds: float
    connections: int
    rate: float | None = None


def steady(where: str, settings: Settings, seconds: float, rate: float) -> Load:
    """Form posts at a constant rate, with a connection for each post of a second: while answers take less than
    that, there is always one free when the next post is due."""
    return Load(where, settings, "form", seconds, max(PROCESSES, math.ceil(rate)), rate)


@dataclass(frozen=True)
class Answer:
    """`begun` is when the post should have left by the schedule, even if no connection was free then;
    moments in seconds of the machine's monotonic clock, the same in all processes."""

    begun: float
    ended: float
    status: int
    reference: str

    @property
    def milliseconds(self) -> float:
        return (self.ended - self.begun) * 1000


def run(load: Load, at_start: Callable[[], None] = lambda: None) -> list[Answer]:
    """All answers, by the moment they ended.

    Arguments: at_start - called when every connection has signed in and the load begins.
    Raises: what any connection raised.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])  # Loaded once for all runs.
    ready = context.Barrier(PROCESSES + 1)
    with context.Pool(PROCESSES, _remember, (ready,)) as pool:
        shards = pool.starmap_async(_run_shard, [(load, index) for index in range(PROCESSES)], chunksize=1)
        with suppress(threading.BrokenBarrierError):  # Then a shard failed, and get() tells why.
            ready.wait(READY_WITHIN)
            at_start()
        return sorted((answer for shard in shards.get() for answer in shard), key=lambda answer: answer.ended)


_ready: Barrier


def _remember(ready: Barrier) -> None:
    global _ready
    _ready = ready


def _run_shard(load: Load, index: int) -> list[Answer]:
    """One process: connect, wait for the other processes, send."""
    posters = _connect(load, range(index, load.connections, PROCESSES))
    _ready.wait(READY_WITHIN)
    start = time.monotonic()
    moments = _Moments(load, index, start)
    answers: list[Answer] = []
    threads = [threading.Thread(target=_post, args=(poster, moments, answers)) for poster in posters]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def _connect(load: Load, numbers: range) -> list[BarePoster]:
    try:
        return [POSTERS[load.kind](load.where, load.settings, number) for number in numbers]
    except BaseException:
        _ready.abort()
        raise


class _Moments:
    """When the next post of this process is due; shared by its threads."""

    def __init__(self, load: Load, index: int, start: float) -> None:
        self.lock = threading.Lock()
        self.end = start + load.seconds
        self.due: Iterator[float] | None = None
        if load.rate is not None:
            rate = load.rate
            planned = (start + (index + PROCESSES * step) / rate for step in count())
            self.due = takewhile(lambda moment: moment < self.end, planned)

    def __iter__(self) -> Iterator[float]:
        while True:
            with self.lock:
                moment = next(self.due, None) if self.due else time.monotonic()
            if moment is None or moment >= self.end:
                return
            yield moment


def _post(poster: BarePoster, moments: _Moments, answers: list[Answer]) -> None:
    body = poster.prepare()
    for moment in moments:
        time.sleep(max(0.0, moment - time.monotonic()))
        begun = moment if moments.due else time.monotonic()
        status, reference = poster.send(body)
        answers.append(Answer(begun, time.monotonic(), status, reference))
        body = poster.prepare()
