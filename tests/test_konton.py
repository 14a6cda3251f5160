"""Accounts: invited, changed and closed by an administrator; passwords chosen by their owners only."""

from __future__ import annotations

import re

from sqlalchemy import select
from werkzeug.test import TestResponse

from models import AccountToken, Delivery, Outbox, SignIn, User
from models.delivery import DeliveryKind, DeliveryState
from models.outbox import Task
from models.user import Role
from tests.site import PASSWORD, Site, Visitor, address_of
from worker import delivery as way
from worker.letter import Parcel, write_letter

NEW = "ny@example.org"
GOOD_PASSWORD = "häst batteri spik molnigt"
LINK = re.compile(r"https://lh\.example\.org(/losenord/\S+)")


def send(visitor: Visitor, address: str, **answers: object) -> TestResponse:
    return visitor.post(address, data=answers | visitor.tokens("/konto" if "konto/" in address else "/konton"))


def invite(visitor: Visitor, **answers: object) -> TestResponse:
    unit = unit_id(visitor, "forsorjningsstod")
    form = {"email": NEW, "role": "reporter", "title": "Handläggare", "unit": unit, "areas": ["savsjo"]}
    return send(visitor, "/konton/nytt", **form | answers)


def unit_id(visitor: Visitor, code: str) -> str:
    page = visitor.get("/konton/nytt").text
    found = re.search(r'<option value="(\d+)">Försörjningsstöd', page)
    assert found, code
    return found[1]


def account(site: Site, email: str) -> User:
    with site.database.read() as session:
        return session.scalars(select(User).where(User.email == email)).one()


def take_mail(site: Site, kind: DeliveryKind) -> Parcel:
    """Take the newest mail of a kind for sending, as the worker does."""
    with site.database.write() as session:
        newest = select(Delivery.id).where(Delivery.kind == kind).order_by(Delivery.id.desc()).limit(1)
        parcel = way.claim(session, session.scalars(newest).one(), site.moment)
    assert parcel is not None
    return parcel


def link_in_mail(site: Site, kind: DeliveryKind) -> str:
    letter = write_letter(take_mail(site, kind), "lex@lh.example.org", "https://lh.example.org")
    found = LINK.search(letter.get_content())
    assert found
    return found[1]


def choose(visitor: Visitor, link: str, password: str = GOOD_PASSWORD, again: str | None = None) -> TestResponse:
    words = {"password": password, "again": password if again is None else again}
    return visitor.post(link, data=words | visitor.tokens("/om") | visitor.tokens(link))


def opens(site: Site, email: str, password: str) -> bool:
    visitor = site.visitor()
    words = {"email": email, "password": password, **visitor.tokens("/logga-in")}
    return visitor.post("/logga-in", data=words).status_code == 302


def test_an_invited_person_chooses_a_password_and_reports(site: Site) -> None:
    assert invite(site.sign_in("administrator")).status_code == 303
    user = account(site, NEW)
    assert (user.role, user.title) == (Role.REPORTER, "Handläggare")
    link = link_in_mail(site, DeliveryKind.INVITATION)
    visitor = site.visitor()
    assert NEW in visitor.get(link).text
    assert choose(visitor, link).status_code == 303
    assert opens(site, NEW, GOOD_PASSWORD)
    assert site.visitor().get(link).status_code == 410, "a link works once"


def test_the_words_of_a_link_are_kept_nowhere(site: Site) -> None:
    invite(site.sign_in("administrator"))
    words = link_in_mail(site, DeliveryKind.INVITATION).rsplit("/", 1)[1]
    with site.database.read() as session:
        rows = [
            *session.scalars(select(AccountToken)),
            *session.scalars(select(Delivery)),
            *session.scalars(select(Outbox)),
        ]
        assert all(words not in repr(vars(row)) for row in rows)
    assert words not in repr(take_parcel_again(site))


def take_parcel_again(site: Site) -> Parcel:
    with site.database.write() as session:
        row = session.scalars(select(Delivery)).one()
        row.state = DeliveryState.QUEUED
        session.add(Outbox(task=Task.DELIVER, subject_id=row.id, created_at=site.moment))
    return take_mail(site, DeliveryKind.INVITATION)


def test_a_mail_that_is_tried_again_carries_a_new_link_and_ends_the_former(site: Site) -> None:
    invite(site.sign_in("administrator"))
    first = link_in_mail(site, DeliveryKind.INVITATION)
    parcel = take_parcel_again(site)
    second = f"/losenord/{parcel.token}"
    assert site.visitor().get(first).status_code == 410
    assert choose(site.visitor(), second).status_code == 303


def test_a_link_ends_in_time_with_a_newer_one_and_with_its_account(site: Site) -> None:
    administrator = site.sign_in("administrator")
    invite(administrator)
    first = link_in_mail(site, DeliveryKind.INVITATION)
    assert send(administrator, f"/konton/{account(site, NEW).id}/inbjudan").status_code == 303
    assert site.visitor().get(first).status_code == 410
    second = link_in_mail(site, DeliveryKind.INVITATION)
    assert send(administrator, f"/konton/{account(site, NEW).id}/stang").status_code == 303
    assert site.visitor().get(second).status_code == 410
    assert send(administrator, f"/konton/{account(site, NEW).id}/oppna").status_code == 303
    third = link_in_mail(site, DeliveryKind.INVITATION)
    site.advance(days=14, seconds=1)
    assert site.visitor().get(third).status_code == 410


