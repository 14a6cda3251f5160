"""The same frozen data give the same bytes: released summaries printed anew by the real printer, and compared."""

from __future__ import annotations

from typing import Any

import click
import pytest
from click.testing import CliRunner
from sqlalchemy import update

from commands.rebuild import command
from models import Summary
from tests.pdf_text import read_pages
from tests.releases import Office, open_office
from tests.site import Site
from worker import pdf

REAL = pdf.render_summary


@pytest.fixture
def office(site: Site, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A released summary with an edit, and its correction, both really printed."""
    opened = open_office(site, monkeypatch, reports=200)
    monkeypatch.setattr(pdf, "render_summary", REAL)
    coordinator, texts = site.sign_in("coordinator"), opened.texts()
    opened.press(coordinator, "granska", texts | {"sentences_0_claim": "Det här har koordinatorn skrivit."})
    opened.build()
    opened.approve()
    opened.withdraw_reports()
    opened.correct()
    return opened


def run(office: Office, monkeypatch: pytest.MonkeyPatch, reference: str | None = None) -> tuple[int, str]:
    """The command on the site's database. Returns: its exit code and what it said."""
    settings = office.site.settings
    monkeypatch.setattr("commands._database.settings.load", lambda: settings)
    found = CliRunner().invoke(command, [reference] if reference else [], standalone_mode=False)
    if found.exception is not None:
        raise found.exception
    code: Any = found.return_value
    return code, found.output


def test_released_summaries_come_out_with_the_same_bytes_approval_and_edits_in_them(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, said = run(office, monkeypatch)
    assert (code, said) == (0, "ok     lsg-savsjo-2026-10-v1\nok     lsg-savsjo-2026-10-v2\n")
    text = " ".join(" ".join(read_pages(office.stored().pdf or b"")).split())
    for words in ("Det här har koordinatorn skrivit.", "samverkanskoordinator", "2026-11-16", "lsg-savsjo-2026-10-v1"):
        assert words in text
    assert "Utkast." not in text
    assert (office.stored().content_sha256 or "none") in text.replace(" ", "")
    with pytest.raises(click.ClickException, match="no released summary has the reference x"):
        run(office, monkeypatch, "x")


def test_what_does_not_follow_from_the_frozen_data_is_found(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    with office.site.database.write() as session:
        row = session.get_one(Summary, office.summary_id)
        row.content = {**(row.content or {}), "heading": "Något annat"}
    code, said = run(office, monkeypatch)
    assert code == 1
    assert "FAULT  lsg-savsjo-2026-10-v1: the frozen data give another text in: fingerprint, heading" in said or (
        "FAULT  lsg-savsjo-2026-10-v1: the frozen data give another text in: heading" in said
    )
    with office.site.database.write() as session:
        session.execute(update(Summary).values(pdf=b"%PDF-1.7 another"))
    assert "does not have its checksum" in run(office, monkeypatch)[1]
