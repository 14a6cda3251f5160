"""How gunicorn serves the web in the server profile. It reads this file by itself from the folder it starts in."""

import os
from typing import Any

from gunicorn.glogging import Logger

import logs


class JsonLogger(Logger):  # type: ignore[misc]  # gunicorn ships no types.
    """Sends gunicorn's own lines the way of all others, as JSON. The web logs its answers itself."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        logs.configure()
        self.error_log.handlers.clear()
        self.error_log.propagate = True


bind = "0.0.0.0:8000"  # all of its container; docker-compose.yml says who reaches that
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 8
timeout = 60  # seconds of silence until a worker is replaced; the database gives up after 15
graceful_timeout = 30  # seconds that answers under way get when the web is stopped
# A worker shows that it lives by touching a file. On a slow disk a healthy worker would look dead.
worker_tmp_dir = "/dev/shm"  # noqa: S108 - a folder in memory; gunicorn makes a file of its own in it.
control_socket_disable = True  # Nobody steers it from inside, and the container's disk is read-only.
logger_class = JsonLogger
