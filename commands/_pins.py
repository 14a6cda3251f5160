"""What is pinned: the packages of a requirements file, each with its exact version and the hashes of its files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import canonicalize_name

from settings import ROOT

REQUIREMENTS = ROOT / "requirements.txt"
ENTRY = re.compile(r"^(?P<name>[\w.-]+)(?:\[[\w,-]+\])?==(?P<version>[^\s;\\]+)\s*(?:;\s*(?P<marker>[^\\]*?))?\s*\\?$")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True)
class Pin:
    """`marker` says where the package is installed; empty for everywhere. `hashes` are SHA-256, one for each file."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]

    @property
    def purl(self) -> str:
        """The package's address as all tools write it (package-url)."""
        return f"pkg:pypi/{self.name}@{self.version}"


def read_pins(path: Path) -> list[Pin]:
    """Read a requirements file. Raises: ValueError when a line pins nothing, or a package without a hash."""
    entries = [entry for entry in re.split(r"(?<!\\)\n", path.read_text(encoding="utf-8")) if entry.strip()]
    return [_pin(entry) for entry in entries]


def _pin(entry: str) -> Pin:
    first = entry.partition("\n")[0].strip()
    found, hashes = ENTRY.match(first), tuple(HASH.findall(entry))
    if found is None or not hashes:
        raise ValueError(f"a package is not pinned by its hash: {first[:80]}")
    return Pin(canonicalize_name(found["name"]), found["version"], found["marker"] or "", hashes)