def test_a_weak_password_is_refused_with_the_reason_and_the_link_still_works(site: Site) -> None:
    invite(site.sign_in("administrator"))
    link, visitor = link_in_mail(site, DeliveryKind.INVITATION), site.visitor()
    refused = {
        "kort": "minst 15 tecken",
        "aaaaaaaaaaaaaaaaaaaaaaa": "lätt att gissa",
        "lösenordlösenord": "lätt att gissa",
        "qwertyuiop123456": "lätt att gissa",
        f"{NEW}1": "lätt att gissa",
        "x" * 129: "högst 128 tecken",
    }
    for password, reason in refused.items():
        answer = choose(visitor, link, password)
        assert answer.status_code == 422, password
        assert reason in answer.text, password
        assert f'value="{password}"' not in answer.text
    assert "inte lika" in choose(visitor, link, again="något helt annat än det").text
    assert choose(visitor, link, GOOD_PASSWORD + " ").status_code == 303
    assert not opens(site, NEW, GOOD_PASSWORD)
    assert opens(site, NEW, GOOD_PASSWORD + " ")


def test_who_has_forgotten_the_password_gets_a_link_and_everybody_the_same_answer(site: Site) -> None:
    open_elsewhere = site.sign_in("reporter")
    answers = []
    for email in (address_of("reporter"), "okand@example.org"):
        visitor = site.visitor()
        form = {"email": email, **visitor.tokens("/glomt-losenord")}
        answer = visitor.post("/glomt-losenord", data=form, follow_redirects=True)
        answers.append(re.sub(r'value="[^"]*"', "", answer.text))
    assert answers[0] == answers[1]
    assert site.count(Delivery) == 1
    assert choose(site.visitor(), link_in_mail(site, DeliveryKind.PASSWORD)).status_code == 303
    assert not opens(site, address_of("reporter"), PASSWORD)
    assert opens(site, address_of("reporter"), GOOD_PASSWORD)
    assert open_elsewhere.get("/mina-rapporter").status_code == 302, "who was signed in before is out"


def test_asking_for_links_is_slowed_down(site: Site) -> None:
    visitor = site.visitor()
    form = {"email": address_of("reporter"), **visitor.tokens("/glomt-losenord")}
    assert [visitor.post("/glomt-losenord", data=form).status_code for _ in range(7)] == [303] * 5 + [429] * 2


def test_what_is_wrong_with_an_invitation_is_said_at_the_field_and_nothing_is_stored(site: Site) -> None:
    administrator = site.sign_in("administrator")
    wrong = {
        "email": ("inte en adress", "Skriv en e-postadress"),
        "role": ("kejsare", "Välj"),
        "title": ("", "Skriv funktionen"),
        "unit": ("", "Välj verksamhet"),
        "areas": (["habo"], "Välj minst ett område"),
    }
    for field, (value, reason) in wrong.items():
        answer = invite(administrator, **{field: value})
        assert answer.status_code == 422, field
        assert f'href="#{field}"' in answer.text
        assert reason in answer.text, field
    assert "redan ett konto" in invite(administrator, email=address_of("far-reporter")).text
    assert site.count(Delivery) == 0


def test_rights_change_at_the_next_request(site: Site) -> None:
    administrator, coordinator = site.sign_in("administrator"), site.sign_in("coordinator")
    assert coordinator.get("/oversikt").status_code == 200
    user = account(site, address_of("coordinator"))
    facts = {"email": user.email, "title": user.title, "areas": ["savsjo"], "unit": unit_id(administrator, "")}
    assert send(administrator, f"/konton/{user.id}", role="reporter", **facts).status_code == 303
    assert coordinator.get("/oversikt").status_code == 404
    assert send(administrator, f"/konton/{user.id}/stang").status_code == 303
    assert coordinator.get("/mina-rapporter").status_code == 302


def test_an_administrator_stays_one_until_another_says_otherwise(site: Site) -> None:
    administrator = site.sign_in("administrator")
    user = account(site, address_of("administrator"))
    send(administrator, f"/konton/{user.id}/stang")
    facts = {"email": user.email, "title": user.title, "areas": ["savsjo"]}
    assert send(administrator, f"/konton/{user.id}", role="coordinator", **facts).status_code == 422
    assert administrator.get("/konton").status_code == 200


def test_the_accounts_of_another_federation_are_not_there(site: Site) -> None:
    administrator, far = site.sign_in("administrator"), account(site, address_of("far-reporter"))
    assert far.email not in administrator.get("/konton").text
    assert administrator.get(f"/konton/{far.id}").status_code == 404
    for step in ("stang", "oppna", "inbjudan"):
        assert send(administrator, f"/konton/{far.id}/{step}").status_code == 404
    assert account(site, far.email).disabled_at is None


def test_changing_ones_own_password_takes_the_present_one_and_ends_the_other_sign_ins(site: Site) -> None:
    here, elsewhere = site.sign_in("reporter"), site.sign_in("reporter")
    assert here.get("/konto").text.count("webbläsare") >= 2
    form = {"password": GOOD_PASSWORD, "again": GOOD_PASSWORD}
    assert "inte ditt nuvarande" in send(here, "/konto/losenord", current="fel", **form).text
    assert send(here, "/konto/losenord", current=PASSWORD, **form).status_code == 303
    assert here.get("/konto").status_code == 200
    assert elsewhere.get("/konto").status_code == 302
    assert opens(site, address_of("reporter"), GOOD_PASSWORD)


def test_signing_out_elsewhere(site: Site) -> None:
    here, elsewhere = site.sign_in("reporter"), site.sign_in("reporter")
    assert send(here, "/konto/logga-ut-andra").status_code == 303
    assert (here.get("/konto").status_code, elsewhere.get("/konto").status_code) == (200, 302)
    assert site.count(SignIn) == 1
