"""The only file that imports WeasyPrint. It runs in a process of its own that can be killed.

The parent (`render`) hands HTML to `python -m worker.pdf` and reads a PDF back. The child puts up its walls,
loads WeasyPrint and our own style sheet and fonts, closes the door, and only then reads the HTML.
"""

from __future__ import annotations

import ctypes
import logging
import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NoReturn

from faults import fault
from worker import pdf_finish, walls

ROOT = Path(__file__).resolve().parent.parent
FONTS = ROOT / "webapp" / "static" / "fonts"
# What a page may ask for, by these exact names and nothing else.
BUNDLED = {
    **{f"bundled:{path.name}": (path, "text/css") for path in sorted((ROOT / "templates" / "pdf").glob("*.css"))},
    **{f"bundled:{path.name}": (path, "font/woff2") for path in sorted(FONTS.glob("source-sans-3-latin-[0-9]*.woff2"))},
}
VARIANT = "pdf/a-2a"
MAX_PAGES = 50
TIMEOUT = 60.0  # seconds; a monthly report takes about one
LIBRARIES = {
    "linux": ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0"),
    "darwin": ("libpango-1.0.dylib", "libpangoft2-1.0.dylib", "libharfbuzz-subset.dylib"),
}
PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
NO_WEASYPRINT = "WeasyPrint saknas. Installera arbetarens bibliotek: requirements.txt."
NO_PANGO = f"Pango saknas. Kör som root: apt-get install --no-install-recommends {PACKAGES}"
TOO_SLOW = "Det tog för lång tid att göra PDF-filen."
TOO_MUCH_MEMORY = "PDF-filen krävde för mycket minne."
TOO_LONG = f"PDF-filen blev för lång: fler än {MAX_PAGES} sidor."
TOO_DEEP = "PDF-filen kunde inte göras: sidan är för djupt nästlad."
NO_FILE = "Ett typsnitt eller en stilmall saknas i installationen. Ingen PDF görs utan dem."
NEEDS_PANGO, NEEDS_MEMORY, NEEDS_DEPTH, NEEDS_PAGES, NEEDS_FILE = 3, 4, 5, 6, 7
# What the child says with its exit code. Its words stay inside: they may quote the page.
REASONS = {
    NEEDS_PANGO: NO_PANGO,
    NEEDS_MEMORY: TOO_MUCH_MEMORY,
    NEEDS_DEPTH: TOO_DEEP,
    NEEDS_PAGES: TOO_LONG,
    NEEDS_FILE: NO_FILE,
    -signal.SIGXCPU: TOO_SLOW,
}


class RenderError(Exception):
    """There is no PDF. The message is a short reason in Swedish that quotes nothing."""


def available() -> str | None:
    """What is missing for making PDF files, or None. Loads neither WeasyPrint nor a page."""
    if find_spec("weasyprint") is None:
        return NO_WEASYPRINT
    try:
        for library in LIBRARIES.get(sys.platform, ()):
            ctypes.CDLL(library)
    except OSError:
        return NO_PANGO
    return None


def render_summary(content: Mapping[str, Any]) -> bytes:
    """Print the content of a summary as PDF/A-2a and PDF/UA-1.

    Raises: RenderError; marshmallow.ValidationError when the content may not leave.
    """
    # Imported here, since the child runs this module too and needs no templates.
    from worker.page import write_page

    return render(write_page(content))


def render(html: str, *, timeout: float = TIMEOUT) -> bytes:
    """Print HTML in a process of its own.

    Arguments: timeout - seconds until the process and all that it may have started are killed.
    Raises: RenderError.
    """
    if missing := available():
        raise RenderError(missing)
    try:
        with TemporaryDirectory(prefix="lexheller-pdf-", ignore_cleanup_errors=True) as folder:
            return _run(html.encode("utf-8", "replace"), folder, timeout)
    except OSError as error:
        raise RenderError(f"PDF-filen kunde inte göras ({type(error).__name__}).") from None


