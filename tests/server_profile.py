"""The server profile without containers: the command lines and the environment of docker-compose.yml, run as they stand
there, against a real PostgreSQL and a real Valkey; and somebody who visits it through a proxy that ends HTTPS."""

from __future__ import annotations

import html
import http.client
import os
import re
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlencode

from ruamel.yaml import YAML

from launch.address import free_port
from launch.children import tied_to_us
from settings import ROOT
from tests.servers import as_administrator, as_role

HOST = "lexheller.example.org"
BIN = Path(sys.executable).parent
SERVICES: dict[str, Any] = YAML(typ="safe").load(ROOT / "docker-compose.yml")["services"]
TMPFS = "/tmp/"  # noqa: S108 - what the containers have in memory is the test's own folder here.
AS_ROOT = "ignore:You're running the worker with superuser privileges"  # The containers do not.
STARTED = ("worker-fast", "worker-slow", "beat", "web")
TOKEN = re.compile(r'name="(csrf_token|form_key|next)"[^>]*value="([^"]*)"')


class ServerProfile:
    """Web, two workers and beat, each a process of its own. A context manager."""

    def __init__(self, folder: Path, database_url: str, broker_url: str, mail_url: str = "smtp://127.0.0.1:9") -> None:
        self.folder = folder
        self.port = free_port("127.0.0.1", 0)
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self._stack = ExitStack()
        for name, value in (
            ("secret_key", secrets.token_hex(32)),
            ("database_url", as_administrator(database_url)),
            *((f"{role}_url", as_role(database_url, role)) for role in ("owner", "web", "worker")),
            ("broker_url", broker_url),
            ("mail_url", mail_url),
        ):
            (folder / name).write_text(value, encoding="utf-8")

    def __enter__(self) -> ServerProfile:
        for name in ("roles", "migrate"):
            self.once(name, self.words(name))
        for name in STARTED:
            log = self._stack.enter_context((self.folder / f"{name}.log").open("wb"))
            self.running[name] = subprocess.Popen(
                self.words(name), cwd=ROOT, env=self.environ(name), stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True, preexec_fn=tied_to_us(),
            )  # fmt: skip
        self.wait_for(self.is_healthy, "the web's health check")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for process in self.running.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._stack.close()

    def stop(self) -> dict[str, int]:
        """Ask every part to stop, as Docker does. Returns: the exit code of each."""
        for process in self.running.values():
            process.send_signal(signal.SIGTERM)
        return {name: process.wait(30) for name, process in self.running.items()}

    def words(self, name: str) -> list[str]:
        """The command line of a service; only what belongs to its container is put in other words."""
        first, *rest = (str(word) for word in SERVICES[name]["command"])
        bind = ["--bind", f"127.0.0.1:{self.port}"] if name == "web" else []
        here = {TMPFS: f"{self.folder}/", "/run/secrets": str(self.folder)}
        for there, ours in here.items():
            rest = [word.replace(there, ours) for word in rest]
        return [str(BIN / first), *rest, *bind]

    def environ(self, name: str) -> dict[str, str]:
        told = {key: str(value) for key, value in SERVICES[name]["environment"].items()}
        told |= {key: value.replace(TMPFS, f"{self.folder}/{name}-") for key, value in told.items()}
        told |= {key: value.replace("/run/secrets", str(self.folder)) for key, value in told.items()}
        told |= {"LEXHELLER_TRUSTED_HOSTS": HOST, "LEXHELLER_PROXIES": "1", "WEB_CONCURRENCY": "2"}
        told |= {"LEXHELLER_PUBLIC_URL": f"https://{HOST}", "LEXHELLER_MAIL_FROM": f"lexheller@{HOST}"}
        told |= {"LEXHELLER_METRICS_TOKEN": ""} if "LEXHELLER_METRICS_TOKEN" in told else {}  # as Compose fills it in
        plain = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "PYTHONDONTWRITEBYTECODE": "1"}
        return plain | told | {"PYTHONWARNINGS": AS_ROOT}

    def once(self, service: str, words: list[str], typed: str = "") -> str:
        """Run a command to its end in the environment of a service. Returns: what it printed."""
        done = subprocess.run(
            words, cwd=ROOT, env=self.environ(service), input=typed,
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def command(self, *words: str, typed: str = "") -> str:
        """Run one of Lex Heller's commands, as `docker compose exec worker-fast python -m commands` does."""
        return self.once("worker-fast", [sys.executable, "-m", "commands", *words], typed)

    def is_healthy(self) -> bool:
        """Ask by the health check of docker-compose.yml itself."""
        code = SERVICES["web"]["healthcheck"]["test"][-1].replace(":8000/", f":{self.port}/")
        asked = subprocess.run([sys.executable, "-c", code], env=self.environ("web"), capture_output=True, check=False)
        return asked.returncode == 0

    def wait_for(self, ready: Callable[[], bool], what: str, seconds: float = 45) -> None:
        """Raises: AssertionError with the ends of all logs when it takes too long or a part has ended."""
        until = time.monotonic() + seconds
        while not ready():
            ended = [name for name, process in self.running.items() if process.poll() is not None]
            if ended or time.monotonic() > until:
                raise AssertionError(f"waited for {what}; ended: {ended}\n{self.last_words()}")
            time.sleep(0.1)

    def logs(self) -> dict[str, str]:
        return {name: (self.folder / f"{name}.log").read_text(errors="replace") for name in self.running}

    def last_words(self) -> str:
        return "\n".join(f"{name}:\n{text[-1500:]}" for name, text in self.logs().items())


@dataclass
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


@dataclass
class Visitor:
    """A browser behind the proxy: it keeps cookies, runs no script, and sends no Referer, as our policy asks."""

    port: int
    host: str = HOST
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, address: str) -> Answer:
        return self._ask("GET", address, None)

    def post(self, address: str, page: str, **fields: Any) -> Answer:
        """Open a page, fill in its hidden values and send its form."""
        hidden = {name: html.unescape(value) for name, value in TOKEN.findall(self.get(page).text)}
        return self._ask("POST", address, urlencode(hidden | fields, doseq=True))

    def sign_in(self, email: str, password: str) -> None:
        answer = self.post("/logga-in", "/logga-in", email=email, password=password)
        assert answer.status == 302, f"{answer.status}: {answer.text}"

    def _ask(self, method: str, address: str, body: str | None) -> Answer:
        headers = {"Host": self.host, "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        with closing(connection):
            connection.request(method, address, body, headers)
            response = connection.getresponse()
            answer = Answer(response.status, dict(response.getheaders()), response.read())
        for line in response.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return answer
