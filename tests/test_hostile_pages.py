"""Hostile texts in every column that somebody ever wrote in, read on every page by every role: none is run or raw."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from flask import template_rendered
from jinja2 import Template

from settings import ROOT
from tests.drenched import drench
from tests.site import Site
from tests.test_browser_crawl import PERSON, Crawl, busy
from tests.test_every_field import furnished
from tests.test_hostile_fields import RAW, texts

__all__ = ["busy", "furnished"]  # fixtures
ON_ONE = pytest.mark.parametrize("site_url", ["sqlite"], indirect=True)  # templates know no database
NUMBER = re.compile(r"\b\d{5}x\b")
# Pages that show nobody's words, or that only a post or a link in a mail leads to; the forms are walked elsewhere.
NOT_REACHED = {
    "web/fel.html",
    "web/granska-text.html",
    "web/lamna-ut-beslut.html",
    "web/losenord.html",
    "web/losenord-gammalt.html",
    "web/logga-in-kod.html",
    "web/mejl.html",
    "web/tvasteg-koder.html",
}


def numbered() -> Iterator[str]:
    """Hostile texts, each with a number that tells it from the others."""
    for number, words in zip(count(), texts(7), strict=False):
        plain = words.encode("utf-8", "surrogatepass").decode("utf-8", "replace").replace("\x00", "")
        yield f"{number:05}x {plain.removeprefix('Remissen kom tillbaka. ')}"


@ON_ONE
def test_five_hundred_hostile_texts_are_shown_as_text_by_every_template(busy: Site) -> None:
    shown, rendered, raw = set[str](), set[str](), []
    drenched = numbered()

    def note(_app: Any, template: Template, **_: Any) -> None:
        rendered.add(template.name or "")

    with template_rendered.connected_to(note, busy.app):
        for _ in range(3):
            drench(busy, drenched)
            for role in ("stranger", *PERSON):
                for address, text in Crawl(busy, role).texts.items():
                    raw += [(role, address, word) for word in RAW if word in text]
                    shown |= set(NUMBER.findall(text))
    assert raw == []
    assert len(shown) >= 500
    pages = {f"web/{path.name}" for path in (ROOT / "templates" / "web").glob("*.html")} - {"web/base.html"}
    assert pages - rendered - NOT_REACHED == set()