def _run(html: bytes, folder: str, timeout: float) -> bytes:
    environment = {"HOME": folder, "TMPDIR": folder, "XDG_CACHE_HOME": folder, "LANG": "C.UTF-8", "PYTHONHASHSEED": "0"}
    environment |= {name: value for name, value in os.environ.items() if name == "LEXHELLER_FAULTS"}
    child = subprocess.Popen(
        [sys.executable, "-B", "-m", "worker.pdf", str(timeout)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env=environment,
        start_new_session=True,
    )
    try:
        fault("pdf.child_started")
        document, words = child.communicate(html, timeout=timeout)
    except subprocess.TimeoutExpired:
        raise RenderError(TOO_SLOW) from None
    finally:
        _end(child)
    if child.returncode or not document.startswith(b"%PDF-"):
        raise RenderError(_reason(child.returncode, words))
    return document


def _end(child: subprocess.Popen[bytes]) -> None:
    """Kill the child's whole group, also when this process is told to stop in the middle."""
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
    with child:
        pass


def _reason(code: int, words: bytes) -> str:
    if code in REASONS:
        return REASONS[code]
    if code < 0:  # C libraries abort when they get no memory.
        return f"{TOO_MUCH_MEMORY[:-1]}, eller renderaren kraschade (signal {-code})."
    kind = re.fullmatch(rb"[A-Za-z]{1,40}", words.strip().split(b"\n")[-1])
    return f"PDF-filen kunde inte göras ({kind[0].decode() if kind else f'kod {code}'})."


def main() -> NoReturn:
    """The child: HTML on stdin, PDF on stdout, a code and the kind of error otherwise."""
    walls.limit(float(sys.argv[1]))
    fault("pdf.before_printing")
    try:
        sys.stdout.buffer.write(_print())
        sys.stdout.flush()
        code = 0
    except MemoryError:
        code = NEEDS_MEMORY
    except RecursionError:
        code = NEEDS_DEPTH
    except _MissingError:
        code = NEEDS_PANGO
    except _TooLongError:
        code = NEEDS_PAGES
    except _BareError:
        code = NEEDS_FILE
    except BaseException as error:
        sys.stderr.write(f"\n{type(error).__name__}")
        sys.stderr.flush()
        code = 1
    os._exit(code)  # Nothing here needs tidying up; the parent removes the folder.


class _MissingError(Exception):
    """WeasyPrint does not find its libraries."""


class _BareError(Exception):
    """A style sheet or a typeface of ours is not there, and a page without it is another page."""


class _TooLongError(Exception):
    """More pages than any of our documents has."""


def _print() -> bytes:
    logging.disable(logging.CRITICAL)  # Warnings quote the page.
    try:
        import pydyf  # type: ignore[import-untyped]
        import weasyprint
    except OSError:
        raise _MissingError from None
    pdf_finish.end_streams_clearly(pydyf)
    fetcher = _fetcher(weasyprint)
    walls.close(os.environ["TMPDIR"])
    html = sys.stdin.buffer.read().decode("utf-8", "replace")
    try:
        document = weasyprint.HTML(string=html, url_fetcher=fetcher).render(pdf_variant=VARIANT)
    except weasyprint.urls.FatalURLFetchingError:
        raise _BareError from None
    if len(document.pages) > MAX_PAGES:
        raise _TooLongError
    printed: bytes = document.write_pdf(pdf_variant=VARIANT, finisher=pdf_finish.finish)
    return printed


def _fetcher(weasyprint: Any) -> Any:
    """What WeasyPrint asks when a page names an address: our bundled files by name, and nothing else.

    They are read now, since nothing can be opened once the walls are closed. A file of ours that is missing
    stops the printing, for a page in another typeface is another page.
    """
    try:
        files = {name: (path.read_bytes(), kind) for name, (path, kind) in BUNDLED.items()}
    except OSError:
        raise _BareError from None

    class Fetcher(weasyprint.urls.URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Any:
            if url in files:
                content, kind = files[url]
                return weasyprint.urls.URLFetcherResponse(url, content, {"Content-Type": kind})
            if url.startswith("bundled:"):
                raise weasyprint.urls.FatalURLFetchingError("no such bundled file")
            raise ValueError("nothing is fetched")

    return Fetcher(allowed_protocols=())


if __name__ == "__main__":
    main()
