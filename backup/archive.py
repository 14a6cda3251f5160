"""The file that a backup is: a zip with the copy of the database and the manifest, complete or not there at all."""

from __future__ import annotations

import hashlib
import os
import zipfile
import zlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import IO

from backup.manifest import UNREADABLE, BackupError, Manifest, load
from settings import VERSION

MANIFEST = "manifest.json"
ENTRY = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
CHUNK = 1 << 20  # bytes read at a time
DAMAGED = "Backupen är skadad: innehållet stämmer inte med sin kontrollsumma. Använd en annan backup."


class Measured:
    """A file that is written to, with the hash and the size of what has been written."""

    def __init__(self, out: IO[bytes]) -> None:
        self.out, self.size, self._hash = out, 0, hashlib.sha256()

    def write(self, data: bytes) -> None:
        self.out.write(data)
        self._hash.update(data)
        self.size += len(data)

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


# Writes a copy of the database to the file it is given. Returns: its revision and how many rows each table holds.
Copy = Callable[[Measured], tuple[str, dict[str, int]]]


def pack(path: Path, kind: str, copy: Copy, now: datetime) -> Manifest:
    """Write the archive under another name, read it back, and only then give it its own: whoever sees it sees it whole.

    Raises: OSError, and whatever `copy` raises; then nothing is left behind.
    """
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with private_file(part) as file:
            manifest = _write(file, kind, copy, now)
            file.flush()
            os.fsync(file.fileno())
        check(part)
        part.replace(path)
        _sync(path.parent)
    finally:
        part.unlink(missing_ok=True)
    return manifest


def private_file(path: Path) -> IO[bytes]:
    """A new file that only its owner may read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def _write(file: IO[bytes], kind: str, copy: Copy, now: datetime) -> Manifest:
    # A dump of PostgreSQL is packed already; a SQLite file shrinks to a fifth.
    packing = zipfile.ZIP_DEFLATED if kind == "sqlite" else zipfile.ZIP_STORED
    with zipfile.ZipFile(file, "w", packing) as archive:
        with archive.open(ENTRY[kind], "w", force_zip64=True) as out:
            measured = Measured(out)
            revision, rows = copy(measured)
        manifest = Manifest(now, VERSION, kind, revision, rows, measured.size, measured.sha256)
        archive.writestr(MANIFEST, manifest.dump())
    return manifest


def _sync(folder: Path) -> None:
    """A new name outlives a power cut only when its folder has been written too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def check(path: Path) -> Manifest:
    """Read a whole archive. Returns: its manifest. Raises: BackupError when it is damaged or not ours; OSError."""
    with Path(os.devnull).open("wb") as nowhere:
        return unpack(path, nowhere)


def unpack(path: Path, target: IO[bytes]) -> Manifest:
    """Write the copy of the database to `target`. Raises: BackupError when it is damaged or not ours; OSError."""
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = load(archive.read(MANIFEST))
            out = Measured(target)
            with archive.open(ENTRY[manifest.kind]) as copy:
                while data := copy.read(CHUNK):
                    out.write(data)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise BackupError(DAMAGED) from error
    except KeyError as error:
        raise BackupError(UNREADABLE) from error
    if (out.size, out.sha256) != (manifest.size, manifest.sha256):
        raise BackupError(DAMAGED)
    return manifest
