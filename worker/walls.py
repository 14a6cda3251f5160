"""The walls around the renderer's process. Put up from inside, before anything that others wrote is read.

A page that names a file or an address gets nothing already from the URL fetcher; these walls stand behind it,
for the day when a fault lets something past. None of them can be taken down again by the process itself.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any

MEMORY = 1 << 30  # bytes of address space; a report of six pages needs about a fifth
FILE_SIZE = 1 << 20  # bytes of one file; unpacked fonts are the only ones written, about 50 kB each
OPEN_FILES = 64
REFUSED = ("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "urllib.")
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_CLONE_NEWNET, _CLONE_NEWUSER = 0x40000000, 0x10000000


class WalledError(PermissionError):
    """Something tried to get past the walls."""


def limit(seconds: float) -> None:
    """Cap memory, processor time, files; die with the parent; leave the network where the kernel allows.

    Arguments: seconds - of processor time until the kernel ends the process.
    """
    caps = {
        resource.RLIMIT_AS: MEMORY,
        resource.RLIMIT_CPU: max(1, round(seconds)),
        resource.RLIMIT_FSIZE: FILE_SIZE,
        resource.RLIMIT_NOFILE: OPEN_FILES,
        resource.RLIMIT_CORE: 0,
    }
    for which, cap in caps.items():
        hard = resource.getrlimit(which)[1]
        cap = cap if hard == resource.RLIM_INFINITY else min(cap, hard)
        resource.setrlimit(which, (cap, cap))
    if sys.platform == "linux":
        _limit_linux()


def _limit_linux() -> None:
    """Best effort, for each kernel and container allows another part of it: what fails here is no fault."""
    kernel = ctypes.CDLL(None, use_errno=True)
    kernel.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    kernel.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    # Root may leave the network at once; everybody else needs a user namespace of their own for it.
    if kernel.unshare(_CLONE_NEWNET) != 0:
        kernel.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)


def close(folder: str) -> None:
    """From here on no network, no new process, no file but Python's own libraries and `folder`.

    It listens to the interpreter's audit events (PEP 578), which libraries written in C do not raise: they are
    held by the caps and the namespace above.
    """
    sys.addaudithook(_guard(os.path.realpath(folder)))


def _guard(folder: str) -> Callable[[str, tuple[Any, ...]], None]:
    paths = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    # A virtual environment may lean on packages that are installed elsewhere.
    paths |= {path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")}
    readable = tuple(os.path.realpath(path) + os.sep for path in paths)
    own = folder + os.sep

    def guard(event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith(REFUSED):
            raise WalledError(f"{event} is not allowed here")
        if event == "open" and not _may_open(arguments[0], arguments[2], readable, own):
            raise WalledError("this file is not allowed here")

    return guard


def _may_open(path: object, flags: int, readable: tuple[str, ...], own: str) -> bool:
    if isinstance(path, int):  # It is open already, such as stdout.
        return True
    name = os.path.realpath(os.fsdecode(path)) if isinstance(path, str | bytes | Path) else ""
    writes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC)
    return name.startswith(own) or (not writes and name.startswith(readable))
