"""What a mail may hold: fixed words, a number and a link; and nobody can write a header into it."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.delivery import DeliveryKind
from settings import ROOT
from tests.site import Site
from worker.letter import PLACES, SUBJECTS, Enclosure, LetterError, Parcel, write_letter

MOMENT = datetime(2026, 11, 16, 9, tzinfo=UTC)
PARCEL = Parcel(7, DeliveryKind.ANSWER, 3, "LH-2026-0001", "handlaggare@example.org", MOMENT, MOMENT)
DOCUMENT = b"%PDF-1.7 test"
ENCLOSURE = Enclosure("lsg-savsjo-2026-10-v1", "Månadsrapport oktober 2026", 1, "0a" * 32, DOCUMENT, attached=False)
ENCLOSING = replace(PARCEL, kind=DeliveryKind.SUMMARY, reference="lsg-savsjo-2026-10-v1", enclosure=ENCLOSURE)
SENDER, SITE = "lexheller@example.org", "https://lexheller.example.org"
HEADERS = {
    *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"),
    *("MIME-Version", "Content-Type", "Content-Transfer-Encoding"),
}
HOSTILE = (
    "a@example.org\nBcc: b@example.org",
    "a@example.org\r\nBcc: b@example.org",
    "a@example.org\rBcc: b@example.org",
    "a@example.org\x0bBcc: b@example.org",
    "a@example.org\x85Bcc: b@example.org",
    "a@example.org\u2028Bcc: b@example.org",
    "=?UTF-8?Q?a=0ABcc:_b@example.org?=@example.org",
    "=?UTF-8?B?CkJjYzogYkBleGFtcGxlLm9yZw==?=@example.org",
    '"a\nBcc: b"@example.org',
    '"a b"@example.org',
    "a@example.org, b@example.org",
    "a@example.org;b@example.org",
    "Ann <a@example.org>",
    "<a@example.org>",
    "a@example.org>\nRCPT TO:<b@example.org",
    "a@[127.0.0.1]",
    "a b@example.org",
    "a@exam ple.org",
    "a@",
    "@example.org",
    "a",
    "a@" + "x" * 64 + ".org",
    "å@example.org",
    ".a@example.org",
    "a..b@example.org",
)


def read(parcel: Parcel) -> email.message.EmailMessage:
    """The mail as its recipient's program reads it."""
    return email.message_from_bytes(write_letter(parcel, SENDER, SITE).as_bytes(), policy=email.policy.default)


def words_of(letter: email.message.EmailMessage) -> str:
    """What stands in a mail, with the line ends that we write with."""
    return str(letter.get_content()).replace("\r\n", "\n")


@pytest.mark.parametrize("kind", DeliveryKind)
def test_every_kind_has_its_subject_its_words_and_its_link(kind: DeliveryKind) -> None:
    parcel = ENCLOSING if kind is DeliveryKind.SUMMARY else replace(PARCEL, kind=kind)
    letter = read(parcel)
    facts = {"reference": parcel.reference, "title": ENCLOSURE.title, "subject_id": 3, "token": ""}
    text = words_of(letter)
    assert letter["Subject"] == SUBJECTS[kind].format(**facts)
    assert f"\n{SITE}{PLACES[kind].format(**facts)}\n" in text
    assert "<" not in text
    assert "{" not in text
    assert set(letter.keys()) == HEADERS
    about_a_report = parcel.reference in text and kind is not DeliveryKind.SUMMARY
    assert ("varken rapporten eller svaret" in text) == about_a_report


@pytest.mark.parametrize(
    "title", ["Månadsrapport oktober 2026, version 2", "Årsrapport 2026", "Mötesunderlag 12 december 2026"]
)
def test_every_title_of_ours_may_stand_in_a_subject_and_no_other_words(title: str) -> None:
    assert read(replace(ENCLOSING, enclosure=replace(ENCLOSURE, title=title)))["Subject"].endswith(title)
    for foreign in ("", f"{title}\r\nBcc: x@y.se", f"{title} <b>", "x" * 81):
        with pytest.raises(LetterError):
            read(replace(ENCLOSING, enclosure=replace(ENCLOSURE, title=foreign)))


def test_every_kind_has_one_template_and_there_is_no_other() -> None:
    named = {path.stem for path in (ROOT / "templates" / "mail").glob("*.html")} - {"base"}
    assert named == {kind.value for kind in DeliveryKind}


def test_the_links_lead_somewhere(site: Site) -> None:
    routes = site.app.url_map.bind("localhost")
    for kind in DeliveryKind:
        address = PLACES[kind].format(reference="LH-2026-0001", subject_id=3, token="ord")
        assert routes.match(address, method="GET")[0], kind


def test_the_mail_says_that_there_is_an_answer_and_nothing_of_it() -> None:
    letter = read(PARCEL)
    assert letter["Subject"] == "Det finns ett svar på LH-2026-0001"
    assert words_of(letter) == (
        "Det finns ett svar på din rapport LH-2026-0001. Läs det här:\n"
        "\n"
        "https://lexheller.example.org/mina-rapporter/LH-2026-0001\n"
        "\n"
        "Av sekretesskäl står varken rapporten eller svaret i mejlet. Du behöver logga in för att läsa.\n"
        "Det går inte att svara på det här mejlet.\n"
        "\n"
        "Lex Heller\n"
    )


