"""The walls around the renderer: it reaches nothing, it is stopped when it takes too much, and it says why."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from models.summary import SummaryKind
from settings import ROOT
from tests.pdf_text import read_pages, read_streams
from tests.summaries import make_snapshot
from tests.test_pdf_corpus import KINDS, named
from worker import pdf
from worker.summary import write_summary
from worker.summary.finish import finish

pytestmark = pytest.mark.skipif(pdf.available() is not None, reason=f"no PDF can be made here: {pdf.available()}")
ENDLESS = "<table><tr><td colspan=100000>x</td></tr></table>"


# The walls


class Canary(BaseHTTPRequestHandler):
    visits: list[str]

    def do_GET(self) -> None:
        self.visits.append(self.path)
        self.send_response(404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """A visit is noted above; the console stays quiet."""


@pytest.fixture
def canary() -> Iterator[tuple[str, list[str]]]:
    """The address of a server that should have no visitor, and the visits it got."""
    visits: list[str] = []
    server = HTTPServer(("127.0.0.1", 0), type("Mine", (Canary,), {"visits": visits}))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", visits
    server.shutdown()
    thread.join()
    server.server_close()


def hostile(http: str, file: str) -> str:
    """A page that asks for things in every way we know."""
    parts = [
        f'<link rel=stylesheet href="{place}/a"><link rel=attachment href="{place}/b"><base href="{place}/">'
        f'<img src="{place}/c"><object data="{place}/d"></object><embed src="{place}/e">'
        f'<iframe src="{place}/f"></iframe>'
        f'<svg><image href="{place}/g"/><use href="{place}/h#x"/></svg><video poster="{place}/i"></video>'
        f'<style>@import url("{place}/j");@font-face{{font-family:x;src:url("{place}/k")}}'
        f'p{{font-family:x;background:url("{place}/l");list-style-image:url("{place}/m")}}</style>'
        for place in (http, file)
    ]
    page_parts = "".join(parts)
    return f'<html lang=sv><title>x</title>{page_parts}<p>Texten kom fram.</p><img src="data:image/gif;base64,AA">'


def test_nothing_is_fetched_and_no_file_is_read(canary: tuple[str, list[str]], tmp_path: Path) -> None:
    address, visits = canary
    secret = b"A canary sings in this file and nowhere else"
    for name in "abcdefghijklmn":
        (tmp_path / name).write_bytes(secret)
    document = pdf.render(hostile(address, tmp_path.as_uri()))
    assert "Texten kom fram." in read_pages(document)[0]
    assert visits == []
    assert secret not in read_streams(document)


def test_the_canaries_sing_where_there_are_no_walls(canary: tuple[str, list[str]], tmp_path: Path) -> None:
    """The same page given to WeasyPrint as it is: else the test above would prove nothing."""
    address, visits = canary
    secret = b"A canary sings in this file and nowhere else"
    (tmp_path / "b").write_bytes(secret)
    code = "import sys, weasyprint; weasyprint.HTML(string=sys.stdin.read()).write_pdf(sys.stdout.buffer)"
    html = hostile(address, tmp_path.as_uri()).encode()
    bare = subprocess.run([sys.executable, "-c", code], input=html, capture_output=True, check=True)
    assert len(visits) > 3
    assert secret in read_streams(bare.stdout)


@pytest.mark.parametrize("kind", KINDS)
def test_no_kind_fetches_what_a_name_asks_for(kind: SummaryKind, canary: tuple[str, list[str]], tmp_path: Path) -> None:
    """Every field that a person writes asks for something, by an address and by a file."""
    address, visits = canary
    secret = b"A canary sings in this file and nowhere else"
    (tmp_path / "a").write_bytes(secret)
    for place in (address, tmp_path.as_uri()):
        for asks in (f'"><img src="{place}/a">', f"<style>@import url({place}/a)</style>"):
            snapshot = make_snapshot(kind=kind.value, period=KINDS[kind], **named(asks))
            document = pdf.render_summary(finish(write_summary(snapshot)))
            assert asks[:8].replace(" ", "") in "".join("".join(read_pages(document)).split())
            assert secret not in read_streams(document)
    assert visits == []


def behind_walls(code: str, folder: Path) -> str:
    """What Python comes to behind the walls, with `folder` to write in: a value, or the kind of its error."""
    program = (
        "import os, socket, subprocess, sys\n"
        "from worker import walls\n"
        "walls.limit(20)\n"
        f"folder = {str(folder)!r}\n"
        "walls.close(folder)\n"
        f"try: print({code})\n"
        "except BaseException as error: print(type(error).__name__)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.mark.parametrize(
    "code",
    [
        "open('/etc/passwd').read()",
        "open('settings.py').read()",
        "os.open('/etc/hosts', os.O_RDONLY)",
        "open(os.__file__, 'a')",
        "open(folder + '/..' * 20 + '/etc/passwd').read()",
        "socket.create_connection(('127.0.0.1', 9))",
        "socket.getaddrinfo('example.org', 80)",
        "subprocess.run(['true'])",
        "os.system('true')",
        "os.fork()",
    ],
)
def test_the_second_wall_refuses(code: str, tmp_path: Path) -> None:
    assert behind_walls(code, tmp_path) == "WalledError"


def test_the_second_wall_lets_the_renderer_work(tmp_path: Path) -> None:
    assert behind_walls("len(open(os.__file__).read()) > 1000", tmp_path) == "True"
    assert behind_walls("open(folder + '/font', 'wb').write(b'x' * 1000)", tmp_path) == "1000"


def test_memory_and_file_size_are_capped(tmp_path: Path) -> None:
    assert behind_walls("len(bytearray(2 * 1024**3))", tmp_path) == "MemoryError"
    written = behind_walls("open(folder + '/font', 'wb', 0).write(b'x' * 2_000_000)", tmp_path)
    assert written == str(1 << 20)


def test_a_stream_that_ends_with_cr_is_as_long_as_it_says() -> None:
    """One packed stream in 256 ends so by chance, and a strict reader then counts a byte too few."""
    code = (
        "import pydyf; from worker import pdf_finish; pdf_finish.end_streams_clearly(pydyf);"
        "print([pydyf.Stream([end]).data[-14:] for end in (b'x', b'x' + bytes([13]), b'x' + bytes([10]))])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    ends = [b"\nx\nendstream", b"\nx\r\r\nendstream", b"\nx\n\nendstream"]
    assert done.stdout.strip() == str([(b"stream" + end)[-14:] for end in ends])


# When it goes wrong


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
