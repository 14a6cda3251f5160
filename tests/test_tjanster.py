"""Posts: absence and hand-over move the queue, never the history."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from models import Post, Review, User
from tests.desk import TITLE, decide, give_post, moves, post_of, report_of, send
from tests.site import Site, Visitor, address_of
from webapp.wall import STRANGER


def absence(visitor: Visitor, post: Post, **answers: str) -> int:
    """Send the form of absence. Returns: the status that answers."""
    form = {"absent_from": "", "absent_until": "", "substitute": ""} | answers
    return send(visitor, "/rapporter", f"/tjanster/{post.id}/franvaro", **form).status_code


def hand_over(visitor: Visitor, post: Post, name: str) -> int:
    """Give a post to one of the people, or to `ingen`. Returns: the status that answers."""
    account = name if name == "ingen" else str(account_of(visitor, name))
    return send(visitor, "/rapporter", f"/tjanster/{post.id}/overlamning", account=account).status_code


def account_of(visitor: Visitor, name: str) -> int:
    database = visitor.application.extensions["lexheller"].database
    with database.write(STRANGER) as session:  # who finds out who somebody is sees accounts
        found: int = session.scalars(select(User.id).where(User.email == address_of(name))).one()
        return found


def stored(site: Site, post: Post) -> Post:
    with site.database.read() as session:
        return session.get_one(Post, post.id)


def test_the_posts_are_listed_with_who_holds_them(site: Site) -> None:
    give_post(site, "coordinator", "savsjo")
    page = site.sign_in("administrator").get("/tjanster").text
    assert "Sävsjö · Samverkanskoordinator coordinator (coordinator@example.org)" in page
    assert "Nässjö · Vakant: nya rapporter går till förbundet" in page
    assert page.index("Samverkanskoordinator, Aneby") < page.index(
        "Samverkanskoordinator, Höglandets samordningsförbund"
    )


def test_only_an_administrator_and_the_federations_coordinator_decide_about_posts(site: Site) -> None:
    post = give_post(site, "coordinator", "savsjo")
    give_post(site, "neighbour", None)
    for name, status in (("neighbour", 303), ("administrator", 303), ("coordinator", 404), ("member", 404)):
        visitor = site.sign_in(name)
        assert (visitor.get("/tjanster").status_code == 200) is (status == 303), name
        assert absence(visitor, post) == status, name
    for name in ("coordinator", "far-administrator"):
        stranger = site.sign_in(name)
        assert absence(stranger, post) == 404
        assert send(stranger, "/rapporter", f"/tjanster/{post.id}/overlamning", account="ingen").status_code in (
            404,
            422,
        )
    with site.database.read() as session:
        assert session.scalars(select(User.post_id).where(User.email == address_of("coordinator"))).one() == post.id


def test_an_absence_is_stored_and_taken_away_again(site: Site) -> None:
    post, other = post_of(site, "savsjo"), post_of(site, "nassjo")
    administrator = site.sign_in("administrator")
    days = {"absent_from": "2026-12-21", "absent_until": "2027-01-06"}
    assert absence(administrator, post, **days, substitute=str(other.id)) == 422, "nobody holds it"
    give_post(site, "neighbour", "nassjo")
    assert absence(administrator, post, **days, substitute=str(other.id)) == 303
    row = stored(site, post)
    assert (row.absent_from, row.absent_until, row.substitute_id) == (date(2026, 12, 21), date(2027, 1, 6), other.id)
    assert 'value="2026-12-21"' in administrator.get("/tjanster").text
    assert absence(administrator, post) == 303
    row = stored(site, post)
    assert (row.absent_from, row.absent_until, row.substitute_id) == (None, None, None)


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"absent_from": "i morgon", "substitute": "{other}"}, "Skriv datumet som ÅÅÅÅ-MM-DD"),
        ({"absent_until": "2026-12-21"}, "Skriv från vilken dag"),
        ({"absent_from": "2026-12-21", "absent_until": "2026-12-20", "substitute": "{other}"}, "Sista dagen"),
        ({"absent_from": "2026-12-21"}, "Välj vilken tjänst som tar över kön under tiden"),
        ({"absent_from": "2026-12-21", "substitute": "{own}"}, "Välj vilken tjänst som tar över kön under tiden"),
        ({"absent_from": "2026-12-21", "substitute": "{far}"}, "Välj vilken tjänst som tar över kön under tiden"),
    ],
)
def test_a_wrong_absence_is_told_at_its_field(site: Site, answers: dict[str, str], message: str) -> None:
    post = post_of(site, "savsjo")
    ids = {"own": post.id, "other": post_of(site, "nassjo").id, "far": post_of(site, None, federation_id=2).id}
    form = {"absent_from": "", "absent_until": "", "substitute": ""}
    form |= {name: value.format(**ids) for name, value in answers.items()}
    answer = send(site.sign_in("administrator"), "/rapporter", f"/tjanster/{post.id}/franvaro", **form)
    assert answer.status_code == 422
    assert answer.text.count(message) == 2
    assert f'value="{form["absent_from"]}"' in answer.text
    assert stored(site, post).absent_from is None


def test_a_form_without_its_fields_ends_no_absence(site: Site) -> None:
    post, administrator = post_of(site, "savsjo"), site.sign_in("administrator")
    other = give_post(site, "neighbour", "nassjo")
    assert absence(administrator, post, absent_from="2026-12-21", substitute=str(other.id)) == 303
    for form in ({}, {"absent_from": "", "absent_until": ""}):
        answer = send(administrator, "/rapporter", f"/tjanster/{post.id}/franvaro", **form)
        assert answer.status_code == 422
        assert "Formuläret kom inte fram helt" in answer.text
        assert stored(site, post).absent_from == date(2026, 12, 21)


def test_a_hand_over_moves_the_queue_but_not_the_history(site: Site) -> None:
    post = give_post(site, "coordinator", "savsjo")
    reporter = site.sign_in("reporter")
    judged, waiting = reporter.file_report(), reporter.file_report()
    decide(site.sign_in("coordinator"), site, judged)
    assert hand_over(site.sign_in("administrator"), post, "neighbour") == 303
    old, new = site.sign_in("coordinator"), site.sign_in("neighbour")
    assert TITLE.findall(old.get("/granska").text) == []
    assert old.get(f"/granska/{waiting}").status_code == 404
    assert TITLE.findall(new.get("/granska").text) == [waiting]
    assert new.get(f"/granska/{judged}").status_code == 200
    assert report_of(site, waiting).receiver_id == post.id
    assert {function for _, function, _ in moves(site, judged)} == {"Samverkanskoordinator coordinator"}
    with site.database.read() as session:
        assert session.scalars(select(Review.user_id)).one() == account_of(old, "coordinator")


def test_who_hands_over_one_post_keeps_other_areas(site: Site) -> None:
    post = give_post(site, "coordinator", "savsjo")
    reference = site.sign_in("reporter").file_report(area="aneby")
    hand_over(site.sign_in("administrator"), post, "neighbour")
    assert TITLE.findall(site.sign_in("coordinator").get("/granska").text) == [reference]


def test_a_vacant_post_sends_new_reports_to_the_federation(site: Site) -> None:
    post = give_post(site, "coordinator", "savsjo")
    assert hand_over(site.sign_in("administrator"), post, "ingen") == 303
    site.sign_in("reporter").file_report()
    assert site.only_report().receiver_id == post_of(site, None).id


@pytest.mark.parametrize("name", ["coordinator", "reporter", "far-coordinator"])
def test_a_post_is_given_only_to_a_coordinator_who_has_none(site: Site, name: str) -> None:
    give_post(site, "coordinator", "savsjo")
    other = post_of(site, "nassjo")
    assert hand_over(site.sign_in("administrator"), other, name) == 422
    with site.database.read() as session:
        assert list(session.scalars(select(User.id).where(User.post_id == other.id))) == []
