"""What is masked leaves in no form."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import worker.archive
from models import Handout
from models.disposal import fingerprint
from models.invariants import check
from schemas.handout import Field, Mask, automatic, blackened, joined, places
from tests.desk import errors
from tests.handouts import NAME, PAGE, PLACE, asked, copies, decide, mask, mask_all
from tests.pdf_text import read_pages, read_streams
from tests.site import Site, Visitor
from tests.test_nothing_left import in_tables
from tests.workshop import Workshop
from worker import pdf

__all__ = ["asked"]  # a fixture


def test_the_way_from_the_question_to_the_decision(asked: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    Workshop(asked, monkeypatch)
    monkeypatch.setattr(worker.archive, "utc_now", lambda: asked.moment)
    coordinator = asked.sign_in("coordinator")
    page = coordinator.get(f"{PAGE}/1/LH-2026-0001").text
    copy = page.split("Kopian</h2>")[1].split("</section>")[0]
    assert NAME not in copy
    assert PLACE in copy
    assert "Välj bestämmelse för varje maskering" in "".join(
        errors(decide(coordinator, "partly", reasons="Sekretess."))
    )
    mask_all(coordinator)
    copy = coordinator.get(f"{PAGE}/1/LH-2026-0001").text.split("Kopian</h2>")[1].split("</section>")[0]
    assert "lila" not in copy.lower()
    assert "maskerat 26:1" in copy
    assert decide(coordinator, "partly", reasons="Uppgifterna rör en enskild.").status_code == 303
    leaves = everything_that_leaves(asked, coordinator)
    for secret in (NAME, "Zdravka", "Petrovska", "lila"):
        assert [kind for kind, text in leaves.items() if secret.lower() in text.lower()] == [], secret
    assert {kind for kind, text in leaves.items() if "tre gånger" in text} == {"page", "pdf", "row"}
    for words in ("kammarrätten", "inom tre veckor", "25 kap. 1 §", "26 kap. 1 §", "Uppgifterna rör en enskild."):
        assert words in leaves["page"], words
        assert words in leaves["pdf"], words
    assert asked.moment.strftime("%Y") in leaves["csv"]
    assert "HYPERLINK" not in leaves["csv"]
    assert check(asked.database, asked.moment + timedelta(hours=1)) == []


def everything_that_leaves(site: Site, visitor: Visitor) -> dict[str, str]:
    """The decision as page, PDF (its text, and its bytes unpacked) and list, and the row that keeps it."""
    if pdf.available():
        pytest.skip(pdf.available() or "")
    worker.archive.print_handout(1)
    document = visitor.get(f"{PAGE}/1.pdf").data
    with site.database.read() as session:
        row = session.get_one(Handout, 1)
        letter = row.letter or {}
        assert fingerprint(letter) == row.letter_sha256
    return {
        "page": visitor.get(f"{PAGE}/1/beslut").text,
        "pdf": " ".join(" ".join(read_pages(document)).split()),
        "bytes": (document + read_streams(document)).decode("latin-1"),
        "csv": visitor.get(f"{PAGE}/1.csv").text,
        "row": str(letter),
        "masks": str([list(copy.masks) for copy in copies(site)]),
    }


def test_masked_words_are_kept_nowhere_but_in_the_report(asked: Site, caplog: pytest.LogCaptureFixture) -> None:
    coordinator = asked.sign_in("coordinator")
    mask_all(coordinator)
    decide(coordinator, "partly", reasons="Uppgifterna rör en enskild.")
    assert in_tables(asked, NAME) == in_tables(asked, PLACE) == ["report"]
    assert "lila" not in caplog.text
    assert "Zdravka" not in caplog.text


def test_words_that_are_not_there_or_have_no_ground_mask_nothing(asked: Site) -> None:
    coordinator = asked.sign_in("coordinator")
    before = copies(asked)[0].masks
    assert "Orden finns inte i någon av rapporterna" in "".join(errors(mask(coordinator, "gul cykel")))
    assert errors(mask(coordinator, PLACE, "99:9")) == ["Välj ett av alternativen"]
    assert copies(asked)[0].masks == before


WORDS = st.lists(st.sampled_from(["Anna Svensson", "mötet", "070-123 45 67", "ALFA", "alfa", "ß", "\n"]), max_size=12)


@given(WORDS, st.sampled_from(["alfa", "mötet", "ß", "anna svensson"]))
def test_of_what_is_masked_nothing_is_in_the_pieces(words: list[str], secret: str) -> None:
    one = Field("a", "A", " ".join(words))
    masks = joined([*automatic([one]), *places([one], secret, "25:1")])
    left = "\x00".join(part.text for part in blackened(one, masks))
    assert secret.lower() not in left.lower()
    assert all(not part.text for part in blackened(one, masks) if part.ground is not None)
    assert "".join(part.text for part in blackened(one, [])) == one.text


def test_masks_that_overlap_are_one_and_a_chosen_ground_goes_before_none() -> None:
    masks: list[Any] = [Mask("a", 0, 5, ""), Mask("a", 3, 9, "26:1"), Mask("a", 9, 12, ""), Mask("b", 1, 2, "")]
    assert joined(masks) == [Mask("a", 0, 9, "26:1"), Mask("a", 9, 12, ""), Mask("b", 1, 2, "")]
