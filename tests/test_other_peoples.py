"""What is not yours is not there: every reference and id of another person, area or federation answers 404."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from hashlib import sha256

import pytest
from sqlalchemy import insert, select, update
from werkzeug.routing import Rule

from models import Forum, Summary
from models.base import Base
from models.summary import SummaryKind, SummaryState
from tests.site import TEXT, Site

SECRET = "Det här ska ingen annan läsa, inte ens i en lista."
PDF = b"%PDF-1.7 test"
NEAR = "LH-2026-0003"  # the reporter's in Sävsjö; the other federation has no number so high
# Who has no business with a report of the reporter in Sävsjö.
STRANGERS = ("colleague", "neighbour", "member", "administrator", "far-reporter", "far-coordinator", "far-member")


@pytest.fixture
def filled(site: Site) -> Site:
    """Three reports here, one in the other federation, and a released summary for every forum."""
    near, far = site.sign_in("reporter"), site.sign_in("far-reporter")
    for _ in range(3):
        near.file_report(description=SECRET)
    far.file_report(area="habo", description=TEXT)
    with site.database.write() as session:
        for forum_id in session.scalars(select(Forum.id)).all():
            facts = {"forum_id": forum_id, "kind": SummaryKind.MONTHLY, "period": date(2026, 10, 1), "version": 1}
            built = {
                "state": SummaryState.APPROVED,
                "approved_at": site.moment,
                "released_at": site.moment,
                "pdf": PDF,
                "pdf_bytes": len(PDF),
                "pdf_sha256": sha256(PDF).hexdigest(),
            }
            session.execute(insert(Summary).values(**facts, **built, ordered_at=site.moment))
    site.recount()
    return site


def get_rules(site: Site, argument: str) -> list[Rule]:
    """The addresses that name one thing by an argument."""
    return [
        rule for rule in site.app.url_map.iter_rules() if argument in rule.arguments and "GET" in (rule.methods or ())
    ]


def build(site: Site, rule: Rule, **values: object) -> str:
    with site.app.test_request_context():
        return rule.build(dict.fromkeys(rule.arguments, 1) | values)[1]  # type: ignore[index]


def summaries(site: Site) -> dict[str, int]:
    """The id of each forum's summary, by the forum's code."""
    with site.database.read() as session:
        query = select(Forum.code, Summary.id).join(Summary, Summary.forum_id == Forum.id)
        return {code: summary_id for code, summary_id in session.execute(query)}  # noqa: C416 - rows are not pairs


def test_a_report_of_somebody_else_is_nowhere(filled: Site) -> None:
    addresses = [build(filled, rule, reference=NEAR) for rule in get_rules(filled, "reference")]
    assert len(addresses) >= 3
    for name in STRANGERS:
        visitor = filled.sign_in(name)
        for address in addresses:
            assert visitor.get(address).status_code == 404, (name, address)


def test_the_writer_has_the_receipt_and_the_coordinator_has_the_report(filled: Site) -> None:
    writer, coordinator = filled.sign_in("reporter"), filled.sign_in("coordinator")
    assert writer.get(f"/rapportera/kvitto/{NEAR}").status_code == 200
    assert SECRET in writer.get(f"/mina-rapporter/{NEAR}").text
    assert SECRET in coordinator.get(f"/avvikelser/{NEAR}").text
    assert coordinator.get(f"/mina-rapporter/{NEAR}").status_code == 404
    assert writer.get(f"/avvikelser/{NEAR}").status_code == 404


def test_two_federations_may_give_the_same_number_and_never_mix_them_up(filled: Site) -> None:
    assert SECRET in filled.sign_in("coordinator").get("/avvikelser/LH-2026-0001").text
    for name, address in (("far-coordinator", "/avvikelser/"), ("far-reporter", "/mina-rapporter/")):
        page = filled.sign_in(name).get(f"{address}LH-2026-0001")
        assert page.status_code == 200
        assert TEXT in page.text
        assert SECRET not in page.text


def pages(site: Site) -> Iterator[str]:
    """Every address that needs no argument."""
    for rule in site.app.url_map.iter_rules():
        if not rule.arguments and "GET" in (rule.methods or ()):
            yield build(site, rule)


def test_no_page_of_anybody_else_holds_the_text_or_the_number(filled: Site) -> None:
    for name in STRANGERS:
        visitor = filled.sign_in(name)
        for address in [*pages(filled), "/oversikt?visa=lista&period=allt", "/avvikelser?period=allt"]:
            answer = visitor.get(address)
            assert SECRET[:20] not in answer.text, (name, address)
            assert NEAR not in answer.text, (name, address)


def test_figures_and_the_csv_count_ones_own_areas_only(filled: Site) -> None:
    counted = {"coordinator": 3, "neighbour": 0, "far-coordinator": 1}
    for name, count in counted.items():
        visitor = filled.sign_in(name)
        assert len(visitor.get("/avvikelser.csv").text.splitlines()) == 1 + count
        assert f"{count} {'avvikelse' if count == 1 else 'avvikelser'}</h2>" in visitor.get("/avvikelser").text


def test_another_areas_code_in_a_filter_is_not_there(filled: Site) -> None:
    coordinator = filled.sign_in("coordinator")
    for code in ("nassjo", "habo", "jonkoping", "savsjo2"):
        for address in ("/oversikt", "/avvikelser", "/avvikelser.csv"):
            assert coordinator.get(f"{address}?omrade={code}").status_code == 404


# Which forums' summaries each may see; of those of the federation a member sees where the own party has a seat.
SEEN = {
    "coordinator": ("lsg-savsjo", "hoglandet-styrelsen", "lsg-aneby"),
    "member": ("lsg-savsjo", "hoglandet-styrelsen"),
    "administrator": ("lsg-savsjo", "hoglandet-styrelsen"),
    "neighbour": ("styrgrupp-samverk-nassjo", "hoglandet-styrelsen"),
    "far-member": ("arena-habo",),
    "far-coordinator": ("arena-habo",),
}
NOT_SEEN = {
    "coordinator": ("styrgrupp-samverk-nassjo", "arena-habo", "lsg-tranas"),
    "member": ("styrgrupp-samverk-nassjo", "arena-habo", "lsg-aneby"),
    "administrator": ("styrgrupp-samverk-nassjo", "arena-habo"),
    "neighbour": ("lsg-savsjo", "arena-habo"),
    "far-member": ("lsg-savsjo", "hoglandet-styrelsen", "arena-mullsjo"),
    "far-coordinator": ("lsg-savsjo", "hoglandet-styrelsen", "arena-mullsjo"),
    "reporter": ("lsg-savsjo", "hoglandet-styrelsen"),
    "far-reporter": ("arena-habo", "lsg-savsjo"),
}


def test_summaries_are_for_the_forums_people_and_no_others(filled: Site) -> None:
    ids = summaries(filled)
    rules = get_rules(filled, "summary_id")
    for name in SEEN.keys() | NOT_SEEN.keys():
        visitor = filled.sign_in(name)
        for forum in SEEN.get(name, ()):
            assert visitor.get(f"/rapporter/{ids[forum]}.pdf").data == PDF, (name, forum)
        for forum in NOT_SEEN.get(name, ()):
            for rule in rules:
                assert visitor.get(build(filled, rule, summary_id=ids[forum])).status_code == 404, (name, forum)


# Who sees a draft: whoever keeps its forum. A forum of the whole federation is kept by whoever holds that post.
KEEPERS = {
    "lsg-savsjo": {"coordinator", "administrator"},
    "styrgrupp-samverk-nassjo": {"neighbour"},
    "hoglandet-styrelsen": {"administrator"},
    "arena-habo": {"far-coordinator", "far-administrator"},
}


def test_drafts_are_for_those_who_keep_the_forum(filled: Site) -> None:
    ids = summaries(filled)
    with filled.database.write() as session:
        session.execute(update(Summary).values(state=SummaryState.BUILT, released_at=None))
    for name in SEEN.keys() | NOT_SEEN.keys() | {"far-administrator"}:
        visitor = filled.sign_in(name)
        for forum, keepers in KEEPERS.items():
            answers = {visitor.get(f"/rapporter/{ids[forum]}{end}").status_code for end in (".pdf", "/granska")}
            assert answers == {200 if name in keepers else 404}, (name, forum)
            words = {"build": 1, **visitor.tokens("/om")}
            if name not in keepers:
                for end in ("granska", "godkann", "avvisa", "bygg-om", "skicka", "utskick/1/igen"):
                    assert visitor.post(f"/rapporter/{ids[forum]}/{end}", data=words).status_code == 404, (name, end)
    with filled.database.read() as session:
        assert set(session.scalars(select(Summary.state))) == {SummaryState.BUILT}


def test_nobody_orders_a_summary_for_another_areas_forum(filled: Site) -> None:
    before = filled.count(Summary)
    for name, forum in (("neighbour", "lsg-savsjo"), ("far-coordinator", "lsg-savsjo"), ("member", "lsg-savsjo")):
        visitor = filled.sign_in(name)
        words = {"forum": forum, "kind_period": "monthly/2026-10-01", **visitor.tokens("/om")}
        assert visitor.post("/rapporter", data=words).status_code == 404
    assert filled.count(Summary) == before


def test_looking_at_everything_changes_nothing(filled: Site) -> None:
    """GET is for reading: only the moment a sign-in was last seen may be written, and that is not told here."""
    before = everything(filled)
    arguments = {"reference": NEAR, "summary_id": min(summaries(filled).values()), "filename": "lh.css"}
    for name in ("reporter", "coordinator", "member", "administrator"):
        visitor = filled.sign_in(name)
        for rule in filled.app.url_map.iter_rules():
            if "GET" in (rule.methods or ()) and rule.arguments <= arguments.keys():
                values = {argument: arguments[argument] for argument in rule.arguments}
                visitor.get(build(filled, rule, **values)).close()
    assert everything(filled) == before


def everything(site: Site) -> dict[str, list[str]]:
    """All rows of all tables but the sign-ins, and the log of what was looked at."""
    with site.database.read() as session:
        tables = [table for table in Base.metadata.sorted_tables if table.name not in ("sign_in", "audit_event")]
        return {table.name: sorted(repr(row) for row in session.execute(select(table))) for table in tables}
