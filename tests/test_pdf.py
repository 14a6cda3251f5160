"""The printed summary: valid, accessible, the same every time, and made in a process that reaches nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any

import page
import pikepdf
import pytest
from click.testing import CliRunner, Result

from commands.summary import command
from settings import ROOT
from tests.pdf_text import read_pages, read_streams
from tests.site import Site
from tests.summaries import LONG_PARTIES, Row, busy_rows, make_snapshot
from worker import pdf
from worker.summary import write_summary

pytestmark = pytest.mark.skipif(pdf.available() is not None, reason=f"no PDF can be made here: {pdf.available()}")

LONG_NAME = "Samverkansrehabiliteringskommunområdesstyrgruppsverksamheten i Södra Kommunsamverkansområdet"
ENDLESS = "<table><tr><td colspan=100000>x</td></tr></table>"
CASES: dict[str, dict[str, Any]] = {
    "none": {},
    "few": {"rows": [("fk", "af", ago, "rules", 1, 1) for ago in range(3)], "example": True},
    "much": {"rows": busy_rows()},
    "long": {
        "rows": [(giver, "region", ago, "rules", 30, 9) for giver, _, _ in LONG_PARTIES[:-1] for ago in range(24)],
        "parties": LONG_PARTIES,
        "forum_name": LONG_NAME,
        "forum_areas": [LONG_NAME],
        "example": True,
    },
}


@cache
def printed(kind: str, case: str) -> bytes:
    period = "2026-11-01" if kind == "monthly" else "2026-12-12"
    facts = dict(CASES[case])
    return pdf.render_summary(write_summary(make_snapshot(facts.pop("rows", ()), kind=kind, period=period, **facts)))


def plain(text: str) -> str:
    return " ".join(text.split())


# What is printed


@pytest.mark.parametrize("kind", ["monthly", "meeting"])
@pytest.mark.parametrize("case", CASES)
def test_every_kind_is_valid_for_the_archive_and_for_everybody(kind: str, case: str) -> None:
    for profile in ("2a", "ua1"):
        report = page.validate_pdf_bytes(printed(kind, case), profile=profile)
        assert report.is_compliant, [(failure.rule_id, failure.message) for failure in report.failures]


def test_the_validator_finds_what_is_not_valid() -> None:
    without = pdf.render("<p>No language, no title.</p>")
    assert not page.validate_pdf_bytes(without, profile="ua1").is_compliant


@pytest.mark.parametrize(("kind", "case", "most"), [*(("monthly", case, 6) for case in CASES), ("meeting", "much", 2)])
def test_it_is_short(kind: str, case: str, most: int) -> None:
    assert len(read_pages(printed(kind, case))) <= most


def test_page_one_alone_is_enough_for_the_meeting() -> None:
    first = plain(read_pages(printed("monthly", "much"))[0])
    content = write_summary(make_snapshot(busy_rows()))
    for sentence in content["sentences"]:
        assert f"{sentence['claim']} {sentence['text']}" in first
    for question in content["questions"][:3]:
        assert question["question"] in first
    assert "Var skaver samverkan i Sävsjö?" in first
    assert "Månadsrapport november 2026 till LSG Sävsjö" in first
    assert "lsg-savsjo-2026-11-v1" in first


def test_a_pack_has_questions_and_boxes_to_write_in() -> None:
    first, second = map(plain, read_pages(printed("meeting", "much")))
    assert "Underlag till LSG Sävsjö inför mötet 12 december 2026 kl. 09.00" in first
    assert "Vem håller ihop tills det är klart vem som ansvarar?" in first
    for words in ("Beslut", "Ansvarig", "Klart senast", "Till styrgruppen"):
        assert words in second


@pytest.mark.parametrize("kind", ["monthly", "meeting"])
def test_example_data_says_so_on_every_page(kind: str) -> None:
    pages = read_pages(printed(kind, "few"))
    assert "Inget här har hänt på riktigt." in plain(pages[0])
    assert all("Exempeldata. Arbetsmaterial." in plain(text) for text in pages)
    assert not any("Exempeldata" in text for text in read_pages(printed(kind, "much")))


def test_it_carries_title_language_bookmarks_and_the_chart_in_words() -> None:
    with pikepdf.open(BytesIO(printed("monthly", "much"))) as document:
        root = document.Root
        assert str(root.Lang) == "sv"
        assert str(document.docinfo.Title) == "Lex Heller · Månadsrapport november 2026 · LSG Sävsjö"
        with document.open_outline() as outline:
            titles = [entry.title for entry in outline.root]
        assert titles[-1] == "Så är rapporten gjord"
        texts = [
            str(thing.Alt) for thing in document.objects if isinstance(thing, pikepdf.Dictionary) and "/Alt" in thing
        ]
    assert len(texts) == 1
    assert "november 2026: omkring 120" in texts[0]


# Small numbers and reproduction


def around(hidden: int) -> list[Row]:
    return [*(("kommun", "region", ago, "rules", 30, 9) for ago in range(24)), ("fk", "af", 5, "rules", hidden, hidden)]


@pytest.mark.parametrize("kind", ["monthly", "meeting"])
def test_hidden_counts_leave_no_trace_in_the_bytes(kind: str) -> None:
    """Text, drawings, alternative texts, metadata: two hidden counts give the same file to the last byte.

    It is also two runs on one snapshot, in two processes, in two folders.
    """
    one, other = (pdf.render_summary(write_summary(make_snapshot(around(hidden), kind=kind))) for hidden in (3, 4))
    assert one == other
    assert one != printed(kind, "much")


def test_hidden_counts_are_printed_as_hidden() -> None:
    second = plain(read_pages(pdf.render_summary(write_summary(make_snapshot(around(3)))))[1])
    assert "Försäkringskassan 0 <5 0 0 0" in second


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


def test_a_typeface_of_ours_that_is_missing_stops_the_printing() -> None:
    with pytest.raises(pdf.RenderError, match="FatalURLFetchingError"):
        pdf.render(
            '<style>@font-face{font-family:x;src:url("bundled:missing.woff2")}</style><p style="font-family:x">x'
        )


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
    (tmp_path / "worker").symlink_to(ROOT / "worker")
    with pytest.raises(pdf.RenderError, match="Pango saknas"):
        pdf.render("<p>x")


def test_hostile_names_are_printed_as_text() -> None:
    evil = '<td colspan=100000><img src="file:///etc/passwd">'
    document = pdf.render_summary(write_summary(make_snapshot(busy_rows(), forum_name=evil, forum_areas=[evil])))
    assert evil.replace(" ", "") in read_pages(document)[0].replace(" ", "")
    assert page.validate_pdf_bytes(document, profile="2a").is_compliant


# The command


@pytest.fixture
def here(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to write in, with the command's settings pointing at a furnished database."""
    site.add_reports(200)
    monkeypatch.setenv("LEXHELLER_DATABASE_URL", site.database.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("LEXHELLER_HOME", str(tmp_path))
    return tmp_path


def run(here: Path, forum: str, kind: str, period: str) -> Result:
    options = ["--forum", forum, "--kind", kind, "--period", period]
    return CliRunner().invoke(command, [*options, "--out", str(here / "x.pdf"), "--data", str(here / "x.json")])


def test_the_command_prints_what_the_database_holds(here: Path) -> None:
    done = run(here, "lsg-savsjo", "monthly", "2026-10")
    assert done.exit_code == 0, done.output
    assert "Var skaver samverkan i Sävsjö?" in read_pages((here / "x.pdf").read_bytes())[0]
    assert '"reference": "lsg-savsjo-2026-10-v1"' in (here / "x.json").read_text(encoding="utf-8")


def test_the_command_says_what_is_wrong_in_one_line(here: Path) -> None:
    for forum, kind, period, words in (
        ("nowhere", "monthly", "2026-10", "no forum has the code nowhere; known: arbetsgrupp-samverk-aneby, "),
        ("lsg-savsjo", "monthly", "2999-01", "2999-01 is not over yet"),
        ("lsg-savsjo", "monthly", "oktober", "--period must be a month as YYYY-MM, not oktober"),
        ("lsg-savsjo", "meeting", "2026-12-24", "lsg-savsjo has no meeting on 2026-12-24; known: none"),
    ):
        done = run(here, forum, kind, period)
        assert done.exit_code == 1
        assert done.output.startswith(f"Error: {words}")
        assert done.output.count("\n") == 1
        assert not (here / "x.pdf").exists()
