"""What may be mailed where: the domains that a federation has named, and files that are whole, tagged and titled."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import pikepdf
import pytest
from sqlalchemy import select, update

from models import Federation
from tests.forums import Room, send
from tests.releases import sound_pdf
from tests.site import Site
from worker.pdf_check import UnsoundError, check_pdf


def checked(document: bytes) -> str:
    with pytest.raises(UnsoundError) as caught:
        check_pdf(document, hashlib.sha256(document).hexdigest())
    return str(caught.value)


def test_the_last_look_lets_a_sound_file_through_and_names_what_another_lacks() -> None:
    check_pdf(sound_pdf(), hashlib.sha256(sound_pdf()).hexdigest())

    def without(change: Any) -> bytes:
        with pikepdf.open(io.BytesIO(sound_pdf())) as opened:
            change(opened)
            out = io.BytesIO()
            opened.save(out)
            return out.getvalue()

    def drop(name: str) -> Any:
        return lambda opened: opened.Root.__delitem__(name)

    assert "saknar taggar" in checked(without(drop("/StructTreeRoot")))
    assert "saknar taggar" in checked(without(drop("/MarkInfo")))
    assert "saknar språk" in checked(without(drop("/Lang")))
    assert "saknar titel" in checked(without(lambda opened: opened.docinfo.__delitem__("/Title")))
    assert "saknar sidor" in checked(without(lambda opened: opened.pages.__delitem__(slice(0, None))))
    blank = without(lambda opened: setattr(opened.pages[0], "Contents", opened.make_stream(b" ")))
    assert "är tom" in checked(blank)
    for document in (b"", b"%PDF-1.7", b"<html>", sound_pdf()[:500]):
        assert "går inte att öppna" in checked(document)


def test_an_address_outside_the_domains_is_refused_when_it_is_written(site: Site) -> None:
    room = Room(site)
    with site.database.write() as session:
        session.execute(update(Federation).values(mail_domains="fk.example.org"))
    seat = room.forum("lsg-savsjo").members[0]
    client, page = site.sign_in("coordinator"), "/forum/lsg-savsjo"
    for address, said in (
        ("chef@annan.example.org", "Domänen är inte godkänd av förbundet. Godkända: fk.example.org"),
        ("chef@fk.example.org\nBcc: a@b.se", "Skriv adressen så här"),
        ("chef", "Skriv adressen så här"),
    ):
        answer = send(client, f"{page}/platser/{seat.id}/adress", page, seat_email=address)
        assert (answer.status_code, said in answer.text) == (422, True), address
    assert send(client, f"{page}/platser/{seat.id}/adress", page, seat_email="chef@fk.example.org").status_code == 303
    assert room.forum("lsg-savsjo").members[0].email == "chef@fk.example.org"
    assert "chef@fk.example.org" in client.get(page).text.replace("\xad", "")
    assert "chef@fk.example.org" not in site.sign_in("member").get(page).text.replace("\xad", "")
    assert send(client, f"{page}/platser/{seat.id}/adress", page, seat_email="").status_code == 303
    assert room.forum("lsg-savsjo").members[0].email is None


def test_the_rules_are_an_administrators(site: Site) -> None:
    administrator = site.sign_in("administrator")
    words = {"mail_domains": "@FK.example.org\nsävsjö.se", "attach_summaries": "1"}
    assert send(administrator, "/utskick/regler", "/utskick", **words).status_code == 303
    with site.database.read() as session:
        row = session.scalars(select(Federation).where(Federation.code == "hoglandet")).one()
        assert (row.mail_domains, row.attach_summaries) == ("fk.example.org\nxn--svsj-loa5i.se", True)
        other = session.scalars(select(Federation).where(Federation.code != "hoglandet")).one()
        assert other.mail_domains == ""
    answer = send(administrator, "/utskick/regler", "/utskick", mail_domains="fk.example.org\ninte en domän!")
    assert answer.status_code == 422
    assert "Det här är ingen domän" in answer.text
    coordinator = site.sign_in("coordinator")
    assert coordinator.post("/utskick/regler", data=coordinator.tokens("/om")).status_code == 404
