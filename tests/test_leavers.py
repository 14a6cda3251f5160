"""Leavers: when an account was closed long enough ago, nothing tells whose it was; what they reported is there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

import worker.app
import worker.night
from models import AuditEvent, Draft, Federation, Identity, Report, SignIn, User
from models.audit import first_broken
from models.invariants import check
from tests.desk import decide, give_post, report_of, send
from tests.site import Site, address_of
from tests.test_nothing_left import in_files, in_tables
from worker.leavers import burn, forget_leavers, letters_of

ADDRESS, SUBJECT, SECRET = "zdravka.petrovska@savsjo.se", "4f1d0c9e-subject", "JBSWY3DPEHPK3PXP"
OPEN = "LH-2026-0002"  # the report that nobody has answered when its reporter leaves
ANSWER = {"cause": "Ingen ägde frågan.", "action": "En gemensam ingång.", "action_kind": "taken"}


def account(site: Site, address: str = ADDRESS) -> User:
    with site.database.read() as session:
        return session.scalars(select(User).where(User.email == address)).one()


@pytest.fixture
def left(site: Site) -> Site:
    """A reporter with everything that an account can have, whose account was closed."""
    give_post(site, "coordinator", "savsjo")
    user, visitor = account(site, address_of("reporter")), site.sign_in("reporter")
    reference = visitor.file_report(wants_feedback="1", feedback_email=ADDRESS)
    assert visitor.file_report() == OPEN
    visitor.send(do="draft", **visitor.tokens())
    coordinator = site.sign_in("coordinator")
    closing = {"destination": "no_forum", "reason": "Det löste sig i ett samtal."}
    assert decide(coordinator, site, reference, **closing).status_code == 303
    with site.database.write() as session:
        row = session.get_one(User, user.id)
        row.second_factor, row.email = SECRET, ADDRESS
        session.add(Identity(user_id=user.id, issuer="https://id.example.org", subject=SUBJECT, created_at=site.moment))
    close = f"/konton/{user.id}"
    assert send(site.sign_in("administrator"), close, f"{close}/stang").status_code == 303
    return site


def forget(site: Site) -> list[int]:
    with site.database.write() as session:
        return forget_leavers(session, site.moment)


def test_nothing_of_the_identity_is_left_in_any_table_file_or_log(left: Site, caplog: pytest.LogCaptureFixture) -> None:
    user = account(left)
    secrets = (user.email, SUBJECT, SECRET, user.password_hash)
    assert all(in_tables(left, secret) for secret in secrets)
    left.advance(days=90)
    assert forget(left) == [user.id]
    left.database.scrub()
    assert [secret for secret in secrets[:3] if in_tables(left, secret) or in_files(left, secret)] == []
    with left.database.read() as session:
        row = session.get_one(User, user.id)
        assert (row.title, row.password_hash, row.areas, row.post_id) == ("Handläggare", "", [], None)
        assert [session.scalars(select(noun).where(noun.user_id == user.id)).all() for noun in (Draft, SignIn)] == [
            [],
            [],
        ]
    assert not [secret for secret in secrets if secret in caplog.text]
    assert check(left.database, left.moment) == []


def test_an_identity_is_kept_until_its_day_and_taken_once(left: Site) -> None:
    left.advance(days=89)
    assert forget(left) == []
    left.advance(days=1)
    assert len(forget(left)) == 1
    assert forget(left) == []


def test_a_federation_chooses_how_long_within_bounds(left: Site) -> None:
    admin = left.sign_in("administrator")
    for days, status in (("29", 422), ("366", 422), ("x", 422), ("", 422), ("30", 303)):
        answer = send(admin, "/gallring", "/gallring/konton", leaver_days=days)
        assert answer.status_code == status, days
        assert status == 303 or "Skriv ett helt antal dagar, 30 till 365" in answer.text
    with left.database.read() as session:
        chosen = list(session.scalars(select(Federation.leaver_days).order_by(Federation.id)))
    assert chosen == [30, 90]
    left.advance(days=30)
    assert len(forget(left)) == 1


def test_what_they_reported_is_answered_as_before_and_the_log_holds(left: Site) -> None:
    left.advance(days=90)
    forget(left)
    coordinator = left.sign_in("coordinator")
    page = f"/granska/{OPEN}/svar"
    assert send(coordinator, page, page, version=1, **ANSWER).status_code == 303
    assert report_of(left, OPEN).answered_at == left.moment
    with left.database.read() as session:
        events = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
        assert first_broken(events) is None
        assert "konton.forgotten" in {event.action for event in events}
        assert session.scalars(select(Report.feedback_email)).all() == [None, None]


def test_a_forgotten_account_is_nobodys_and_its_address_can_be_invited_anew(left: Site) -> None:
    user = account(left)
    left.advance(days=90)
    forget(left)
    admin = left.sign_in("administrator")
    assert f'/konton/{user.id}"' not in admin.get("/konton").text
    assert admin.get(f"/konton/{user.id}").status_code == 404
    assert send(admin, "/konton", f"/konton/{user.id}/oppna").status_code == 404
    stranger = left.visitor()
    words = {"email": f"konto-{user.id}@lexheller.invalid", "password": "", **stranger.tokens("/logga-in")}
    assert stranger.post("/logga-in", data=words).status_code == 422
    new = {
        "email": user.email,
        "title": "Handläggare",
        "role": "reporter",
        "unit": str(user.unit_id),
        "areas": "savsjo",
    }
    assert send(admin, "/konton/nytt", "/konton/nytt", **new).status_code == 303


def test_mail_that_was_laid_in_a_folder_is_burnt(left: Site, tmp_path: Path) -> None:
    user = account(left)
    with left.database.read() as session:
        letters = letters_of(session, [user.id])
    assert letters
    for number in [*letters, 999]:
        (tmp_path / f"{number}.eml").write_text(f"To: {user.email}", encoding="utf-8")
    burn(tmp_path, letters)
    assert [path.name for path in tmp_path.glob("*.eml")] == ["999.eml"]


def test_the_nights_step_forgets_by_itself(left: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    user = account(left)
    with left.database.read() as session:
        (number,) = letters_of(session, [user.id])
    here = replace(worker.app.current, home=tmp_path, mail_url="")
    folder = here.mail_folder or tmp_path
    folder.mkdir(exist_ok=True)
    laid = folder / f"{number}.eml"
    laid.write_text(f"To: {user.email}", encoding="utf-8")
    left.advance(days=90)
    monkeypatch.setattr(worker.app, "_database_of", lambda _pid: left.database)
    monkeypatch.setattr(worker.night, "utc_now", lambda: left.moment)
    monkeypatch.setattr(worker.night, "current", here)
    for _ in range(2):
        worker.night.forget()
    assert in_tables(left, ADDRESS) == []
    assert not laid.exists()
