"""What the kernel says about a process. Only Linux has these files; elsewhere the figures are NaN."""

from __future__ import annotations

import math
import os
from pathlib import Path


def cpu_seconds(pid: int) -> float:
    """CPU time that a process has used in user and kernel mode, in seconds; fields 14 and 15 of proc(5) stat."""
    stat = _read(pid, "stat")
    fields = stat.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") if fields else math.nan


def resident_megabytes(pid: int) -> float:
    """Memory that a process holds in RAM (VmRSS), in MB of 10^6 bytes."""
    rows = dict(line.split(":", 1) for line in _read(pid, "status").splitlines())
    return int(rows["VmRSS"].split()[0]) * 1024 / 1e6 if "VmRSS" in rows else math.nan


def peak_megabytes(pid: int) -> float:
    """The most memory that a living process has held in RAM (VmHWM), in MB of 10^6 bytes; zero once it has ended."""
    rows = dict(line.split(":", 1) for line in _read(pid, "status").splitlines())
    return int(rows["VmHWM"].split()[0]) * 1024 / 1e6 if "VmHWM" in rows else 0.0


def _read(pid: int, name: str) -> str:
    path = Path(f"/proc/{pid}/{name}")
    try:
        return path.read_text(encoding="utf-8")
    except OSError:  # It has ended, or there is no such file on this system.
        return ""
