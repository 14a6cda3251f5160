"""Hundreds of strings that are more than they seem, through every door that could take them further."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import count, cycle

import pytest
from sqlalchemy import select, update

from models import Publication, Report
from models.delivery import DeliveryKind
from schemas.csv_cell import safe_cell
from schemas.mail_domains import plain_address
from schemas.personal_data import screen
from settings import ROOT
from tests.actions import add_action
from tests.answered import add_alike, answer, publish
from tests.drenched import drench
from tests.forums import Room
from tests.series import ELSEWHERE, formulas, mail_headers, personal_numbers
from tests.site import Site
from tests.smtp_stub import SmtpStub
from tests.test_canary import columns
from tests.test_every_field import every_field, furnished, places, sent
from tests.test_letter import ENCLOSING, HEADERS, PARCEL, SENDER, SITE, read
from worker import mail
from worker.letter import LetterError, write_letter

__all__ = ["furnished"]  # a fixture
ON_ONE = pytest.mark.parametrize("site_url", ["sqlite"], indirect=True)  # nothing of it is stored, or none differs
ADDRESSED = {"email", "feedback_email", "seat_email", "mail_domains"}
EXPORTS = {
    "/avvikelser.csv": "coordinator",
    "/atgarder.csv": "coordinator",
    "/besvarade.csv": "coordinator",
    "/logg.csv": "administrator",
}
TOLD = re.compile("liknar ett (?:person|samordnings)nummer")
SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def test_three_hundred_headers_as_an_address_or_a_number_reach_no_mail() -> None:
    texts = mail_headers()
    assert len(set(texts)) >= 200
    for text in texts:
        for parcel in (
            replace(PARCEL, to=text),
            replace(PARCEL, reference=text),
            replace(ENCLOSING, reference=text),
            replace(PARCEL, kind=DeliveryKind.INVITATION, token=text),
        ):
            try:
                letter = read(parcel)
            except LetterError:
                continue
            assert parcel.token, text  # a token stands in the text of the mail alone, and is of our making
            assert set(letter.keys()) == HEADERS
            assert [address.addr_spec for address in letter["To"].addresses] == [PARCEL.to]


def test_what_a_header_may_hold_goes_to_one_recipient_over_the_wire() -> None:
    letter = write_letter(replace(PARCEL, kind=DeliveryKind.INVITATION, token=mail_headers()[0]), SENDER, SITE)
    with SmtpStub() as server:
        mail.send(letter, server.url)
    [taken] = server.taken
    assert taken.recipients == [PARCEL.to]
    assert not [line for line in server.lines if ELSEWHERE in line and line.upper().startswith(("RCPT", "MAIL"))]


@ON_ONE
def test_three_hundred_headers_in_every_field_for_an_address_are_refused(furnished: Site) -> None:
    doors = [door for door in every_field(furnished) if door[3] in ADDRESSED]
    assert {field for *_, field in doors} >= {"feedback_email", "seat_email", "mail_domains"}
    for text, (visitor, form, endpoint, field) in zip(mail_headers(), cycle(doors), strict=False):
        got = sent(visitor, form, field, text)
        assert got.status_code in (200, 303, 409, 422), (endpoint, text)
    assert columns(furnished.database, ELSEWHERE) <= {"forum.mail_domains"}
    assert all(plain_address(text) is None for text in mail_headers())


def read_csv(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";"))


def fill_exports(site: Site) -> None:
    """Something in every file: reports, actions, events of the log, an answer that is open to all."""
    site.add_reports(40)
    for _ in range(20):
        add_action(Room(site))
    reference = add_alike(site, 5, 3)[0]
    answer(site.sign_in("coordinator"), site, reference)
    assert publish(site.sign_in("coordinator"), site, reference).status_code == 303


@ON_ONE
def test_two_hundred_formulas_are_none_in_any_file(site: Site) -> None:
    wanted, seen = set(formulas()), defaultdict[str, set[str]](set)
    fill_exports(site)
    visitors = {name: site.sign_in(name) for name in EXPORTS.values()}
    texts = cycle(formulas())
    for _ in range(10):
        drench(site, texts)
        with site.database.write() as session:  # a paraphrase that was changed since is taken off the page
            session.execute(update(Report).values(paraphrase=select(Publication.paraphrase).scalar_subquery()))
        for address, name in EXPORTS.items():
            for cell in cells(visitors[name].get(address).get_data(as_text=True)):
                seen[address] |= {cell.removeprefix("'")} & wanted
                assert not cell.lstrip(" \u00a0\t\r\n").startswith(SIGNS), (address, cell)
    assert len(set.union(*seen.values())) >= 200
    assert [address for address in EXPORTS if len(seen[address]) < 20] == []
    assert all(safe_cell(text) == f"'{text}" for text in wanted)


@ON_ONE
def test_every_file_for_a_spreadsheet_is_tried_and_all_are_written_by_one_rule(site: Site) -> None:
    rules = [rule for rule in site.app.url_map.iter_rules() if rule.rule.endswith(".csv")]
    assert {rule.rule for rule in rules if not rule.arguments} == EXPORTS.keys()
    writers = {path.name: path.read_text() for path in (ROOT / "webapp").rglob("*.py")}
    writers = {name: source for name, source in writers.items() if "csv.writer(" in source}
    assert [name for name, source in writers.items() if "safe_cell(" not in source] == []
    assert len(writers) >= len(EXPORTS)


def cells(text: str) -> Iterator[str]:
    rows = read_csv(text)
    assert {len(row) for row in rows} == {len(rows[0])}
    yield from (cell for row in rows for cell in row)


@ON_ONE
def test_five_hundred_personal_numbers_pass_neither_the_guard_nor_the_form(site: Site) -> None:
    visitor, fields = site.sign_in("reporter"), cycle(["description", "suggestion", "counterpart_other"])
    tokens, let_through, tried = visitor.tokens(), [], count()
    for number, field in zip(personal_numbers(), fields, strict=False):
        words = f"Remissen till {number} kom tillbaka tre gånger"
        if not any(finding.action == "stop" for finding in screen(words)):
            let_through.append(("guard", number))
        got = visitor.send(**tokens | {field: words, "pii_confirmed": "1"})
        if got.status_code != 422 or not TOLD.search(got.text):
            let_through.append((field, number))
        next(tried)
    assert let_through == []
    assert next(tried) >= 500
    assert places(site, "kom tillbaka tre") == []
