"""The Celery app. Celery says when and where; the database says what."""

from __future__ import annotations

import gc
import logging
import os
import time
from functools import lru_cache
from typing import Any

from celery import Celery, signals
from celery.app.task import Task as CeleryTask
from kombu import Queue
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from structlog.contextvars import bind_contextvars, clear_contextvars

import logs
import settings
from faults import fault
from models.base import Database
from models.clock import refuse_wrong_clock
from models.outbox import Task, forgive, note_fault
from models.wall_state import refuse_behind_wall
from worker.ready import broken_promises, refuse

SECONDS_BETWEEN_TICKS = 5
HARD_LIMIT = 180  # seconds; well below the visibility timeout, so that no task runs twice because it is slow
VISIBILITY = 300  # seconds until the broker offers a task again whose worker died
PAUSES = (0.5, 1, 2, 4)  # seconds that a task waits for a database that is away, before it leaves its row to the sweep
CONNECTIONS = 4  # to the database and process: one for each thread that works, one for what says that it goes on
ENOUGH_BELLS = 1000  # so many hang in a queue that nobody is helped by more
ROUTES = {task.value: {"queue": task.queue} for task in Task}
ROUTES |= {
    "watch_area": {"queue": "slow"},
    "sign_of_life": {"queue": "slow"},
    "back_up": {"queue": "backup"},
    "forget_leavers": {"queue": "slow"},
}

current = settings.load()
logger = logs.get("worker")


class Door(CeleryTask):  # type: ignore[type-arg]
    """What every task does when it fails: a database that is away is asked again; everything else is logged, and
    the reason is left on the waiting row for a person to see."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        for pause in PAUSES:
            try:
                return super().__call__(*args, **kwargs)
            except OperationalError as error:
                logger.warning("database_away", kind=type(error).__name__)
                time.sleep(pause)
                self._forgive(args)
        return super().__call__(*args, **kwargs)

    def _forgive(self, args: Any) -> None:
        if job := self._job():
            try:
                with database().write() as session:
                    forgive(session, job, args[0])
            except OperationalError as error:  # It is still away, and nothing was counted.
                logger.warning("database_away", kind=type(error).__name__)

    def _job(self) -> Task | None:
        return next((task for task in Task if task.value == self.name), None)

    def on_failure(self, exc: BaseException, task_id: str, args: Any, kwargs: Any, einfo: Any) -> None:
        logger.error("task_failed", kind=type(exc).__name__, exc_info=exc)
        if job := self._job():
            try:
                with database().write() as session:
                    note_fault(session, job, args[0], type(exc).__name__)
            except SQLAlchemyError as error:  # Else the message would never be acknowledged, and hold its place.
                logger.warning("fault_not_noted", kind=type(error).__name__)


celery = Celery("lexheller", task_cls=Door, include=["worker.tasks", "worker.archive", "worker.night"])
celery.conf.update(
    broker_url=current.broker_url,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_transport_options={
        "visibility_timeout": VISIBILITY,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "health_check_interval": 25,
    },
    accept_content=["json"],
    task_serializer="json",
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_time_limit=HARD_LIMIT,
    task_soft_time_limit=HARD_LIMIT - 30,
    task_queues=[Queue(name, routing_key=name) for name in ("fast", "slow", "backup")],
    task_default_queue="fast",
    task_routes=ROUTES,
    worker_disable_prefetch=True,  # no short task is parked behind a long one
    # A message whose acknowledgement is lost with the connection counts as held for ever. With as few places as hands
    # the worker would then ask for nothing more, and so not notice that the connection is gone.
    worker_prefetch_multiplier=8,
    worker_cancel_long_running_tasks_on_connection_loss=True,
    worker_max_tasks_per_child=10_000,
    worker_enable_remote_control=False,
    worker_send_task_events=False,
    beat_scheduler="worker.ticking:SteadyScheduler",
    timezone="UTC",
    enable_utc=True,
    # A tick that nobody took in time is worth nothing: the next one does the same.
    beat_schedule={
        "sweep": {"task": "sweep", "schedule": SECONDS_BETWEEN_TICKS, "options": {"expires": 60}},
        "sign_of_life": {"task": "sign_of_life", "schedule": SECONDS_BETWEEN_TICKS, "options": {"expires": 60}},
        "back_up": {"task": "back_up", "schedule": 600, "options": {"expires": 300}},
        "forget_leavers": {"task": "forget_leavers", "schedule": 3600, "options": {"expires": 1800}},
    },
)


def database() -> Database:
    """The database of this process. A forked child makes its own, since sockets cannot be shared."""
    return _database_of(os.getpid())


@lru_cache(maxsize=1)
def _database_of(_pid: int) -> Database:
    return Database(current.database_url, pool_size=CONNECTIONS)


@signals.celeryd_init.connect
@signals.beat_init.connect
def _make_sure(**_: object) -> None:
    """Refuse to start where work could be lost or done twice. What is opened for it is closed before any fork."""
    refuse([*broken_promises(celery.conf), *settings.version_faults()])
    asked = Database(current.database_url)
    refuse_wrong_clock(asked)
    refuse_behind_wall(asked)
    asked.dispose()


@signals.worker_init.connect
def _set_aside(**_: object) -> None:
    """What is loaded at the start stays. Left out of the collector's count, it no longer puts off the rounds that find
    what failed tasks leave behind: tracebacks and frames that hold each other, tens of kilobytes each."""
    gc.collect()
    gc.freeze()


@signals.worker_process_init.connect
def _leave_the_parents_sockets(**_: object) -> None:
    """A forked child forgets its parent's connections without closing them: the parent still speaks through them."""
    _database_of(os.getppid()).engine.dispose(close=False)
    _database_of.cache_clear()


def ring(task: str, subject_id: int) -> bool:
    """Tell the queue that a row waits. A broker that is away is logged; the sweep rings again.

    Returns: whether the bell was heard. Finding out that it was not takes some seconds.
    """
    try:
        fault("bell.before_send")
        celery.send_task(task, args=[subject_id], retry=False)
        fault("bell.after_send")
    except Exception as error:
        logger.warning("bell_not_heard", task=task, subject_id=subject_id, error=type(error).__name__)
        return False
    return True


def quiet(task: str) -> bool:
    """Whether so few bells hang in a task's queue that one more may help. A broker that is away is not asked twice:
    the bell itself finds out."""
    queue = ROUTES.get(task, {}).get("queue", "fast")
    with celery.connection_for_write() as connection:
        try:
            with connection.channel() as channel:
                return int(channel.queue_declare(queue, passive=True).message_count) < ENOUGH_BELLS  # type: ignore[attr-defined]
        except (*connection.channel_errors, *connection.connection_errors):
            return True  # An empty queue is not there.


@signals.setup_logging.connect
def _configure_logs(**_: object) -> None:
    logs.configure()
    # Celery writes an error's message into its line, and the message may quote a report. The door says it instead.
    logging.getLogger("celery.app.trace").setLevel(logging.CRITICAL)


@signals.task_prerun.connect
def _name_task(task_id: str, task: Any, args: Any, **_: object) -> None:
    """Every line of a task carries its id, its name and the id of the row that it is about."""
    clear_contextvars()
    bind_contextvars(task_id=task_id, task=task.name, **({"subject_id": args[0]} if args else {}))
