"""The printed summary: valid, accessible, the same every time, and made in a process that reaches nothing."""

from __future__ import annotations

import re
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import page
import pikepdf
import pytest
from click.testing import CliRunner, Result

from commands.summary import command
from tests.pdf_text import read_pages
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
    assert "november 2026: omkring 120" in texts[0]
    assert {text.count(";") for text in texts} == {11}  # Twelve months in every chart's own words.


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
    # The second cell is the hidden one; the audit may hide others so that it cannot be worked out.
    assert re.search(r"Försäkringskassan (0|<5) <5( (0|<5)){3}", second)
    assert "Försäkringskassan 0 3" not in second


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
        ("lsg-savsjo", "monthly", "0001-01", "--period must be a month as YYYY-MM, not 0001-01"),
        ("lsg-savsjo", "monthly", "oktober", "--period must be a month as YYYY-MM, not oktober"),
        ("lsg-savsjo", "meeting", "2026-12-24", "lsg-savsjo has no meeting on 2026-12-24; known: none"),
    ):
        done = run(here, forum, kind, period)
        assert done.exit_code == 1
        assert done.output.startswith(f"Error: {words}")
        assert done.output.count("\n") == 1
        assert not (here / "x.pdf").exists()
