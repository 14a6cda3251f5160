"""Write the bill of materials: every library in use, as CycloneDX JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import click
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from commands._pins import REQUIREMENTS, Pin, read_pins
from models.base import utc_now
from settings import ROOT, VERSION

Json = dict[str, Any]
OWN = f"pkg:generic/lexheller@{VERSION}"
VENDORED = (("webapp/static/vendor/designsystemet", "MIT"), ("webapp/static/fonts", "OFL-1.1"))
NPM = re.compile(r"`@([\w-]+/[\w-]+)` \| (\d[\d.]*)")
LONGEST_LICENCE = 80  # characters; some packages put the whole text where its name belongs


@click.command()
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="the file to write")
@click.option("--requirements", default=REQUIREMENTS, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def command(out: Path, requirements: Path) -> None:
    """Write the bill of materials: every library in use, as CycloneDX 1.6 JSON.

    Named are the packages of requirements.txt with the hashes that they are pinned by, and what is vendored. Licences
    and who needs whom are read from the packages that are installed here.
    """
    pins = read_pins(requirements)
    out.write_text(json.dumps(bill(pins), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    click.echo(f"{len(pins)} packages are listed in {out}")


def bill(pins: list[Pin]) -> Json:
    """The document: what is in use, and who needs whom (CycloneDX 1.6)."""
    own = {"type": "application", "bom-ref": OWN, "name": "lexheller", "version": VERSION, "purl": OWN}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": utc_now().isoformat(timespec="seconds"),
            "component": own | {"licenses": [{"license": {"id": "MIT"}}]},
        },
        "components": [*(_package(pin) for pin in pins), *_vendored()],
        "dependencies": _dependencies(pins),
    }


def _package(pin: Pin) -> Json:
    # The hashes are those of the package's files: one is installed here, another on another kind of machine.
    files = {"type": "distribution", "url": pin.purl, "hashes": [_hash(value) for value in pin.hashes]}
    facts: Json = {"type": "library", "bom-ref": pin.purl, "name": pin.name, "version": pin.version, "purl": pin.purl}
    if pin.marker:
        facts["properties"] = [{"name": "python:marker", "value": pin.marker}]
    return facts | {"licenses": _licences(pin), "externalReferences": [files]}


def _hash(value: str) -> Json:
    return {"alg": "SHA-256", "content": value}


def _installed(pin: Pin) -> Distribution | None:
    """The package as it is installed here; None when it is not, or in another version."""
    try:
        found = distribution(pin.name)
    except PackageNotFoundError:
        return None
    return found if found.version == pin.version else None


def _licences(pin: Pin) -> list[Json]:
    found = _installed(pin)
    if found is None:
        return []
    if expression := found.metadata.get_all("License-Expression"):
        return [{"expression": expression[0]}]
    classes = [line.split(" :: ")[-1] for line in found.metadata.get_all("Classifier") or [] if "License ::" in line]
    plain = [name.strip() for name in found.metadata.get_all("License") or []]
    names = classes or [name for name in plain if name and "\n" not in name and len(name) <= LONGEST_LICENCE]
    return [{"license": {"name": name}} for name in dict.fromkeys(names)]


def _vendored() -> Iterator[Json]:
    """What lies in our own folders, as the table of each VENDOR.md says."""
    for folder, licence in VENDORED:
        table = (ROOT / folder / "VENDOR.md").read_text(encoding="utf-8")
        for name, version in NPM.findall(table):
            purl = f"pkg:npm/%40{name}@{version}"
            facts = {"type": "library", "bom-ref": purl, "name": f"@{name}", "version": version, "purl": purl}
            yield facts | {"licenses": [{"license": {"id": licence}}]}


def _dependencies(pins: Iterable[Pin]) -> list[Json]:
    """Who needs whom, among the pinned. What no other package needs, and what is vendored, the product needs."""
    by_name = {pin.name: pin.purl for pin in pins}
    needs = {pin.purl: sorted({by_name[name] for name in _needed(pin) if name in by_name}) for pin in pins}
    inner = {purl for found in needs.values() for purl in found}
    needs[OWN] = sorted(needs.keys() - inner) + [part["bom-ref"] for part in _vendored()]
    return [{"ref": purl, "dependsOn": found} for purl, found in needs.items()]


def _needed(pin: Pin) -> Iterator[str]:
    found = _installed(pin)
    for line in (found.requires if found else None) or []:
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield canonicalize_name(requirement.name)
