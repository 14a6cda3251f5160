"""Masking and shortening: what pointed to a person is gone from the database, and nobody's words are written anew."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from models import Classification
from schemas.redaction import MASK, copied, masked, only_shortened, pieces, readable
from tests.desk import moves, report_of, send, suggest
from tests.site import Site

NAMED = "Vi kallade till möte och Anna Svensson på mottagningen visste inte vem som var ansvarig."


def filed(site: Site, **answers: str) -> str:
    return site.sign_in("reporter").file_report(description=NAMED, pii_confirmed="1", **answers)


def test_what_may_point_to_a_person_is_marked(site: Site) -> None:
    reference = filed(site)
    page = site.sign_in("coordinator").get(f"/granska/{reference}").text
    assert '<mark class="lh-mark"><span class="lh-vh">markerat: </span>Anna Svensson</mark>' in page
    assert "Möjlig personuppgift i texten" in page
    title = page.split("<title>")[1].split("</h1>")[0]
    assert "Anna" not in title


def test_masking_leaves_no_copy_in_any_table(site: Site) -> None:
    reference = filed(site, suggestion="Fråga Anna Svensson nästa gång.")
    suggest(site, reference, "handover")
    with site.database.write() as session:
        session.scalars(select(Classification)).one().reasons = ["anna svensson", "ansvarig"]
    coordinator = site.sign_in("coordinator")
    send(coordinator, f"/granska/{reference}", f"/granska/{reference}/maskera", version=1)
    report = report_of(site, reference)
    assert report.description == NAMED.replace("Anna Svensson", MASK)
    assert report.suggestion == f"Fråga {MASK} nästa gång."
    with site.database.read() as session:
        assert session.scalars(select(Classification)).one().reasons == ["ansvarig"]
        tables = [table for table in Classification.metadata.sorted_tables if table.name not in ("area", "unit")]
        for table in tables:
            rows = session.execute(text(f'SELECT * FROM "{table.name}"')).all()  # noqa: S608 - our own names
            assert "Svensson" not in str(rows), table.name
    assert moves(site, reference)[-1][2] == "Texten maskerades eller kortades"
    assert "lh-mark" not in coordinator.get(f"/granska/{reference}").text.split("</head>")[1]


def test_masking_what_somebody_has_changed_meanwhile_does_nothing(site: Site) -> None:
    reference = filed(site)
    coordinator = site.sign_in("coordinator")
    send(coordinator, f"/granska/{reference}", f"/granska/{reference}/maskera", version=7)
    assert report_of(site, reference).description == NAMED
    assert "Rapporten har ändrats sedan sidan visades" in coordinator.get("/granska").text


def test_a_text_is_shortened_by_hand(site: Site) -> None:
    reference = filed(site)
    coordinator = site.sign_in("coordinator")
    page = f"/granska/{reference}/text"
    shorter = f"Vi kallade till möte och {MASK} visste inte vem som var ansvarig."
    assert send(coordinator, page, page, description=shorter, suggestion="", version=1).status_code == 303
    assert report_of(site, reference).description == shorter


@pytest.mark.parametrize(
    ("after", "message"),
    [
        (NAMED.replace("visste inte", "visste mycket väl"), "Texten får bara kortas eller maskeras"),
        ("", "Lämna kvar vad som hände"),
        (MASK, "Lämna kvar vad som hände. Det måste finnas något att läsa"),
        (f"{MASK} {MASK} 1234567890", "Texten får bara kortas eller maskeras"),
        (f"Vi {MASK} mötet", "Texten får bara kortas eller maskeras"),
        (f"Vi {MASK} möte {MASK}", "Det måste finnas något att läsa utöver [maskerat]"),
    ],
)
def test_nobody_puts_words_into_the_reporters_mouth(site: Site, after: str, message: str) -> None:
    reference = filed(site)
    page = f"/granska/{reference}/text"
    answer = send(site.sign_in("coordinator"), page, page, description=after, suggestion="", version=1)
    assert answer.status_code == 422
    assert message in answer.text
    assert report_of(site, reference).description == NAMED


def test_a_shortened_text_that_came_too_late_is_kept_on_the_page(site: Site) -> None:
    reference = filed(site)
    page = f"/granska/{reference}/text"
    answer = send(site.sign_in("coordinator"), page, page, description="Vi kallade till möte", suggestion="", version=5)
    assert answer.status_code == 409
    assert "Vi kallade till möte</textarea>" in answer.text
    assert report_of(site, reference).description == NAMED


TEXTS = st.text(st.sampled_from("aåAÖ .,19-@\n") | st.characters(codec="utf-8"), max_size=80)


@given(TEXTS)
def test_the_pieces_make_up_the_text(text: str) -> None:
    assert "".join(piece.text for piece in pieces(text)) == text


@given(st.lists(st.sampled_from(["Anna Svensson", "mötet", "070-123 45 67", "blev", "a@b.se", "inställt"])))
def test_masking_is_a_shortening_and_fits_its_field(words: list[str]) -> None:
    text = " ".join(words)
    assert only_shortened(text, masked(text, 1500))
    assert len(masked(text, len(text))) <= len(text)


def test_a_long_text_keeps_within_its_limit_when_short_names_are_masked() -> None:
    text = "Bo Ek kom. " * 136
    assert len(text) <= 1500 < len(text.replace("Bo Ek", MASK))
    assert len(masked(text, 1500)) <= 1500


@pytest.mark.parametrize(
    ("after", "fine"),
    [
        ("ett tre", True),
        ("Ett, två… [maskerat]!", True),
        ("tre ett", False),
        ("ett ett", False),
        ("ettan", False),
        ("", True),
    ],
)
def test_words_may_go_but_neither_come_nor_change_places(after: str, fine: bool) -> None:
    assert only_shortened("ett två tre", after) is fine


@pytest.mark.parametrize(
    ("text", "fine"),
    [
        ("Mötet blev av", True),
        (f"{MASK} inställt nu", True),
        (f"Vi {MASK} möte", False),
        (MASK * 3, False),
        ("", False),
    ],
)
def test_something_readable_is_left_besides_the_masks(text: str, fine: bool) -> None:
    assert readable(text) is fine


def test_a_paraphrase_repeats_no_run_of_words() -> None:
    text = "Remissen kom tillbaka tre gånger eftersom ingen visste vem som skulle ta emot den."
    assert copied("De sa att remissen kom tillbaka TRE gånger, och mer.", text, words=5)
    assert not copied("Remissen skickades tillbaka flera gånger.", text)
