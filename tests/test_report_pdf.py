"""The printed monthly and yearly report: valid, short and readable whatever a federation looks like."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from io import BytesIO
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import page
import pikepdf
import pytest

from schemas.disclosure import ZERO, protect_total
from tests.pdf_text import read_pages
from tests.summaries import LONG_PARTIES, busy_rows, make_action, make_followup, make_snapshot
from worker import pdf
from worker.page import write_page
from worker.summary import write_summary
from worker.summary.names import Names
from worker.summary.tables import draw_heat_map

pytestmark = pytest.mark.skipif(pdf.available() is not None, reason=f"no PDF can be made here: {pdf.available()}")

COMPOUND = "Samverkansrehabiliteringskommunområdesstyrgruppsverksamhetsuppföljningsansvarig"
EVIL = (
    "<td colspan=100000><svg onload=x><image href='file:///etc/passwd'/></svg></style>"
    "<script>x</script>@import url(http://127.0.0.1/) {{ 7*7 }} ” &amp; \u202e"
)
LATE = {"late": True, "due_on": "2026-10-31"}


def furnish(text: str = "Gemensam ingång till psykiatrin", **changes: Any) -> dict[str, Any]:
    """A snapshot in which every part is there; whatever a person wrote, or named, is `text`."""
    actions = [make_action(text, **LATE), *(make_action(text, owner=text[:100], own=False) for _ in range(30))]
    decisions = [(text, [0]), (text, [])]
    snapshot = make_snapshot(busy_rows(), followup=make_followup(actions, decisions), **changes)
    for row in snapshot["patterns"]["problems"]:
        row[5], row[6] = text[:200], "2026-12-12"
    return snapshot


CASES: dict[str, Any] = {
    "nothing": make_snapshot,
    "one-report": lambda **facts: make_snapshot([("fk", "af", 0, "rules", 1, 1)], **facts),
    "one-problem": lambda **facts: make_snapshot([("fk", "af", 0, "rules", 7, 3)], example=True, **facts),
    "everything": furnish,
    "long-words": lambda **facts: furnish(
        (COMPOUND + " ") * 3,
        forum_name=COMPOUND,
        forum_areas=[COMPOUND],
        forum_federation=COMPOUND,
        parties=[(code, COMPOUND + code, COMPOUND) for code in ("kommun", "af", "fk", "region", "other")],
        example=True,
        **facts,
    ),
    "long-parties": lambda **facts: make_snapshot(
        [(giver, "region", ago, "rules", 30, 9) for giver, _, _ in LONG_PARTIES[:-1] for ago in range(24)],
        parties=LONG_PARTIES,
        **facts,
    ),
    "federation": lambda **facts: furnish(
        forum_whole_federation=True, forum_areas=[f"Kommunområde {n}" for n in range(8)], **facts
    ),
    "hostile": lambda **facts: furnish(
        EVIL, forum_name=EVIL, forum_areas=[EVIL], forum_federation=EVIL, parties=_evil_parties(), **facts
    ),
}


def _evil_parties() -> list[tuple[str, str, str]]:
    return [(code, EVIL, "<b>") for code in ("kommun", "af", "fk", "region", "other")]


@cache
def told(kind: str, case: str) -> dict[str, Any]:
    period = {"monthly": "2026-11-01", "yearly": "2026-01-01"}[kind]
    return write_summary(CASES[case](kind=kind, period=period))


@cache
def printed(kind: str, case: str) -> bytes:
    return pdf.render_summary(told(kind, case))


def plain(text: str) -> str:
    return " ".join(text.split())


both_kinds = pytest.mark.parametrize("kind", ["monthly", "yearly"])
every_case = pytest.mark.parametrize("case", CASES)


@both_kinds
@every_case
def test_it_is_valid_for_the_archive_and_for_everybody(kind: str, case: str) -> None:
    for profile in ("2a", "ua1"):
        report = page.validate_pdf_bytes(printed(kind, case), profile=profile)
        assert report.is_compliant, [(failure.rule_id, failure.message) for failure in report.failures]


@both_kinds
@every_case
def test_it_has_at_most_six_pages(kind: str, case: str) -> None:
    most = {"long-words": 9, "hostile": 12}.get(case, 6)  # Names of a hundred letters take their room.
    assert len(read_pages(printed(kind, case))) <= most


@both_kinds
@pytest.mark.parametrize("case", ["nothing", "one-report", "one-problem", "everything", "federation"])
def test_page_one_alone_says_what_is_to_be_decided(kind: str, case: str) -> None:
    content, first = told(kind, case), plain(read_pages(printed(kind, case))[0])
    assert content["labels"]["decides"] in first
    for question in content["questions"]:
        assert plain(question["question"]) in first
        assert question["question"].startswith("att ")
    for sentence in content["sentences"]:
        assert f"{sentence['claim']} {sentence['text']}" in first
    for figure in content["key_figures"]:
        assert figure["text"] in first


@both_kinds
@every_case
def test_headings_are_in_order_and_every_chapter_has_its_bookmark(kind: str, case: str) -> None:
    levels = [int(level) for level in re.findall(r"<h([1-6])", write_page(told(kind, case)))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    with pikepdf.open(BytesIO(printed(kind, case))) as document, document.open_outline() as outline:
        titles = [entry.title for entry in outline.root]
    assert {"Var skaver det?", "Utveckling", "Förslag till beslut", "Så är rapporten gjord"} <= set(titles)


@both_kinds
def test_every_chart_tells_all_its_values_aloud(kind: str) -> None:
    content = told(kind, "everything")
    with pikepdf.open(BytesIO(printed(kind, "everything"))) as document:
        things = [thing for thing in document.objects if isinstance(thing, pikepdf.Dictionary) and "/Alt" in thing]
        texts = [plain(str(thing.Alt)) for thing in things]
    wanted = [content["trend"]["spoken"], *(row["spoken"] for row in content["counterparts"])]
    assert len(texts) == len(wanted)
    assert len(wanted) > 2
    for words in wanted:
        assert any(plain(words) in text for text in texts)


def test_every_heading_of_a_table_says_what_it_is_the_heading_of() -> None:
    headings = re.findall(r"<th\b[^>]*>", write_page(told("monthly", "everything")))
    assert len(headings) > 30
    assert [heading for heading in headings if "scope=" not in heading] == []


def test_chapters_without_anything_to_tell_are_left_out() -> None:
    quiet, busy = (plain(" ".join(read_pages(printed("monthly", case)))) for case in ("nothing", "everything"))
    for words in ("som återkommer", "Beslut och åtgärder", "Per part som rapporterna gäller"):
        assert words not in quiet
        assert words in busy
    assert "Inga avvikelser i november." in quiet
    assert "Kommunområdena" in plain(" ".join(read_pages(printed("monthly", "federation"))))
    assert "Kommunområdena" not in busy


def test_a_paraphrase_stands_only_beside_a_number_that_may_be_shown() -> None:
    words = "Vi kallade tre gånger och ingen kom"
    shown, hidden = ([("fk", "af", 0, "rules", count, 3)] for count in (5, 4))
    snapshots = [make_snapshot(rows) for rows in (shown, hidden)]
    for snapshot in snapshots:
        snapshot["patterns"]["problems"][0][5] = words
    first, second = (write_page(write_summary(snapshot)) for snapshot in snapshots)
    assert words in first
    assert words not in second
    snapshots[0]["patterns"]["problems"][0][3] = 2  # Five reports, but by two people.
    assert words not in write_page(write_summary(snapshots[0]))


def test_what_people_wrote_is_printed_as_text() -> None:
    html = write_page(told("monthly", "hostile"))
    for mark in ("<td colspan", "<svg onload", "<script", "</style", "<b>&lt;b"):
        assert mark not in html.replace("</style>", "", 0)
    assert html.count("<link") == 2
    assert "&lt;td colspan=100000&gt;" in html
    assert "{{ 7*7 }}" in html
    text = plain(" ".join(read_pages(printed("monthly", "hostile"))))
    assert "root:" not in text


def test_a_map_of_many_parties_shows_those_with_the_largest_numbers() -> None:
    parties = [
        {"code": f"p{n}", "name": f"Part nummer {n} i länet", "short": f"P{n}", "outside": False} for n in range(60)
    ]
    pairs = {(f"p{n}", f"p{59 - n}"): protect_total(10 * n) for n in range(60)}
    figures: Any = SimpleNamespace(pairs=pairs, map_months=12, months=[(date(2026, 10, 1), ZERO)])
    drawn = draw_heat_map(figures, parties, Names(make_snapshot() | {"parties": parties}))
    assert [column["short"] for column in drawn["columns"]] == [f"P{n}" for n in (*range(6), *range(54, 60))]
    assert [row["short"] for row in drawn["rows"]] == [column["short"] for column in drawn["columns"]]
    assert drawn["reading"].endswith("Kartan visar tolv av 60 parter, de med störst tal.")
    assert max(cell["number"]["value"] or 0 for row in drawn["rows"] for cell in row["cells"]) == 590


def test_a_yearly_report_speaks_of_its_year() -> None:
    content, first = told("yearly", "everything"), plain(read_pages(printed("yearly", "everything"))[0])
    assert "Årsrapport 2026 till LSG Sävsjö" in first
    assert "Det viktigaste i året" in first
    assert content["reference"] == "lsg-savsjo-2026-v1"
    assert content["trend"]["reading"].startswith("Högst antal: november")


def test_edited_words_are_marked_and_a_correction_says_so() -> None:
    content = told("monthly", "everything")
    marked = {**content, "questions": [{**content["questions"][0], "edited": True}, *content["questions"][1:]]}
    marked["correction"] = {"of": "lsg-savsjo-2026-11-v0", "lines": ["Rapporter i maj: 25, tidigare 20."]}
    marked["approval"] = {"by": "Samverkanskoordinator", "on": "2026-12-02"}
    text = plain(" ".join(read_pages(pdf.render_summary(marked))))
    assert "Redigerad av koordinatorn." in text
    assert "Rättad version. Ersätter lsg-savsjo-2026-11-v0. Rapporter i maj: 25, tidigare 20." in text
    assert "Godkänd av Samverkanskoordinator den 2026-12-02." in text
    assert "Utkast." not in text
