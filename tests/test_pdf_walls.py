"""The walls around the renderer: it reaches nothing, and takes no more than it may."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

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
