"""What a worker or beat makes sure of before it starts. Celery's settings are promises here: each stands for a report
that would otherwise be lost or done twice, so a start without one is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

# Where a task that is killed goes back into its queue, and no task is offered again while it may still run.
PROMISES: dict[str, Callable[[Any], bool]] = {
    "task_acks_late": lambda conf: conf.task_acks_late is True,
    "task_reject_on_worker_lost": lambda conf: conf.task_reject_on_worker_lost is True,
    "task_time_limit": lambda conf: 0 < conf.task_time_limit < _visibility(conf) / 1.5,
    "task_soft_time_limit": lambda conf: 0 < conf.task_soft_time_limit < conf.task_time_limit,
    "unacked_restore_interval": lambda conf: conf.broker_transport_options.get("unacked_restore_interval", 10) <= 10,
    "unacked_restore_throttle": lambda conf: conf.broker_transport_options.get("unacked_restore_throttle", 10) == 1,
    "broker_connection_max_retries": lambda conf: conf.broker_connection_max_retries is None,
    "worker_disable_prefetch": lambda conf: conf.worker_disable_prefetch is True,
    "worker_prefetch_multiplier": lambda conf: conf.worker_prefetch_multiplier >= 4,
    "task_ignore_result": lambda conf: conf.task_ignore_result is True,
    "accept_content": lambda conf: list(conf.accept_content) == ["json"],
    "timezone": lambda conf: conf.timezone == "UTC" and conf.enable_utc is True,
}


def _visibility(conf: Any) -> float:
    return float(conf.broker_transport_options["visibility_timeout"])


def broken_promises(conf: Any) -> list[str]:
    """The settings of Celery that would let work be lost or done twice."""
    return [f"{name} is not what it must be" for name, holds in PROMISES.items() if not holds(conf)]


def refuse(faults: list[str]) -> None:
    """Raises: SystemExit that names every fault, if there is one."""
    if faults:
        raise SystemExit("The worker does not start: " + "; ".join(faults))
