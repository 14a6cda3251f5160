"""Looking for words wherever a running product may leave or pass them: while it runs, and in what it leaves behind."""

from __future__ import annotations

import os
import re
import socket
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import psutil  # type: ignore[import-untyped]

from tests.faults.stage import Stage
from tests.faults.stores import client
from tests.pdf_text import read_pages, read_streams

PAUSE = 0.1  # seconds between two looks


class Lookout:
    """While the block runs: everything that is said to Valkey, each process's words, and each temporary file.

    `seen` tells where a word was found; `looks` and `heard` that somebody was looking and listening at all.
    """

    def __init__(self, stage: Stage, folder: Path, word: str) -> None:
        self.stage, self.folder, self.word = stage, folder, re.compile(word.encode(), re.IGNORECASE)
        self.seen: set[str] = set()
        self.looks, self.heard = 0, bytearray()
        self._over = threading.Event()
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._listen, self._watch)]

    def __enter__(self) -> Lookout:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()
        self.seen |= {"said to Valkey"} if self.word.search(self.heard) else set()

    def _listen(self) -> None:
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(self.stage.valkey_sock))
            line.settimeout(PAUSE)
            line.sendall(b"MONITOR\r\n")
            while not self._over.is_set():
                with suppress(TimeoutError):
                    self.heard += line.recv(1 << 16)

    def _watch(self) -> None:
        launched = self.stage.launched
        assert launched is not None
        while not self._over.wait(PAUSE):
            self.looks += 1
            with suppress(psutil.Error):
                for process in psutil.Process(launched.pid).children(recursive=True):
                    with suppress(psutil.Error):
                        said = "\0".join([*process.cmdline(), *process.environ().values()]).encode()
                        self.seen |= {"the words of a process"} if self.word.search(said) else set()
            self.seen |= {f"the temporary file {path}" for path in in_files(self.folder, self.word)}


def in_files(folder: Path, word: re.Pattern[bytes]) -> list[Path]:
    """The files below a folder in whose bytes a word stands."""
    found = []
    for place, _, names in os.walk(folder):  # which is content when a folder has gone meanwhile
        for path in (Path(place, name) for name in names):
            with suppress(OSError):  # gone too, or a socket
                found += [path] if word.search(path.read_bytes()) else []
    return found


def in_valkey(stage: Stage, word: re.Pattern[bytes]) -> list[str]:
    """The keys of Valkey whose name or value, of whatever kind, holds a word. Raises: AssertionError on an odd kind."""
    found = []
    with client(stage.valkey_sock) as valkey:
        readers = {
            b"string": valkey.get,
            b"list": lambda key: valkey.lrange(key, 0, -1),
            b"set": valkey.smembers,
            b"hash": valkey.hgetall,
            b"zset": lambda key: valkey.zrange(key, 0, -1, withscores=True),
        }
        for key in valkey.scan_iter():
            kind = valkey.type(key)
            kind = kind if isinstance(kind, bytes) else str(kind).encode()
            value = readers[kind](key) if kind != b"none" else b""
            found += [repr(key)] if word.search(repr((key, value)).encode()) else []
    return found


def in_document(document: bytes, word: re.Pattern[bytes]) -> set[str]:
    """Every word like it in a PDF: its bytes as they lie and unpacked, metadata included, and what its pages show."""
    shown = " ".join(read_pages(document)).encode()
    found = [match.decode() for text in (document, read_streams(document), shown) for match in word.findall(text)]
    return {match.lower() for match in found}
