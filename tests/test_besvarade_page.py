"""The open page and its files say the same, to all, and nothing that points anybody out."""

from __future__ import annotations

import csv
import io
import json

import pytest
from sqlalchemy import select

from models import Answer, Publication, Report
from tests.answered import ANSWER, PARAPHRASE, add_alike, answer, publish, ready
from tests.site import TEXT, Site

__all__ = ["ready"]  # a fixture


def test_what_is_published_is_open_to_all(site: Site, ready: str) -> None:
    stranger = site.visitor()
    assert "Inga besvarade avvikelser är publicerade" in stranger.get("/besvarade").text
    assert publish(site.sign_in("coordinator"), site, ready).status_code == 303
    page = stranger.get("/besvarade")
    assert page.status_code == 200
    assert "Set-Cookie" not in page.headers
    for words in (PARAPHRASE, *list(ANSWER.values())[:2], "oktober 2026", "Region", "Höglandets samordningsförbund"):
        assert words in page.text.replace("\u00ad", ""), words


def test_nothing_points_anybody_out(site: Site, ready: str) -> None:
    publish(site.sign_in("coordinator"), site, ready)
    stranger = site.visitor()
    for address in ("/besvarade", "/besvarade.csv", "/besvarade.json"):
        text = stranger.get(address).get_data(as_text=True)
        for secret in (
            ready,
            TEXT,
            "Psykiatrimottagning",
            "Försörjningsstöd",
            "2026-10-17",
            "17 oktober",
            "coordinator",
        ):
            assert secret not in text, (address, secret)


def test_the_files_say_the_same(site: Site, ready: str) -> None:
    publish(site.sign_in("coordinator"), site, ready)
    stranger = site.visitor()
    file = stranger.get("/besvarade.csv?forbund=hoglandet")
    assert file.data.startswith(b"\xef\xbb\xbf")
    assert file.headers["Content-Disposition"].startswith("attachment")
    rows = list(csv.DictReader(io.StringIO(file.get_data(as_text=True).removeprefix("\ufeff")), delimiter=";"))
    told = json.loads(stranger.get("/besvarade.json?forbund=hoglandet").data)
    assert (told["sida"], told["sidor"], len(rows)) == (1, 1, 1)
    row = told["avvikelser"][0]
    assert (row["month"], row["category"], row["paraphrase"]) == ("2026-10", rows[0]["Kategori"], PARAPHRASE)
    assert rows[0]["Åtgärd"] == row["action"] == ANSWER["action"]
    assert json.loads(stranger.get("/besvarade.json?forbund=sodra-vatterbygden").data)["avvikelser"] == []


@pytest.mark.parametrize(
    "address", ["/besvarade?forbund=okand", "/besvarade.csv?forbund=%00", "/besvarade.json?forbund=x"]
)
def test_an_unknown_federation_is_404(site: Site, address: str) -> None:
    assert site.visitor().get(address).status_code == 404


def test_a_formula_is_none_in_the_file(site: Site) -> None:
    reference = add_alike(site, 5, 3, paraphrase='=HYPERLINK("http://x")')[0]
    coordinator = site.sign_in("coordinator")
    answer(coordinator, site, reference, cause="+1", action="-SUM(A1)")
    publish(coordinator, site, reference)
    text = site.visitor().get("/besvarade.csv").get_data(as_text=True)
    for word in ("'=HYPERLINK", "'+1", "'-SUM"):
        assert word in text


def test_example_data_is_marked(site: Site) -> None:
    reference = add_alike(site, 5, 3, is_example=True)[0]
    coordinator = site.sign_in("coordinator")
    answer(coordinator, site, reference)
    publish(coordinator, site, reference)
    assert ">Exempel<" in site.visitor().get("/besvarade").text
    assert json.loads(site.visitor().get("/besvarade.json").data)["avvikelser"][0]["example"] == "ja"


def test_many_are_shown_in_pages(site: Site) -> None:
    references = add_alike(site, 21, 3)
    coordinator = site.sign_in("coordinator")
    answer(coordinator, site, references[0])
    publish(coordinator, site, references[0])
    with site.database.write() as session:
        first = session.scalars(select(Publication)).one()
        facts = {column.name: getattr(first, column.name) for column in Publication.__table__.columns}
        kept = session.get_one(Answer, first.answer_id)
        words = {column.name: getattr(kept, column.name) for column in Answer.__table__.columns if column.name != "id"}
        for reference in references[1:]:
            report = session.scalars(select(Report).where(Report.reference == reference)).one()
            report.paraphrase_released_at = site.moment
            row = Answer(**(words | {"report_id": report.id}))
            session.add(row)
            session.flush()
            session.add(Publication(**(facts | {"id": None, "answer_id": row.id, "report_id": report.id})))
    stranger = site.visitor()
    assert stranger.get("/besvarade").text.count("<article") == 20
    assert stranger.get("/besvarade?sida=2").text.count("<article") == 1
    for odd in ("0", "-1", "99999", "x", "9" * 30):
        assert stranger.get(f"/besvarade?sida={odd}").status_code in (200, 404)
