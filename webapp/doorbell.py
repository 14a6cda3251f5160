"""The doorbell: tells the queue that a row waits, without anybody at the form waiting for it."""

from __future__ import annotations

import os
import queue
import threading
import time
from typing import Any

import logs
from faults import fault

logger = logs.get("doorbell")
AT_MOST = 10_000  # bells kept while the broker is away; the sweep rings for what is dropped
SECONDS = 2  # how long one ring may take
TRIES, PAUSE = 20, 1.0  # a bell that was not heard is rung again so often, with so many seconds between


class Doorbell:
    """Rings from a thread of its own. The row is committed before, so a bell that nobody hears costs
    half a minute, until the sweep, and never a report."""

    def __init__(self, broker_url: str) -> None:
        self.broker_url = broker_url
        self._waiting: queue.Queue[tuple[str, str, int]] = queue.Queue(AT_MOST)
        self._thread: threading.Thread | None = None
        self._pid = 0
        self._lock = threading.Lock()

    def ring(self, task: str, queue_name: str, subject_id: int) -> None:
        """Ask for a task to be run. Never waits and never fails."""
        if not self.broker_url:
            return
        self._start()
        try:
            self._waiting.put_nowait((task, queue_name, subject_id))
        except queue.Full:
            logger.warning("bell_dropped", task=task, subject_id=subject_id)

    def _start(self) -> None:
        """Start the thread at the first ring, once in every process: a fork does not take threads along."""
        if self._pid == os.getpid():
            return
        with self._lock:
            if self._pid != os.getpid():
                self._thread = threading.Thread(target=self._work, name="doorbell", daemon=True)
                self._thread.start()
                self._pid = os.getpid()

    def _work(self) -> None:
        from celery import Celery  # Here, so that the web starts without it.

        limits = {"socket_timeout": SECONDS, "socket_connect_timeout": SECONDS}
        celery = Celery("doorbell", broker=self.broker_url, set_as_current=False)
        celery.conf.update(task_ignore_result=True, broker_transport_options=limits)
        while True:
            bell = self._waiting.get()
            for _ in range(TRIES):
                if self._send(celery, *bell):
                    break
                time.sleep(PAUSE)  # The broker is away; whoever rings meanwhile waits in line.

    def _send(self, celery: Any, task: str, queue_name: str, subject_id: int) -> bool:
        try:
            fault("doorbell.before_send")
            celery.send_task(task, args=[subject_id], queue=queue_name, retry=False)
            fault("doorbell.after_send")
        except Exception as error:
            logger.warning("bell_not_heard", task=task, subject_id=subject_id, error=type(error).__name__)
            return False
        return True
