"""What a figure was measured on. Says nothing that names the machine or its owner."""

from __future__ import annotations

import os
import platform
import sqlite3
import tempfile
import time
from pathlib import Path
from statistics import median

from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

COMMITS = 200


def facts(folder: Path, database_url: str) -> list[tuple[str, str]]:
    """Label and value of what bears on the figures.

    Arguments: folder - where the benchmark keeps its data, since the disk's speed decides over a commit's.
    """
    load = os.getloadavg()[0]
    stored = [
        ("database", _database(database_url)),
        ("disk", f"{durable_commit(folder):.2f} ms for one row stored and synced (SQLite, median of {COMMITS})"),
    ]
    return [*computer(), *stored, ("at start", f"{time.strftime('%Y-%m-%d %H:%M')}, load average {load:.1f}")]


def computer() -> list[tuple[str, str]]:
    """Label and value of what bears on figures that need no disk."""
    return [
        ("machine", f"{_cpu()}, {os.cpu_count()} cores, {_memory():.0f} GB, {platform.system()} {platform.machine()}"),
        ("python", platform.python_version()),
    ]


def durable_commit(folder: Path) -> float:
    """Milliseconds that one row takes to reach the disk, with the product's own settings of SQLite."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        connection = sqlite3.connect(Path(name) / "disk.sqlite3", isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE row (text TEXT)")
        times = [_commit_one(connection) for _ in range(COMMITS)]
        connection.close()
    return median(times) * 1000


def _commit_one(connection: sqlite3.Connection) -> float:
    start = time.perf_counter()
    connection.execute("INSERT INTO row VALUES ('x')")
    return time.perf_counter() - start


def _cpu() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown CPU"


def _memory() -> float:
    """In GB of 10^9 bytes."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9


def _database(url: str) -> str:
    if url.startswith("sqlite"):
        return f"SQLite {sqlite3.sqlite_version}, write-ahead log, synchronous=FULL"
    with create_engine(url, poolclass=NullPool).connect() as connection:
        words = ("server_version", "fsync", "synchronous_commit")
        version, fsync, commit = (connection.exec_driver_sql(f"SHOW {word}").scalar_one() for word in words)
    return f"PostgreSQL {version}, fsync={fsync}, synchronous_commit={commit}"
