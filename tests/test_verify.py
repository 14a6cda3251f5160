"""/rapporter/kontrollera: anybody can ask whether a copy is genuine, and learns nothing else."""

from __future__ import annotations

import io

import pytest
from werkzeug.test import TestResponse

from tests.releases import Office, open_office
from tests.site import Site, Visitor
from webapp.rapporter.verify import LARGEST_FILE

PLACE = "/rapporter/kontrollera"
REFERENCE = "lsg-savsjo-2026-10-v1"


@pytest.fixture
def office(site: Site, monkeypatch: pytest.MonkeyPatch) -> Office:
    return open_office(site, monkeypatch, reports=40)


def ask(visitor: Visitor, asked: str = "", file: bytes | None = None) -> TestResponse:
    form: dict[str, object] = {"asked": asked, **visitor.tokens(PLACE)}
    if file is not None:
        form["file"] = (io.BytesIO(file), "sammanstallning.pdf")
    return visitor.post(PLACE, data=form, content_type="multipart/form-data")


def test_a_genuine_file_is_known_by_its_bytes_without_signing_in(office: Office) -> None:
    office.approve()
    answer = ask(office.site.visitor(), file=office.stored().pdf)
    assert answer.status_code == 200
    for words in ("Äkta", "Den gäller.", "Månadsrapport oktober 2026", "LSG Sävsjö", REFERENCE):
        assert words in answer.text
    assert "16 november 2026 av samverkanskoordinator" in answer.text


def test_one_byte_changed_is_unknown(office: Office) -> None:
    office.approve()
    answer = ask(office.site.visitor(), file=(office.stored().pdf or b"") + b" ")
    assert "Okänd" in answer.text
    assert REFERENCE not in answer.text


def test_a_reference_and_both_checksums_are_known_however_they_are_typed(office: Office) -> None:
    office.approve()
    stranger, summary = office.site.visitor(), office.stored()
    assert summary.pdf_sha256
    assert summary.content_sha256
    for typed in (REFERENCE, f"  {REFERENCE.upper()} ", summary.pdf_sha256, f"SHA-256: {summary.pdf_sha256.upper()}"):
        assert "Den gäller." in ask(stranger, typed).text, typed
    assert "Referensen finns" in ask(stranger, REFERENCE).text
    assert "den som står tryckt i filen" in ask(stranger, summary.content_sha256).text
    spaced = " ".join(summary.pdf_sha256[at : at + 8] for at in range(0, 64, 8))
    assert "Äkta" in ask(stranger, spaced).text


def test_the_printed_checksum_is_that_of_the_content(office: Office) -> None:
    office.approve()
    summary = office.stored()
    assert summary.content is not None
    assert summary.content["fingerprint"] == summary.content_sha256
    assert summary.content["verify_at"] == f"http://127.0.0.1:8000{PLACE}"


def test_a_superseded_version_stays_verifiable_and_names_its_correction(office: Office) -> None:
    office.approve()
    document = office.stored().pdf
    office.correct()
    answer = ask(office.site.visitor(), file=document)
    assert "Äkta" in answer.text
    assert "Den gäller inte längre:" in answer.text
    assert "ersatt av lsg-savsjo-2026-10-v2" in answer.text


def test_a_draft_is_as_unknown_as_a_forgery(office: Office) -> None:
    stranger, summary = office.site.visitor(), office.stored()
    forgery = ask(stranger, "0" * 64).text.replace("0" * 64, "")
    for asked in (summary.pdf_sha256 or "", summary.content_sha256 or ""):
        told = ask(stranger, asked).text.replace(asked, "")
        assert told.split("<form")[0] == forgery.split("<form")[0]
    assert "Okänd" in ask(stranger, REFERENCE).text
    assert "Okänd" in ask(stranger, file=summary.pdf).text
    office.press(office.site.sign_in("coordinator"), "avvisa")
    assert "Okänd" in ask(stranger, REFERENCE).text


def test_nothing_of_what_a_summary_says_is_told(office: Office) -> None:
    office.approve()
    content = office.stored().content
    assert content is not None
    told = ask(office.site.visitor(), REFERENCE).text
    for sentence in content["sentences"]:
        assert sentence["claim"] not in told
    assert f'href="/rapporter/{office.summary_id}' not in told


@pytest.mark.parametrize("asked", ["", "  ", "å" * 40, "<script>alert(1)</script>", "lsg savsjö; drop", "a" * 5000])
def test_what_is_neither_is_told_so(site: Site, asked: str) -> None:
    answer = ask(site.visitor(), asked)
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text


def test_a_file_that_is_too_large_is_refused(site: Site) -> None:
    stranger = site.visitor()
    assert upload(stranger, LARGEST_FILE + 64 * 1024).status_code == 413
    assert "Okänd" in upload(stranger, LARGEST_FILE).text


def upload(visitor: Visitor, size: int) -> TestResponse:
    """Send a file of so many bytes; the test client would lay one that is this large on disk."""
    token = visitor.tokens(PLACE)["csrf_token"].encode()
    body = (
        b'--b\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n'
        + token
        + b'\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
        + b"x" * size
        + b"\r\n--b--\r\n"
    )
    return visitor.post(PLACE, data=body, content_type="multipart/form-data; boundary=b")


def test_no_other_address_takes_a_large_body(site: Site) -> None:
    reporter = site.sign_in("reporter")
    form = {"description": "x" * 300_000, **reporter.tokens()}
    assert reporter.post("/rapportera", data=form).status_code == 413


def test_looking_is_free_of_the_token_and_asking_is_not(site: Site) -> None:
    stranger = site.visitor()
    assert stranger.get(PLACE).status_code == 200
    assert stranger.post(PLACE, data={"asked": REFERENCE}).status_code == 400
