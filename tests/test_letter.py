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
from worker.letter import PLACES, SUBJECTS, LetterError, Parcel, write_letter

MOMENT = datetime(2026, 11, 16, 9, tzinfo=UTC)
PARCEL = Parcel(7, DeliveryKind.ANSWER, 3, "LH-2026-0001", "handlaggare@example.org", MOMENT, MOMENT)
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
    letter = read(replace(PARCEL, kind=kind))
    facts = {"reference": "LH-2026-0001", "subject_id": 3, "token": ""}
    text = words_of(letter)
    assert letter["Subject"] == SUBJECTS[kind].format(**facts)
    assert f"\n{SITE}{PLACES[kind].format(**facts)}\n" in text
    assert "<" not in text
    assert "{" not in text
    assert set(letter.keys()) == HEADERS


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
