"""A renderer that takes too much or lacks something is stopped, and says why."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from settings import ROOT
from tests.summaries import make_snapshot
from worker import pdf
from worker.summary import write_summary
from worker.summary.finish import finish

pytestmark = pytest.mark.skipif(pdf.available() is not None, reason=f"no PDF can be made here: {pdf.available()}")
ENDLESS = "<table><tr><td colspan=100000>x</td></tr></table>"


def test_a_page_without_end_is_stopped_and_leaves_nothing() -> None:
    before = children_of(os.getpid())
    with pytest.raises(pdf.RenderError, match="för lång tid"):
        pdf.render(ENDLESS, timeout=2)
    assert children_of(os.getpid()) == before


def children_of(parent: int) -> set[int]:
    """The living processes that a process has started."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, ppid = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if int(ppid) == parent and state != "Z":
            found.add(int(stat.parent.name))
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a process with its parent")
def test_the_renderer_dies_with_its_parent(tmp_path: Path) -> None:
    code = f"from worker import pdf; pdf.render({ENDLESS!r}, timeout=60)"
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=os.environ | {"TMPDIR": str(tmp_path)})
    renderer = wait_for(lambda: children_of(parent.pid))
    time.sleep(1)  # The child asks for this at its start, before it reads the page.
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    assert wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in renderer))


def wait_for(happens: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + 20
    while not (found := happens()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def test_deep_nesting_is_a_clear_fault() -> None:
    with pytest.raises(pdf.RenderError, match="djupt nästlad"):
        pdf.render("<div>" * 900 + "x")


def test_too_many_pages_are_a_clear_fault() -> None:
    with pytest.raises(pdf.RenderError, match="för lång: fler än 50 sidor"):
        pdf.render("<p style='break-after: page'>x</p>" * 60)


def test_a_page_that_takes_all_memory_is_ended_and_says_so() -> None:
    """A thousand million bytes are many times what a report of ours needs."""
    hungry = "<p>" + "x" * 300_000_000
    with pytest.raises(pdf.RenderError, match="för mycket minne"):
        pdf.render(hungry)


@pytest.mark.parametrize("missing", ["fonts/source-sans-3-latin-600-normal.woff2", "pdf/meeting.css"])
def test_a_typeface_or_a_style_that_is_missing_stops_the_printing(
    missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On an installation that lacks it: a copy of the renderer's files but for one."""
    installed = {"fonts": "webapp/static/fonts", "pdf": "templates/pdf", "worker": "worker"}
    for place in installed.values():
        shutil.copytree(ROOT / place, tmp_path / place, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "faults.py", tmp_path)
    monkeypatch.setattr(pdf, "ROOT", tmp_path)
    content = finish(write_summary(make_snapshot(kind="meeting", period="2026-12-12")))
    assert pdf.render_summary(content).startswith(b"%PDF-")
    folder, name = missing.split("/")
    (tmp_path / installed[folder] / name).unlink()
    with pytest.raises(pdf.RenderError, match="Ett typsnitt eller en stilmall saknas"):
        pdf.render_summary(content)


def test_an_address_of_ours_that_leads_nowhere_stops_the_printing() -> None:
    nowhere = '<style>@font-face{font-family:x;src:url("bundled:missing.woff2")}</style><p style="font-family:x">x'
    with pytest.raises(pdf.RenderError, match="Ett typsnitt eller en stilmall saknas"):
        pdf.render(nowhere)


def test_what_is_missing_is_said_without_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(pdf.LIBRARIES, sys.platform, ("libpango-that-is-not-here.so.0",))
    assert pdf.available() == pdf.NO_PANGO
    with pytest.raises(pdf.RenderError, match="apt-get install --no-install-recommends libpango"):
        pdf.render("<p>x")
    monkeypatch.setattr(pdf, "find_spec", lambda _name: None)
    assert pdf.available() == pdf.NO_WEASYPRINT


def test_a_renderer_that_cannot_load_its_libraries_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine where `available` finds the libraries but WeasyPrint does not."""
    (tmp_path / "weasyprint.py").write_text("raise OSError('cannot load library')", encoding="utf-8")
    monkeypatch.setattr(pdf, "ROOT", tmp_path)
    for name in ("worker", "faults.py"):
        (tmp_path / name).symlink_to(ROOT / name)
    with pytest.raises(pdf.RenderError, match="Pango saknas"):
        pdf.render("<p>x")
