"""The stages, one of each kind for each process of the tests, and the people on them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.people import Person, Register
from tests.faults.points import Scene
from tests.faults.stage import Stage, embedded_stage, server_stage


@pytest.fixture(scope="session")
def embedded(furnished_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with embedded_stage(tmp_path_factory.mktemp("embedded"), furnished_sqlite) as stage:
        yield stage


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with server_stage(tmp_path_factory.mktemp("server")) as stage:
        yield stage


@pytest.fixture(scope="session")
def embedded_scene(embedded: Stage) -> Scene:
    return scene_on(embedded)


@pytest.fixture(scope="session")
def server_scene(server: Stage) -> Scene:
    return scene_on(server)


@pytest.fixture(params=["sqlite", "postgresql"])
def scene(request: pytest.FixtureRequest) -> Scene:
    """The product on either kind of database, quiet and with nothing armed."""
    found: Scene = request.getfixturevalue("embedded_scene" if request.param == "sqlite" else "server_scene")
    found.stage.disarm()
    return found


def scene_on(stage: Stage) -> Scene:
    people = (Person(stage, name) for name in ("reporter", "coordinator", "administrator"))
    return Scene(stage, Register(), *people)