def test_a_summary_is_told_by_its_reference_its_link_and_its_checksum_and_by_no_number() -> None:
    letter = read(ENCLOSING)
    assert letter["Subject"] == "Ny sammanställning: Månadsrapport oktober 2026"
    assert words_of(letter) == (
        "En sammanställning till ditt forum är godkänd, lsg-savsjo-2026-10-v1. Läs den här:\n"
        "\n"
        "https://lexheller.example.org/rapporter/3\n"
        "\n"
        "Av sekretesskäl står inga tal i mejlet. Du behöver logga in för att läsa.\n"
        "\n"
        f"Filens kontrollsumma (SHA-256): {'0a' * 32}\n"
        "Kontrollera att en fil är äkta: https://lexheller.example.org/rapporter/kontrollera\n"
        "\n"
        "Mejlet går till funktionen och inte till en person. Har du lämnat funktionen, lämna det vidare.\n"
        "Det går inte att svara på det här mejlet.\n"
        "\n"
        "Lex Heller\n"
    )


def test_a_correction_says_so_and_a_file_goes_along_only_where_it_is_attached() -> None:
    letter = read(replace(ENCLOSING, enclosure=replace(ENCLOSURE, version=2, attached=True)))
    assert [part.get_content_type() for part in letter.iter_attachments()] == ["application/pdf"]
    [file] = letter.iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("lsg-savsjo-2026-10-v1.pdf", DOCUMENT)
    body = letter.get_body()
    assert body is not None
    assert "Rättelse: en ny version" in body.get_content()
    assert "ligger också som bilaga" in body.get_content()
    assert list(read(ENCLOSING).iter_attachments()) == []


@pytest.mark.parametrize("reference", ["LH-2026-0001", "lsg-savsjo-2026-10-v1\nBcc: b@example.org", "LSG å-2026-10-v1"])
def test_a_summarys_reference_that_is_none_gets_no_mail(reference: str) -> None:
    with pytest.raises(LetterError):
        write_letter(replace(ENCLOSING, reference=reference), SENDER, SITE)


def test_the_same_row_gives_the_same_message_id_whenever_it_is_written() -> None:
    again = replace(PARCEL, tried_at=datetime(2026, 11, 18, 9, tzinfo=UTC))
    assert read(PARCEL)["Message-ID"] == read(again)["Message-ID"] == "<7.20261116090000@example.org>"
    assert read(replace(PARCEL, delivery_id=8))["Message-ID"] != read(PARCEL)["Message-ID"]


def test_the_mail_goes_over_lines_that_know_only_ascii() -> None:
    write_letter(PARCEL, SENDER, SITE).as_bytes().decode("ascii")


@pytest.mark.parametrize("address", HOSTILE)
def test_an_address_that_is_more_than_an_address_gets_no_mail(address: str) -> None:
    with pytest.raises(LetterError, match="Adressen går inte att skicka till"):
        write_letter(replace(PARCEL, to=address), SENDER, SITE)


def test_no_address_is_no_mail() -> None:
    with pytest.raises(LetterError, match="ingen adress"):
        write_letter(replace(PARCEL, to=""), SENDER, SITE)


@pytest.mark.parametrize(
    "address",
    ["a@example.org", "a.b+c@sub.example.org", "o'brien_1@example.org", "namn@räksmörgås.example", "A-B@EXAMPLE.ORG"],
)
def test_an_ordinary_address_gets_its_mail(address: str) -> None:
    domain = address.rpartition("@")[2].encode("idna").decode("ascii")
    assert read(replace(PARCEL, to=address))["To"] == f"{address.rpartition('@')[0]}@{domain}"


@pytest.mark.parametrize(
    "reference", ["LH-2026-0001\nBcc: b@example.org", "LH-2026-0001 ", "=?UTF-8?Q?=0A?=", "lh-2026-1", "LH-٢٠٢٦-0001"]
)
def test_a_number_that_is_no_number_gets_no_mail(reference: str) -> None:
    with pytest.raises(LetterError):
        write_letter(replace(PARCEL, reference=reference), SENDER, SITE)


@given(to=st.one_of(st.text(), st.text().map(lambda text: f"{text}@example.org"), st.emails()), reference=st.text())
def test_whatever_is_handed_in_there_is_one_recipient_and_no_header_but_ours(to: str, reference: str) -> None:
    for parcel in (replace(PARCEL, to=to), replace(PARCEL, to=to, reference=reference)):
        try:
            letter = read(parcel)
        except LetterError:
            continue
        assert set(letter.keys()) == HEADERS
        assert len(letter["To"].addresses) == 1
        assert letter["To"].addresses[0].addr_spec.lower() == to.lower() or not to.isascii()
        assert letter["Subject"] == "Det finns ett svar på LH-2026-0001"
