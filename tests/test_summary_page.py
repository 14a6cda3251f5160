"""The web page and the printed page of a summary say the same, and name what they are."""

from __future__ import annotations

import re

import pytest

from tests.summaries import Row, busy_rows, make_snapshot
from tests.summary_pages import web_page
from worker.page import write_page
from worker.summary import write_summary


@pytest.mark.parametrize(("kind", "period"), [("monthly", "2026-11-01"), ("meeting", "2026-12-12")])
def test_the_reference_names_forum_period_and_version(kind: str, period: str) -> None:
    content = write_summary(make_snapshot(busy_rows(), kind=kind, period=period, version=2))
    assert content["reference"] == f"lsg-savsjo-{period[:7] if kind == 'monthly' else period}-v2"


def test_a_pack_says_when_its_meeting_is() -> None:
    known = write_summary(make_snapshot(kind="meeting", period="2026-12-12"))
    moved = write_summary(make_snapshot(kind="meeting", period="2026-12-12", meetings=["2027-01-15T13:30"]))
    assert known["subtitle"] == "Underlag till LSG Sävsjö inför mötet 12 december 2026 kl. 09.00"
    assert moved["subtitle"] == "Underlag till LSG Sävsjö inför mötet 12 december 2026"


@pytest.mark.parametrize("rows", [[], busy_rows(3), busy_rows()], ids=["none", "few", "many"])
def test_the_web_page_and_the_printed_page_say_the_same(rows: list[Row]) -> None:
    content = write_summary(make_snapshot(rows))
    for page in (web_page(content, "/rapporter/1.pdf"), write_page(content)):
        text = " ".join(re.sub(r"<[^>]*>", " ", page).replace("\u00ad", "").replace("&lt;", "<").split())
        for sentence in content["sentences"]:
            assert f"{sentence['claim']} {sentence['text']}" in text
        for row in content["heat_map"]["rows"]:
            assert row["name"] in text
        for question in content["questions"]:
            assert question["question"] in text


def test_the_web_page_stands_alone_where_there_is_no_pdf() -> None:
    content = write_summary(make_snapshot(busy_rows()))
    assert "Hämta PDF" in web_page(content, "/rapporter/1.pdf")
    assert "Hämta PDF" not in web_page(content, None)
    assert "finns inte som PDF" in web_page(content, None)


def test_hostile_names_are_text_on_every_page() -> None:
    evil = '<td colspan=100000><script>x</script><img src="file:///etc/passwd">'
    content = write_summary(make_snapshot(busy_rows(), forum_name=evil, forum_areas=[evil], forum_federation=evil))
    for page in (web_page(content, None), write_page(content)):
        assert "colspan=100000&gt;" in page
        assert "<td colspan" not in page
        assert "<script>x" not in page
        assert "<img" not in page
