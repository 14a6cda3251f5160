"""The commands that read JSON lines, run as people run them, and the group that finds commands."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
CASES = (ROOT / "data" / "sample-cases.jsonl").read_bytes()


def run(*words: str, given: bytes = b"", **environ: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "commands", *words],
        input=given,
        capture_output=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, **environ},
        timeout=60,
    )


def lines(*rows: object) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def answers(done: subprocess.CompletedProcess[bytes]) -> list[dict[str, Any]]:
    assert (done.returncode, done.stderr) == (0, b"")
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def test_classify_answers_every_case_in_order_with_all_fields() -> None:
    found = answers(run("classify", given=CASES))
    assert [one["id"] for one in found] == [json.loads(line)["id"] for line in CASES.splitlines()]
    promised = ("id", "category", "confidence", "reasons", "alternatives", "abstain")
    assert {tuple(one) for one in found} == {(*promised, "also", "level", "recurrence", "parties")}
    assert all(0 <= one["confidence"] <= 1 for one in found)
    assert all(2 <= len(one["alternatives"]) <= 3 for one in found)


def test_classify_takes_the_optional_fields_or_none() -> None:
    text = "Läkarintyget underkändes och ny blankett krävdes."
    full = {"id": 1, "text": text, "reporter": "kommun", "counterparts": ["fk"], "area": "habo", "more": {}}
    empty = {"id": 2, "text": text, "reporter": None, "counterparts": None, "area": None}
    assert [one["category"] for one in answers(run("classify", given=lines(full, empty)))] == ["documentation"] * 2


def test_classify_is_silent_about_junk() -> None:
    junk = ["", "hej", "\U0001f600" * 20, "<div>AF kom inte till mötet</div>", "ord " * 10_000, "\ud800\0"]
    rows = ({"id": place, "text": text} for place, text in enumerate(junk))
    assert [one["abstain"] for one in answers(run("classify", given=lines(*rows)))] == [True] * len(junk)


def test_screen_gives_offsets_in_the_text_as_it_was_written() -> None:
    text = "Ring Anna på 070\u2013123 45 67."
    (found,) = answers(run("screen", given=lines({"id": "a", "text": text})))
    assert found == {
        "id": "a",
        "findings": [
            {"start": 5, "end": 9, "type": "name", "action": "confirm"},
            {"start": 13, "end": 26, "type": "phone", "action": "stop"},
        ],
    }


def test_screen_answers_a_clean_text_with_no_findings() -> None:
    given = lines({"id": "a", "text": "Ingen kom till mötet."}, {"id": "b", "text": "\ud800"})
    assert answers(run("screen", given=given)) == [{"id": "a", "findings": []}, {"id": "b", "findings": []}]


def test_empty_lines_and_a_byte_order_mark_do_no_harm() -> None:
    given = b"\xef\xbb\xbf" + lines({"id": "å", "text": "hej"}) + b"\n  \n" + lines({"id": "b", "text": "hej"})
    assert [one["id"] for one in answers(run("screen", given=given))] == ["å", "b"]


@pytest.mark.parametrize("name", ["classify", "screen"])
@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (b"{not json}", b"not JSON"),
        (b"[1, 2]", b"not a JSON object"),
        (b'"text"', b"not a JSON object"),
        (b'{"id": "a"}', b"the field 'text' must be text"),
        (b'{"id": "a", "text": 7}', b"the field 'text' must be text"),
        (b'{"text": "hej"}', b"the field 'id' must be"),
        (b'{"id": true, "text": "hej"}', b"the field 'id' must be"),
        (b'{"id": "a", "text": "\xff"}', b"not UTF-8"),
        (b"[" * 200_000, b"nested too deeply"),
    ],
)
def test_a_bad_line_is_named_in_one_line_after_the_good_ones(name: str, bad: bytes, why: bytes) -> None:
    done = run(name, given=lines({"id": "good", "text": "hej"}) + bad + b"\n")
    assert done.returncode == 1
    assert done.stderr.startswith(b"lexheller: line 2: " + why)
    assert done.stderr.count(b"\n") == 1
    assert json.loads(done.stdout)["id"] == "good"


def test_classify_refuses_counterparts_that_are_no_list() -> None:
    done = run("classify", given=lines({"id": "a", "text": "hej", "counterparts": "fk"}))
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"line 1: the field 'counterparts'" in done.stderr


@pytest.mark.parametrize("name", ["classify", "screen"])
def test_help_tells_what_goes_in_and_out(name: str) -> None:
    done = run(name, "--help")
    assert done.returncode == 0
    assert b"In: id, text" in done.stdout
    assert b"Out, in the same order" in done.stdout


def test_the_group_lists_the_commands_of_the_folder_and_not_its_helpers() -> None:
    listed = run().stdout.decode()
    assert "classify Suggest a category for each JSON line on stdin." in " ".join(listed.split())
    assert "jsonl" not in listed


def test_an_unknown_command_and_an_unknown_option_fail_in_one_line() -> None:
    for words in (("no-such-command",), ("_jsonl",), ("screen", "--no-such-option")):
        done = run(*words)
        assert done.returncode == 2
        assert done.stderr.startswith(b"lexheller: ")
        assert done.stderr.count(b"\n") == 1


def test_debug_shows_the_traceback_instead_of_the_line() -> None:
    done = run("screen", given=b"{\n", LEXHELLER_DEBUG="1")
    assert done.returncode == 1
    assert b"Traceback" in done.stderr


@pytest.mark.parametrize("count", [1, 20_000])
def test_a_reader_that_goes_away_ends_the_command_quietly(count: int) -> None:
    many = b"".join(lines({"id": place, "text": "hej"}) for place in range(count))
    with subprocess.Popen(
        [sys.executable, "-m", "commands", "screen"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(many)
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1
