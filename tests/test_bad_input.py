"""What people and programs send that nobody expects: a clear answer, nothing lost, nothing run, nothing half stored."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import select

from models import Report
from tests.site import TEXT, Site, Visitor, report_answers

FORM = "application/x-www-form-urlencoded"
SCRIPT = '<script>alert("x")</script><img src=x onerror=alert(1)>{{ 7*7 }}{% raw %}</textarea>'
INJECTION = "'; DROP TABLE report; -- \" OR 1=1 \\ %s %(x)s {0}"


def stored(site: Site, **answers: Any) -> str:
    """The description that is stored after a report was filed."""
    site.sign_in("reporter").file_report(**answers)
    return site.only_report().description


def raw(visitor: Visitor, description: bytes) -> Any:
    """Send a report whose description is these very bytes, percent-encoded or not, in the body."""
    form = report_answers() | visitor.tokens()
    del form["description"]
    return visitor.post(
        "/rapportera", data=urlencode(form).encode() + b"&description=" + description, content_type=FORM
    )


def test_markup_in_a_text_is_stored_and_shown_as_text(site: Site) -> None:
    visitor, coordinator = site.sign_in("reporter"), site.sign_in("coordinator")
    words = {"description": f"{TEXT} {SCRIPT}", "suggestion": SCRIPT}
    reference = visitor.file_report(**words, counterpart="annan", counterpart_other=SCRIPT)
    site.recount()
    pages = [visitor.get(f"/rapportera/kvitto/{reference}"), visitor.get("/mina-rapporter")]
    pages += [visitor.get(f"/mina-rapporter/{reference}"), coordinator.get("/avvikelser")]
    pages += [coordinator.get("/oversikt?visa=lista"), coordinator.get(f"/avvikelser/{reference}")]
    pages += [visitor.send(**words, occurred=None)]
    for page in pages:
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
    assert site.only_report().description == f"{TEXT} {SCRIPT}"


ODD_TEXTS = {
    f"{TEXT}\x00\x07\x1b": TEXT,
    f"{TEXT}\r\nEn rad till.\rOch en.": f"{TEXT}\nEn rad till.\nOch en.",
    f"\u202e{TEXT}\u2066\u200f\u061c": TEXT,
    f"{TEXT} A{chr(0x301) * 2000}": f"{TEXT} Á{chr(0x301) * 3}",
    f"{TEXT} A{chr(0x20DD) * 1000}": f"{TEXT} A{chr(0x20DD) * 3}",
    f"  {TEXT}\n\n ": TEXT,
    f"\ufeff{TEXT[:9]}\u200b\u2060\u00ad{TEXT[9:]}\u200d \u200c": TEXT,
    f"{TEXT} a\u200d\u200d\U000e0041": f"{TEXT} a",
    "e\u0301" * 30: "é" * 30,
    f"{TEXT} \U0001f9d1\u200d\U0001f9bd ﷺ ꙮ": f"{TEXT} \U0001f9d1\u200d\U0001f9bd ﷺ ꙮ",
    f"{TEXT} {INJECTION}": f"{TEXT} {INJECTION}",
    "å" * 1499 + "ö": "å" * 1499 + "ö",
}


def test_odd_characters_are_cleaned_and_the_words_are_kept(site: Site) -> None:
    visitor = site.sign_in("reporter")
    for sent, kept in ODD_TEXTS.items():
        reference = visitor.file_report(description=sent)
        with site.database.read() as session:
            assert session.scalar(select(Report.description).where(Report.reference == reference)) == kept


def test_bytes_that_are_no_text_are_stored_and_shown_safely(site: Site) -> None:
    visitor = site.sign_in("reporter")
    for odd in (b"%ED%A0%80", b"%FF%FE", b"%", b"%zz", b"%C3%28", b"%F4%90%80%80"):
        response = raw(visitor, TEXT.encode() + odd)
        assert response.status_code == 303, odd
        assert TEXT in visitor.get(response.location.replace("rapportera/kvitto", "mina-rapporter")).text


def test_ten_thousand_fields_do_no_harm(site: Site) -> None:
    visitor = site.sign_in("reporter")
    many = {f"f{number}": "1" for number in range(10_000)}
    assert visitor.send(**many).status_code == 303
    full = visitor.send(other_actors=["primarvard"] * 5000, consequence=["delayed"] * 5000)
    assert full.status_code in (303, 422)
    assert site.count(Report) <= 2


def test_a_list_where_one_answer_belongs_counts_as_its_first(site: Site) -> None:
    assert stored(site, description=[TEXT, "något annat"], occurred=["week", "today"]) == TEXT


def test_a_body_of_more_than_256_kilobytes_is_refused_with_a_page(site: Site) -> None:
    visitor = site.sign_in("reporter")
    response = visitor.send(description="x" * (256 * 1024 + 1))
    assert response.status_code == 413
    assert "Det du skickade är för stort" in response.text
    assert site.count(Report) == 0


def test_a_body_just_below_the_limit_is_read_and_answered(site: Site) -> None:
    response = site.sign_in("reporter").send(description="x" * 255_000)
    assert response.status_code == 422
    assert "Texten är 253500 tecken för lång" in response.text.replace("\xa0", "")


def test_a_form_sent_as_multipart_is_a_form_and_its_files_are_ignored(site: Site) -> None:
    visitor = site.sign_in("reporter")
    form = report_answers() | visitor.tokens() | {"attachment": (BytesIO(b"\x7fELF"), "../../etc/passwd")}
    assert visitor.post("/rapportera", data=form, content_type="multipart/form-data").status_code == 303
    assert site.only_report().description == TEXT


OTHER_BODIES = [
    (b"{}", "application/json"),
    (b"<a/>", "text/xml"),
    (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
    (b"--x", "multipart/form-data"),
    (b"description=x", FORM + "; charset=utf-99"),
    (b"description=\xed\xa0\x80", FORM),
    (b"\xff" * 1000, "application/octet-stream"),
]


def test_a_body_of_another_kind_files_nothing_and_breaks_nothing(site: Site) -> None:
    visitor = site.sign_in("reporter")
    for body, content_type in OTHER_BODIES:
        response = visitor.post("/rapportera", data=body, content_type=content_type)
        assert response.status_code in (200, 400, 422), content_type
        assert "<h1>" in response.text, content_type
    assert site.count(Report) == 0


ODD_ADDRESSES = [
    *("/avvikelser/LH%00", "/mina-rapporter/LH-2026-0001%00", "/rapportera/kvitto/%00", "/avvikelser/" + "9" * 9999),
    *("/rapporter/99999999999999999999", "/rapporter/99999999999999999999.pdf", "/rapporter/2147483648"),
    *("/rapportera?utkast=99999999999999999999", "/rapportera?utkast=-1", "/rapportera?utkast=2147483648"),
    *("/avvikelser?sida=99999999999999999999", "/rapporter?sida=99999999999999999999", "/rapporter?sida=-1"),
    *("/oversikt?period=0001-01", "/oversikt?period=9999-12", "/oversikt?period=2026-13", "/oversikt?period=%00"),
    *(
        "/avvikelser?period=9999-12",
        "/avvikelser?omrade=%00",
        "/avvikelser.csv?period=0001-01",
        "/oversikt?period=2026-12",
        "/avvikelser?fran=%ED",
    ),
    *("/oversikt?kategori=" + "x" * 9000, "/avvikelser?sida=1e9", "/%ED%A0%80", "/static/../settings.py", "/%2e%2e/"),
]


def test_an_odd_address_is_answered_with_a_page_and_never_with_a_failure(site: Site) -> None:
    coordinator = site.sign_in("coordinator")
    for address in ODD_ADDRESSES:
        response = coordinator.get(address)
        assert response.status_code in (200, 404), address
        assert "<h1" in response.text, address


def test_an_odd_email_is_refused_as_any_other(site: Site) -> None:
    visitor = site.visitor()
    for email in ("\x00", "a\x00@example.org", "x" * 100_000, "' OR 1=1 --"):
        words = {"email": email, "password": "x" * 15} | visitor.tokens("/logga-in")
        response = visitor.post("/logga-in", data=words)
        assert response.status_code == 422
        assert "E-postadressen eller lösenordet stämmer inte" in response.text


def test_an_odd_order_of_a_summary_is_answered_with_404(site: Site) -> None:
    coordinator = site.sign_in("coordinator")
    token = {"csrf_token": coordinator.tokens()["csrf_token"]}
    for forum in ("\x00", "x" * 9999, "lsg-savsjo"):
        for wanted in ("monthly/2026-13-01", "meeting/", "\x00", "monthly/2016-01-01"):
            words = {"forum": forum, "kind_period": wanted} | token
            assert coordinator.post("/rapporter", data=words).status_code in (400, 404)
