"""A disk that is full: the form says so and gives the text back, nothing is half written, and room is all it needs.

The database lies on a small file system of its own in memory (tmpfs). Mounting one takes root; without it these tests
are skipped.
"""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.faults.conftest import scene_on
from tests.faults.people import file_report, prepared
from tests.faults.points import Scene, report_counted
from tests.faults.stage import embedded_stage, eventually, server_stage
from tests.faults.verdict import judge

pytestmark = pytest.mark.faults
MOUNT, UMOUNT = shutil.which("mount") or "", shutil.which("umount") or ""
SIZES = {"sqlite": "24m", "postgresql": "160m"}


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    mounted = subprocess.run(
        [MOUNT, "-t", "tmpfs", "-o", f"size={size},mode=755", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("no file system can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run([UMOUNT, "-l", str(folder)], check=True)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def cramped(
    request: pytest.FixtureRequest, furnished_sqlite: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Scene, Path]]:
    """The product with its database on a small disk."""
    # A short path that everybody may pass through: PostgreSQL's socket lies there, and it runs as nobody.
    short = Path("/tmp") / f"lexheller-disk-{os.getpid()}"  # noqa: S108 - a folder of our own
    short.mkdir(mode=0o755)
    try:
        with small_disk(short, SIZES[request.param]) as disk:
            home = tmp_path_factory.mktemp("cramped")
            made = embedded_stage(disk, furnished_sqlite) if request.param == "sqlite" else server_stage(home, disk)
            with made as stage:
                stage.wait_until_quiet()
                yield scene_on(stage), disk
    finally:
        short.rmdir()


@contextmanager
def no_room(disk: Path) -> Iterator[None]:
    """Fill the disk to its last byte."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
    try:
        yield
    finally:
        filler.unlink()


def test_a_full_disk_is_told_and_room_is_all_it_takes(cramped: tuple[Scene, Path], seed: int) -> None:
    scene, disk = cramped
    forms = [prepared(scene.reporter) for _ in range(200)]  # SQLite's log has some room of its own.
    answers = {}
    with no_room(disk):
        for number, form in enumerate(forms):
            answers[number] = scene.reporter.once("/rapportera", form)
            if answers[number] == 503 and number > seed % 5:
                break
        assert 503 in answers.values(), answers
        assert set(answers.values()) <= {303, 503, 0}, answers
    room = time.time()
    references = [file_report(scene.reporter, scene.register, forms[number]) for number in answers]
    for reference in references:
        eventually(partial(report_counted, scene, reference), "what was refused to be filed")
    judge(scene.stage, scene.register, "disk full, then room", seed, time.time() - room)
