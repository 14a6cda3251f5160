"""Known holes in packages, as the open database OSV tells them: asked over the net, or read from a stored copy.

OSV's format: https://ossf.github.io/osv-schema/. A copy is the file `all.zip` that osv.dev gives for PyPI, or a folder
with its JSON files; it may be fetched on one machine and carried to another that has no way out.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests
from packaging.utils import canonicalize_name
from packaging.version import Version

from commands._pins import Pin

ADDRESS = "https://api.osv.dev/v1/querybatch"
SECONDS = 20
Holes = dict[Pin, list[str]]  # the names of the holes in each package that has any


class UnreachableError(Exception):
    """The database did not answer, or not in words that can be read."""


def ask(pins: list[Pin], address: str = ADDRESS) -> Holes:
    """Ask the database about all packages at once; it is told their names and versions, and nothing else.

    Raises: UnreachableError.
    """
    asked: list[Any] = [{"package": {"name": pin.name, "ecosystem": "PyPI"}, "version": pin.version} for pin in pins]
    try:
        answer = requests.post(address, json={"queries": asked}, timeout=SECONDS, allow_redirects=False)
        if answer.status_code != requests.codes.ok:
            raise UnreachableError(f"it answered {answer.status_code}")
        results = json.loads(answer.content)["results"]
        named = [sorted(hole["id"] for hole in found.get("vulns", [])) for found in results]
        return {pin: names for pin, names in zip(pins, named, strict=True) if names}
    except requests.RequestException as error:
        raise UnreachableError(type(error).__name__) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreachableError("its answer cannot be read") from error


def look_up(pins: list[Pin], copy: Path) -> tuple[Holes, int]:
    """Look the packages up in a stored copy. Returns: the holes, and how many advisories the copy holds.

    Raises: ValueError when a file of the copy is no advisory.
    """
    holes: Holes = {}
    count = 0
    for advisory in _advisories(copy):
        count += 1
        for pin in pins if not advisory.get("withdrawn") else ():
            if any(_is_affected(pin, affected) for affected in advisory.get("affected", ())):
                holes.setdefault(pin, []).append(advisory["id"])
    return holes, count


def _advisories(copy: Path) -> Iterator[dict[str, Any]]:
    if copy.is_dir():
        yield from (_read(path.read_bytes()) for path in sorted(copy.rglob("*.json")))
        return
    try:
        with zipfile.ZipFile(copy) as packed:
            yield from (_read(packed.read(name)) for name in packed.namelist() if name.endswith(".json"))
    except zipfile.BadZipFile as error:
        raise ValueError("it is neither a folder nor a zip file") from error


def _read(text: bytes) -> dict[str, Any]:
    found = json.loads(text)
    if not isinstance(found, dict) or "id" not in found:
        raise ValueError("a file of the copy is no advisory")
    return found


def _is_affected(pin: Pin, affected: dict[str, Any]) -> bool:
    """Whether the package is meant, and its version is named or lies in one of the ranges."""
    package = affected.get("package", {})
    if package.get("ecosystem") != "PyPI" or canonicalize_name(package.get("name", "")) != pin.name:
        return False
    if pin.version in affected.get("versions", ()):
        return True
    ranges = (found["events"] for found in affected.get("ranges", ()) if found.get("type") == "ECOSYSTEM")
    return any(_inside(Version(pin.version), events) for events in ranges)


def _inside(here: Version, events: list[dict[str, str]]) -> bool:
    """Walk the events of a range in the order of their versions: in at `introduced`, out at `fixed` or after
    `last_affected`."""
    inside = False
    for event in sorted(events, key=_when):
        kind = next(iter(event))
        at = _when(event)
        if kind == "introduced":
            inside = inside or here >= at
        elif (kind == "fixed" and here >= at) or (kind == "last_affected" and here > at):
            inside = False
    return inside


def _when(event: dict[str, str]) -> Version:
    value = next(iter(event.values()))
    return Version("0.dev0" if value == "0" else value)
