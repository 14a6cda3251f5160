"""Nothing is called but what is configured, and no template is made of data (OWASP ASVS 5.0, 1.3.6, 1.3.7, 13.2.4)."""

from __future__ import annotations

import ast
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from settings import ROOT
from tests.site import Site
from tests.test_browser_crawl import PERSON, Crawl
from tests.test_every_field import furnished

__all__ = ["furnished"]  # a fixture
ROOMS = ("backup", "commands", "launch", "models", "schemas", "webapp", "worker")
# The files that may speak to another machine, and to whom.
SPEAKERS = {
    "webapp/issuers.py": "the employers' sign-ins that are configured",
    "worker/mail.py": "the mail server that is configured",
    "commands/_advisories.py": "the database of known holes, when a person asks it",
    "launch/address.py": "this machine: is the port free, does the web answer",
    "launch/valkey.py": "this machine: does Valkey answer",
}
LINES = {"socket", "requests", "authlib", "smtplib", "ftplib", "httpx", "urllib3", "aiohttp", "socketserver", "xmlrpc"}
LINES |= {"http.client", "http.server", "urllib.request", "telnetlib", "poplib", "imaplib"}
MADE_OF_DATA = {"render_template_string", "from_string", "Template", "compile_expression"}
_calls: list[tuple[str, Any]] = []
_listening = False


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if _listening and event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        _calls.append((event, arguments[1:]))


sys.addaudithook(_hear)  # Python can take none away, so it listens only while it is asked to.


@contextmanager
def listening() -> Iterator[list[tuple[str, Any]]]:
    """Every connection that this process asks the system for while the block runs."""
    global _listening
    _calls.clear()
    _listening = True
    try:
        yield _calls
    finally:
        _listening = False


def sources() -> Iterator[tuple[str, ast.Module]]:
    for path in (found for room in ROOMS for found in (ROOT / room).rglob("*.py")):
        yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def test_only_five_files_can_speak_to_anybody() -> None:
    speaking = {path for path, tree in sources() if any({name, name.split(".")[0]} & LINES for name in imported(tree))}
    assert speaking == SPEAKERS.keys()


def test_no_template_is_made_of_data() -> None:
    made = [
        (path, name)
        for path, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and (name := getattr(node.func, "attr", getattr(node.func, "id", ""))) in MADE_OF_DATA
    ]
    assert made == []


@pytest.mark.parametrize("site_url", ["sqlite"], indirect=True)  # PostgreSQL's own line is one that is configured
def test_no_page_calls_anybody(furnished: Site) -> None:
    with listening() as calls:
        for role in PERSON:
            assert Crawl(furnished, role).pages
    assert calls == []


def test_the_listener_hears_a_call(tmp_path: Path) -> None:
    with listening() as calls, socket.socket(socket.AF_UNIX) as line:
        assert line.connect_ex(str(tmp_path / "nobody")) != 0
    assert [event for event, _ in calls] == ["socket.connect"]
