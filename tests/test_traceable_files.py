"""The file and the web page of a summary print the numbers of its page and no others, everywhere the same."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter

import pytest

from settings import ROOT
from tests.pdf_text import read_pages
from tests.recounting import Tables, world
from tests.summaries import PARTIES
from tests.summary_pages import web_page
from worker import pdf
from worker.page import write_page
from worker.summary import write_summary


def digits(text: str) -> Counter[str]:
    return Counter(re.findall(r"<|\d", text))


def numbers(text: str) -> Counter[str]:
    return Counter(re.findall(r"<5|\d+", text))


@pytest.mark.parametrize("kind", ["monthly", "yearly"])
def test_the_file_prints_the_numbers_of_its_page_and_no_others(kind: str) -> None:
    content = write_summary(world(kind))
    pages = [re.sub(r"\s+", " ", text) for text in read_pages(pdf.render_summary(content))]
    printed = " ".join(re.sub(r"Sida \d+ av \d+", "", text) for text in pages)
    running = re.escape("Lex Heller · " + content["title"])
    assert len(re.findall(running, printed)) == len(pages) - 1
    printed = re.sub(running, "", printed)
    printed = re.sub(r"(\. ?){4,}\d", "", printed)  # the pages in the table of contents
    html = write_page(content)
    # Letters in drawings are set one by one, so there digits are compared; everywhere else whole numbers.
    assert digits(printed) == digits(" ".join(Tables(html).texts))
    plain = " ".join(Tables(re.sub(r"<svg.*?</svg>", "", html, flags=re.DOTALL)).texts)
    assert numbers(plain) - numbers(printed) == Counter()


@pytest.mark.parametrize("kind", ["monthly", "yearly"])
def test_the_web_page_tells_the_numbers_of_the_file(kind: str) -> None:
    content = write_summary(world(kind))
    web, paper = (Tables(page) for page in (web_page(content, None), write_page(content)))
    for name in (*(name for _, name, _ in PARTIES[:-1]), "Alla", "Aneby", "Eksjö", "Sävsjö"):
        of_web = [re.findall(r"<5|[+−±]?\d+|–", cell)[:1] for cell in _named(web, name)]
        assert of_web == [re.findall(r"<5|[+−±]?\d+|–", cell)[:1] for cell in _named(paper, name)]


def _named(page: Tables, name: str) -> list[str]:
    """The cells of the first row whose heading holds a name: the web page tells its short form beside it."""
    return next(row[1:] for row in page.rows if row and row[0].strip().startswith(name))


PRINT = (
    "import hashlib, json, sys; from worker import pdf; from worker.summary import write_summary;"
    "content = write_summary(json.load(sys.stdin)); document = pdf.render_summary(content);"
    "print(hashlib.sha256(json.dumps(content).encode()).hexdigest(), hashlib.sha256(document).hexdigest())"
)


def test_the_same_snapshot_gives_the_same_bytes_in_any_surroundings() -> None:
    surroundings = (
        {"TZ": "UTC", "LC_ALL": "C", "PYTHONHASHSEED": "1"},
        {"TZ": "Pacific/Auckland", "LC_ALL": "C.UTF-8", "LANG": "sv_SE.UTF-8", "PYTHONHASHSEED": "2"},
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", PRINT],
            input=json.dumps(world()),
            cwd=ROOT,
            env=os.environ | outside,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for outside in surroundings
    ]
    assert told[0] == told[1]
    assert len(told[0].split()) == 2
