"""What must not be stored, and what was taken away, is nowhere: not in a table, a log, nor in the bytes of the file."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from models import Draft
from models.base import Base
from schemas.redaction import MASK
from tests.desk import report_of, send, suggest
from tests.site import TEXT, Site

NAME = "Zdravka Petrovska"
NAMED = f"Remissen till {NAME} kom tillbaka tre gånger utan att någon sa varför."


def in_tables(site: Site, words: str) -> list[str]:
    """Tables that hold these words anywhere."""
    with site.database.read() as session:
        rows = {
            table.name: session.execute(text(f'SELECT * FROM "{table.name}"')).all()  # noqa: S608 - our own names
            for table in Base.metadata.sorted_tables
        }
    return [name for name, found in rows.items() if words in str(found)]


def in_files(site: Site, words: str) -> list[str]:
    """Files of an embedded database, its write-ahead log included, in whose bytes these words stand."""
    path = Path(make_url(str(site.database.engine.url)).database or "")
    files = path.parent.glob(f"{path.name}*") if site.database.engine.dialect.name == "sqlite" else ()
    return [file.name for file in files if words.encode() in file.read_bytes()]


def test_a_masked_name_is_gone_from_every_table_and_from_the_bytes(site: Site) -> None:
    reference = site.sign_in("reporter").file_report(description=NAMED, pii_confirmed="1")
    suggest(site, reference, "handover")
    assert in_tables(site, NAME) == ["report"]
    embedded = site.database.engine.dialect.name == "sqlite"
    assert bool(in_files(site, NAME)) is embedded  # else the last line of this test would prove nothing
    page = f"/granska/{reference}"
    assert send(site.sign_in("coordinator"), page, f"{page}/maskera", version=1).status_code == 303
    assert MASK in report_of(site, reference).description
    assert in_tables(site, "Zdravka") == []
    assert in_files(site, "Zdravka") == []


def test_a_shortened_text_is_gone_from_every_table_and_from_the_bytes(site: Site) -> None:
    reference = site.sign_in("reporter").file_report(description=NAMED, pii_confirmed="1")
    page = f"/granska/{reference}/text"
    shorter = "Remissen kom tillbaka tre gånger utan att någon sa varför."
    answer = send(site.sign_in("coordinator"), page, page, description=shorter, suggestion="", version=1)
    assert answer.status_code == 303
    assert in_tables(site, "Zdravka") == []
    assert in_files(site, "Zdravka") == []


@pytest.mark.parametrize("button", ["send", "draft"])
def test_a_protected_identity_leaves_nothing_not_even_the_draft_from_before(
    site: Site, button: str, caplog: pytest.LogCaptureFixture
) -> None:
    visitor = site.sign_in("reporter")
    tokens = visitor.tokens()
    assert visitor.send(do="draft", **tokens).status_code == 303
    assert site.count(Draft) == 1
    answer = visitor.send(do=button, protected_identity="1", **tokens)
    assert answer.status_code == 422
    assert "skyddade personuppgifter" in answer.text
    assert in_tables(site, TEXT[:30]) == []
    assert in_files(site, TEXT[:30]) == []
    assert TEXT[:30] not in caplog.text


def test_another_persons_draft_is_not_taken_along(site: Site) -> None:
    visitor = site.sign_in("reporter")
    tokens = visitor.tokens()
    assert visitor.send(do="draft", **tokens).status_code == 303
    other = site.sign_in("colleague")
    other.send(protected_identity="1", form_key=tokens["form_key"], csrf_token=other.tokens()["csrf_token"])
    assert site.count(Draft) == 1
