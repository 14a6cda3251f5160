"""Where the web listens: a free port, the address people type, and whether somebody answers there."""

from __future__ import annotations

import errno
import http.client
import socket

import click

from launch.folders import LaunchError

HIGHEST = 65535
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - these names are translated, not listened on.


class Port(click.ParamType[int]):
    """The number of a port, from 0 to 65535."""

    name = "tal"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        text = str(value)
        if text.isascii() and text.isdigit() and int(text) <= HIGHEST:
            return int(text)
        self.fail(
            f"--port ska vara ett tal från 0 till {HIGHEST}, inte {text!r}. Till exempel: --port 8000", param, ctx
        )


def free_port(host: str, port: int) -> int:
    """The port to listen on; 0 picks any free one.

    Raises: LaunchError when the port is taken or the name is not one of this machine's.
    """
    try:
        family, _, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(where)
            return int(probe.getsockname()[1])
    except OSError as error:
        raise LaunchError(_why_not(error, host, port)) from error


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} är upptagen. Välj en annan, till exempel: ./lexheller run --port {port + 1}"
    if error.errno == errno.EACCES:
        return f"Port {port} kräver root. Välj en över 1023, till exempel: ./lexheller run --port 8000"
    return f"Det går inte att lyssna på {host}, port {port}: {error.strerror}."


def is_local(host: str) -> bool:
    """Whether only this machine can reach the address."""
    return host in ("localhost", "::1") or host.startswith("127.")


def reachable(host: str, port: int) -> str:
    """Host and port as this machine reaches them, ready for a URL."""
    name = EVERYWHERE.get(host, host)
    return f"[{name}]:{port}" if ":" in name else f"{name}:{port}"


def answers(where: str) -> bool:
    """Whether the health page answers. 503 also does: it says that some other part is not up yet."""
    connection = http.client.HTTPConnection(where, timeout=2)
    try:
        connection.request("GET", "/halsa")
        return connection.getresponse().status != http.HTTPStatus.INTERNAL_SERVER_ERROR
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
