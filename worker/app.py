"""The Celery app. Celery says when and where; the database says what."""

from __future__ import annotations

import logging
import os
from functools import lru_cache
from typing import Any

from celery import Celery, signals
from celery.app.task import Task as CeleryTask
from kombu import Queue
from structlog.contextvars import bind_contextvars, clear_contextvars

import logs
import settings
from models.base import Database
from models.outbox import Task, note_fault

SECONDS_BETWEEN_TICKS = 15
HARD_LIMIT = 180  # seconds; well below the visibility timeout, so that no task runs twice because it is slow
VISIBILITY = 300  # seconds until the broker offers a task again whose worker died

current = settings.load()
logger = logs.get("worker")


class Door(CeleryTask):  # type: ignore[type-arg]
    """What every task does when it fails: log it, and leave the reason on the waiting row for a person to see."""

    def on_failure(self, exc: BaseException, task_id: str, args: Any, kwargs: Any, einfo: Any) -> None:
        logger.error("task_failed", kind=type(exc).__name__, exc_info=exc)
        if self.name in {task.value for task in Task}:
            with database().write() as session:
                note_fault(session, Task(self.name), args[0], type(exc).__name__)


celery = Celery("lexheller", task_cls=Door, include=["worker.tasks"])
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
    task_queues=[Queue("fast", routing_key="fast"), Queue("slow", routing_key="slow")],
    task_default_queue="fast",
    task_routes={task.value: {"queue": task.queue} for task in Task} | {"watch_area": {"queue": "slow"}},
    worker_prefetch_multiplier=1,
    worker_cancel_long_running_tasks_on_connection_loss=True,
    worker_max_tasks_per_child=10_000,
    worker_enable_remote_control=False,
    worker_send_task_events=False,
    timezone="UTC",
    enable_utc=True,
    beat_schedule={"sweep": {"task": "sweep", "schedule": SECONDS_BETWEEN_TICKS}},
)


def database() -> Database:
    """The database of this process. A forked child makes its own, since sockets cannot be shared."""
    return _database_of(os.getpid())


@lru_cache(maxsize=1)
def _database_of(_pid: int) -> Database:
    return Database(current.database_url)


def ring(task: str, subject_id: int) -> bool:
    """Tell the queue that a row waits. A broker that is away is logged; the sweep rings again.

    Returns: whether the bell was heard. Finding out that it was not takes some seconds.
    """
    try:
        celery.send_task(task, args=[subject_id], retry=False)
    except Exception as error:
        logger.warning("bell_not_heard", task=task, subject_id=subject_id, error=type(error).__name__)
        return False
    return True


@signals.setup_logging.connect
def _configure_logs(**_: object) -> None:
    logs.configure()
    # Celery writes an error's message into its line, and the message may quote a report. The door says it instead.
    logging.getLogger("celery.app.trace").setLevel(logging.CRITICAL)


@signals.task_prerun.connect
def _name_task(task_id: str, task: Any, **_: object) -> None:
    clear_contextvars()
    bind_contextvars(task_id=task_id, task=task.name)
