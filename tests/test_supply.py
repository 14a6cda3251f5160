"""What the product is built of: a bill of materials that says so, and the holes that are known in it."""

from __future__ import annotations

import json
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from commands import audit, sbom
from commands._pins import REQUIREMENTS, read_pins
from tests.test_requirements import pinned

HASH = "a" * 64


def run(command: Any, *words: str | Path) -> Result:
    """A command's answer, with the code that it returns."""
    return CliRunner().invoke(command, [str(word) for word in words], standalone_mode=False)


@pytest.fixture(scope="module")
def bill(tmp_path_factory: pytest.TempPathFactory) -> str:
    out = tmp_path_factory.mktemp("bill") / "sbom.json"
    assert run(sbom.command, "--out", out).exit_code == 0
    return out.read_text(encoding="utf-8")


def test_the_bill_keeps_to_its_schema(bill: str) -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill) is None
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill.replace('"library"', '"book"')) is not None


def test_the_bill_names_every_pinned_package_with_its_hashes_and_what_is_vendored(bill: str) -> None:
    parts = {part["purl"]: part for part in json.loads(bill)["components"]}
    named = {part["name"]: part["version"] for part in parts.values() if part["purl"].startswith("pkg:pypi/")}
    assert named == pinned("requirements.txt")
    for pin in read_pins(REQUIREMENTS):
        [files] = parts[pin.purl]["externalReferences"]
        assert {found["content"] for found in files["hashes"]} == set(pin.hashes)
    assert {"@digdir/designsystemet-css", "@fontsource/source-sans-3"} <= {part["name"] for part in parts.values()}
    assert parts[f"pkg:pypi/flask@{named['flask']}"]["licenses"] == [{"expression": "BSD-3-Clause"}]


def test_the_bill_tells_who_needs_whom(bill: str) -> None:
    needs = {row["ref"].split("@")[0]: row["dependsOn"] for row in json.loads(bill)["dependencies"]}
    assert any(purl.startswith("pkg:pypi/werkzeug@") for purl in needs["pkg:pypi/flask"])
    assert any(purl.startswith("pkg:pypi/flask-login@") for purl in needs["pkg:generic/lexheller"])


@pytest.mark.parametrize("line", ["flask>=3", "flask==3.1.3", "-r others.txt", f"flask @ x --hash=sha256:{HASH}"])
def test_what_is_not_pinned_by_its_hash_gets_no_bill(line: str, tmp_path: Path) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(f"{line}\n")
    answer = run(sbom.command, "--out", tmp_path / "sbom.json", "--requirements", requirements)
    assert isinstance(answer.exception, ValueError)
    assert "not pinned" in str(answer.exception)
    assert not (tmp_path / "sbom.json").exists()


def advisory(**facts: Any) -> dict[str, Any]:
    """A hole in flask, as OSV tells it."""
    package = {"ecosystem": "PyPI", "name": "Flask"}
    known = {"package": package, "versions": facts.pop("versions", [])}
    known["ranges"] = [{"type": "ECOSYSTEM", "events": facts.pop("events", [])}]
    return {"id": "GHSA-xxxx", "affected": [known | facts.pop("affected", {})]} | facts


@pytest.fixture
def requirements(tmp_path: Path) -> Path:
    """One package, in one version."""
    path = tmp_path / "requirements.txt"
    path.write_text(f"flask==3.1.3 \\\n    --hash=sha256:{HASH}\n")
    return path


TOUCHED = [
    {"versions": ["3.1.2", "3.1.3"]},
    {"events": [{"introduced": "0"}]},
    {"events": [{"introduced": "3.1.0"}, {"fixed": "3.1.10"}]},
    {"events": [{"introduced": "0"}, {"last_affected": "3.1.3"}]},
    {"events": [{"introduced": "3.1.1"}, {"fixed": "2.0"}, {"introduced": "1.0"}]},
]
UNTOUCHED = [
    {"versions": ["3.1.30"]},
    {"events": [{"introduced": "0"}, {"fixed": "3.1.3"}]},
    {"events": [{"introduced": "3.1.4"}]},
    {"events": [{"introduced": "0"}, {"last_affected": "3.1.2"}]},
    {"events": [{"introduced": "0"}], "withdrawn": "2026-01-01T00:00:00Z"},
    {"versions": ["3.1.3"], "affected": {"package": {"ecosystem": "npm", "name": "flask"}}},
    {"versions": ["3.1.3"], "affected": {"package": {"ecosystem": "PyPI", "name": "flask-login"}}},
]


@pytest.mark.parametrize(("facts", "code"), [(facts, 1) for facts in TOUCHED] + [(facts, 0) for facts in UNTOUCHED])
def test_a_stored_copy_tells_which_versions_have_a_hole(
    facts: dict[str, Any], code: int, requirements: Path, tmp_path: Path
) -> None:
    folder, packed = tmp_path / "copy", tmp_path / "all.zip"
    folder.mkdir()
    (folder / "GHSA-xxxx.json").write_text(json.dumps(advisory(**facts)))
    with zipfile.ZipFile(packed, "w") as target:
        target.write(folder / "GHSA-xxxx.json", "GHSA-xxxx.json")
    for copy in (folder, packed):
        answer = run(audit.command, "--requirements", requirements, "--advisories", copy)
        assert answer.return_value == code, answer.output
        assert ("flask 3.1.3: GHSA-xxxx" in answer.output) == bool(code)


def test_a_copy_that_is_none_is_not_taken_for_a_clean_bill(requirements: Path, tmp_path: Path) -> None:
    empty, torn = tmp_path / "empty", tmp_path / "torn.zip"
    empty.mkdir()
    torn.write_bytes(b"PK\x03\x04 torn")
    for copy in (empty, torn):
        answer = run(audit.command, "--requirements", requirements, "--advisories", copy)
        assert answer.exception is not None
        assert answer.return_value is None


@contextmanager
def database(status: int, body: bytes) -> Iterator[tuple[str, list[Any]]]:
    """A database of advisories that gives one answer. Yields: its address, and what it was asked."""
    asked: list[Any] = []

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.send_header("Location", "http://127.0.0.1:9/")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Nothing is printed."""

    with HTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/", asked
        server.shutdown()
        thread.join()


ANSWERS = [
    (200, b'{"results": [{"vulns": [{"id": "GHSA-yyyy"}]}]}', 1, "flask 3.1.3: GHSA-yyyy"),
    (200, b'{"results": [{}]}', 0, "0 of 1 packages"),
    (200, b'{"results": []}', 2, "cannot be read"),
    (200, b"<html>", 2, "cannot be read"),
    (200, b"[]", 2, "cannot be read"),
    (302, b"", 2, "it answered 302"),
    (503, b"", 2, "it answered 503"),
]


@pytest.mark.parametrize(("status", "body", "code", "words"), ANSWERS)
def test_the_database_is_told_names_and_versions_and_its_answer_is_told(
    status: int, body: bytes, code: int, words: str, requirements: Path
) -> None:
    with database(status, body) as (address, asked):
        answer = run(audit.command, "--requirements", requirements, "--address", address)
    assert answer.return_value == code
    assert words in answer.output
    assert asked == [{"queries": [{"package": {"name": "flask", "ecosystem": "PyPI"}, "version": "3.1.3"}]}]


def test_a_database_that_cannot_be_reached_is_told_in_one_line(requirements: Path) -> None:
    answer = run(audit.command, "--requirements", requirements, "--address", "http://127.0.0.1:9/")
    assert answer.return_value == 2
    assert answer.output.count("\n") == 1
    assert "cannot be reached" in answer.output
