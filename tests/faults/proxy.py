"""A small TCP proxy between the product and a server of its, which can be slow, narrow, mute, cut or reset."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType

CHUNK = 4096
ABORT = struct.pack("ii", 1, 0)  # SO_LINGER of zero seconds: the connection ends with a reset


@dataclass(frozen=True)
class Toxic:
    """How the line behaves. `latency` are seconds that each piece is late; `bandwidth` bytes a second; `mute` lets
    connections open and passes nothing on; `limit` bytes after which a connection is reset; `cut` refuses everybody."""

    latency: float = 0.0
    bandwidth: int | None = None
    mute: bool = False
    limit: int | None = None
    cut: bool = False


HEALTHY = Toxic()


class Proxy:
    """A context manager. `upstream` is a socket's path, or host and port."""

    def __init__(self, upstream: str | tuple[str, int]) -> None:
        self.upstream = upstream
        self.toxic = HEALTHY
        self._lines: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)

    def __enter__(self) -> Proxy:
        self._thread.start()
        opened = asyncio.run_coroutine_threadsafe(asyncio.start_server(self._serve, "127.0.0.1", 0), self._loop)
        self._server = opened.result(10)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def set(self, toxic: Toxic) -> None:
        """Change how the line behaves from now on; a cut also resets what is open."""
        self.toxic = toxic
        if toxic.cut:
            self.reset()

    def reset(self) -> None:
        """Reset every open connection."""

        async def abort_all() -> None:
            for line in tuple(self._lines):
                _abort(line)

        asyncio.run_coroutine_threadsafe(abort_all(), self._loop).result(10)

    async def _end(self) -> None:
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.toxic.cut:
            return _abort(writer)
        try:
            back_reader, back_writer = await self._connect()
        except OSError:
            return _abort(writer)
        lines = {writer, back_writer}
        self._lines |= lines
        try:
            await asyncio.wait(
                [
                    asyncio.create_task(self._pass_on(reader, back_writer)),
                    asyncio.create_task(self._pass_on(back_reader, writer)),
                ],
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            self._lines -= lines
            for line in lines:
                line.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self.upstream, str):
            return await asyncio.open_unix_connection(self.upstream)
        return await asyncio.open_connection(*self.upstream)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        passed = 0
        with suppress(OSError):
            while data := await reader.read(CHUNK):
                while self.toxic.mute:
                    await asyncio.sleep(0.05)
                await asyncio.sleep(self.toxic.latency + len(data) / (self.toxic.bandwidth or float("inf")))
                passed += len(data)
                if self.toxic.limit is not None and passed > self.toxic.limit:
                    return _abort(writer)
                writer.write(data)
                await writer.drain()


def _abort(writer: asyncio.StreamWriter) -> None:
    raw = writer.get_extra_info("socket")
    with suppress(OSError):
        if raw is not None and raw.family in (socket.AF_INET, socket.AF_INET6):
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)
    writer.transport.abort()
