"""The documents speak of what is there: commands, rooms, files, dependencies, and nothing of this machine."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import click
import pytest

from commands.__main__ import group
from settings import ROOT, VERSION
from tests.test_requirements import name_of

README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
SHELL_COMMANDS = {"run", "test"}
NOT_IN_GIT = {"var/", "secrets/", "test-results/"}


def section(title: str) -> str:
    """What stands under a heading of the README, up to the next one."""
    return README.split(f"\n## {title}\n")[1].split("\n## ")[0]


def test_the_command_table_names_every_command_and_no_other() -> None:
    named = set(re.findall(r"(?m)^\| `\./lexheller ([a-z-]+)", section("Commands")))
    there = {path.stem.replace("_", "-") for path in (ROOT / "commands").glob("[!_]*.py")}
    assert named == there | SHELL_COMMANDS


def test_each_command_explains_itself() -> None:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None, name
        assert command.help, name


def test_the_options_in_the_command_table_exist() -> None:
    for name, told in re.findall(r"(?m)^\| `\./lexheller ([a-z-]+)[^|]*\|[^|]*\|([^|]*)\|", section("Commands")):
        source = "launch/__main__.py" if name == "run" else f"commands/{name.replace('-', '_')}.py"
        for option in re.findall(r"--[a-z-]+", told):
            assert f'"{option}"' in (ROOT / source).read_text(encoding="utf-8"), (name, option)


def test_the_map_names_every_room_and_no_other() -> None:
    named = set(re.findall(r"(?m)^([a-z]\S*) ", section("The rooms").split("```")[1].partition("\n")[2]))
    rooms = {f"{path.name}/" for path in ROOT.iterdir() if path.is_dir() and path.name[0] not in "._"} - NOT_IN_GIT
    assert all((ROOT / name).exists() for name in named)
    assert rooms == {name for name in named if name.endswith("/")}
    assert {"settings.py", "logs.py", "lexheller"} <= named


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    local = [link for link in re.findall(r"\]\(([^)#]+)[^)]*\)", text) if "://" not in link]
    missing = [link for link in local if not (document.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_that_are_named_exist(document: Path) -> None:
    """Paths in backticks that begin with one of our rooms and hold no placeholder."""
    rooms = "|".join(path.name for path in ROOT.iterdir() if path.is_dir() and path.name[0] not in "._")
    named = re.findall(rf"`((?:{rooms})/[\w./-]+)`", document.read_text(encoding="utf-8"))
    missing = [name for name in named if not (ROOT / name).exists() and not name.startswith(("var/", "secrets/"))]
    assert missing == []


def test_every_direct_dependency_has_its_reason_and_no_other_has() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"].values()
    asked = [*project["project"]["dependencies"], *(line for lines in extras for line in lines)]
    asked += project["dependency-groups"]["dev"]
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8").split("## Considered and left out")[0]
    assert sorted(re.findall(r"(?m)^\| `([a-z0-9-]+)` \| \S", text)) == sorted(name_of(line) for line in asked)


def test_the_recipe_of_the_requirements_stands_as_it_is_used() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    made = re.findall(r"(?m)^uv pip compile .* -o (requirements\S*\.txt)$", text)
    assert sorted(made) == sorted(path.name for path in ROOT.glob("requirements*.txt"))


def test_the_changelog_knows_the_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert version == VERSION
    assert f"\n## [{version}] - " in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_document_names_no_place_of_this_machine(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    assert re.findall(r"/(?:work|home|root)/\S+|\bpypi\.\S+|\bregistry\.\S+", text) == []


def test_every_promise_of_security_names_tests_that_exist() -> None:
    promises = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    rows = [row for row in promises.split("## What was tried")[0].splitlines() if re.match(r"\| \d", row)]
    files = (file.read_text(encoding="utf-8") for file in (ROOT / "tests").rglob("test_*.py"))
    there = {name for file in files for name in re.findall(r"def (test_\w+)", file)}
    named = [set(re.findall(r"`(test_\w+)`", row)) for row in rows]
    assert len(rows) > 30
    assert all(named), "a promise without a test"
    assert set().union(*named) <= there
