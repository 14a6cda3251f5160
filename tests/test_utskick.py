"""/utskick: what became of each mail, for those who keep the service, and a second try that happens once."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select, update

from models import Delivery, Outbox, User
from models.delivery import DeliveryKind, DeliveryState, order_delivery
from tests.desk import give_post, send
from tests.site import Site, address_of, open_site
from tests.workshop import Workshop
from worker import tasks


def order(site: Site, name: str = "reporter", state: DeliveryState = DeliveryState.QUEUED, fault: str = "") -> int:
    with site.database.write() as session:
        user = session.scalars(select(User).where(User.email == address_of(name))).one()
        subject = site.count(Delivery) + 1
        delivery_id = order_delivery(session, DeliveryKind.OVERDUE, subject, user.id, "", site.moment)
        assert delivery_id is not None
        session.execute(update(Delivery).where(Delivery.id == delivery_id).values(state=state, fault=fault))
        if state is not DeliveryState.QUEUED:
            session.execute(Outbox.__table__.delete())  # type: ignore[attr-defined]
        return delivery_id


def test_mails_stand_there_with_state_and_reason_and_without_address(site: Site) -> None:
    order(site, state=DeliveryState.FAILED, fault="Mejlservern säger nej (550)")
    order(site, "colleague", DeliveryState.SENT)
    page = site.sign_in("administrator").get("/utskick").text
    for words in ("En åtgärd är försenad", "Misslyckad", "Mejlservern säger nej (550)", "Skickad", "Behöver ses över"):
        assert words in page
    assert "Handläggare reporter" in page
    assert address_of("reporter") not in page
    assert page.count('action="/utskick/1/igen"') == 1
    assert 'action="/utskick/2/igen"' not in page


@pytest.mark.parametrize("state", [DeliveryState.FAILED, DeliveryState.UNKNOWN])
def test_pressing_twice_queues_once(site: Site, state: DeliveryState) -> None:
    delivery_id = order(site, state=state)
    administrator = site.sign_in("administrator")
    assert send(administrator, "/utskick", f"/utskick/{delivery_id}/igen").status_code == 303
    assert "Mejlet är köat." in administrator.get("/utskick").text
    assert (
        send(administrator, "/utskick", f"/utskick/{delivery_id}/igen", **administrator.tokens("/om")).status_code
        == 303
    )
    assert "redan köat eller skickat" in administrator.get("/utskick").text
    assert site.count(Outbox) == 1


@pytest.mark.parametrize("state", [DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.SENT])
def test_what_is_on_its_way_or_there_is_not_sent_again(site: Site, state: DeliveryState) -> None:
    delivery_id = order(site, state=state)
    before = site.count(Outbox)
    order_again = send(site.sign_in("administrator"), "/rapporter", f"/utskick/{delivery_id}/igen")
    assert order_again.status_code == 303
    with site.database.read() as session:
        assert session.get_one(Delivery, delivery_id).state is state
    assert site.count(Outbox) == before


def test_it_is_for_administrators_and_whoever_holds_the_federations_post(site: Site) -> None:
    delivery_id = order(site, state=DeliveryState.FAILED)
    coordinator = site.sign_in("coordinator")
    assert coordinator.get("/utskick").status_code == 404
    token = coordinator.tokens("/rapportera")["csrf_token"]
    assert coordinator.post(f"/utskick/{delivery_id}/igen", data={"csrf_token": token}).status_code == 404
    give_post(site, "coordinator", None)
    coordinator = site.sign_in("coordinator")
    assert 'href="/utskick"' in coordinator.get("/granska").text
    assert coordinator.get("/utskick").status_code == 200
    for name in ("reporter", "member"):
        assert site.sign_in(name).get("/utskick").status_code == 404


def test_another_federations_mail_is_not_there(site: Site) -> None:
    delivery_id = order(site, state=DeliveryState.FAILED)
    far = site.sign_in("far-administrator")
    assert "En åtgärd är försenad" not in far.get("/utskick").text
    token = far.tokens("/om")
    assert far.post(f"/utskick/{delivery_id}/igen", data=token).status_code == 404
    assert far.get(f"/utskick/{delivery_id}").status_code == 404
    assert site.count(Outbox) == 0


def test_the_folder_is_shown_where_mail_is_laid_in_one(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    Workshop(site, monkeypatch)
    folder = site.app.extensions["lexheller"].settings.home
    monkeypatch.setattr(tasks, "current", site.settings)
    delivery_id = order(site)
    administrator = site.sign_in("administrator")
    assert administrator.get(f"/utskick/{delivery_id}").status_code == 404
    tasks.deliver(delivery_id)
    assert (Path(folder) / "mail" / f"{delivery_id}.eml").is_file()
    assert f'href="/utskick/{delivery_id}"' in administrator.get("/utskick").text
    page = administrator.get(f"/utskick/{delivery_id}").text
    for words in ("En åtgärd är försenad", address_of("reporter"), "http://127.0.0.1:8000/atgarder/1"):
        assert words in page


def test_where_mail_is_sent_there_is_no_folder_to_show(sqlite_site_url: str, tmp_path: Path) -> None:
    with open_site(sqlite_site_url, tmp_path, mail_url="smtp://127.0.0.1:9") as site:
        delivery_id = order(site, state=DeliveryState.SENT)
        (tmp_path / "mail").mkdir()
        (tmp_path / "mail" / f"{delivery_id}.eml").write_text("Subject: x\n\nx")
        administrator = site.sign_in("administrator")
        assert administrator.get(f"/utskick/{delivery_id}").status_code == 404
        assert "mapp" not in administrator.get("/utskick").text
