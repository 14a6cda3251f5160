"""Log lines: JSON, with the ids of request or task, and never a word of what somebody wrote."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

import worker.app
from models import Delivery, Report
from models.base import Database
from tests.site import PASSWORD, TEXT, Site, Visitor, address_of, report_answers
from tests.test_answers import write
from tests.workshop import Workshop
from worker import tasks

CANARY = "kanariefågeln"
STORY = f"{CANARY.capitalize()} sjöng. {TEXT}"


Look = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def said(site: Site) -> Look:
    """Everything that was logged since the last look, line by line. Fails on the canary, and on what is no JSON."""
    stream = io.StringIO()
    [handler] = [handler for handler in logging.getLogger().handlers if type(handler) is logging.StreamHandler]
    handler.setStream(stream)

    def look() -> list[dict[str, Any]]:
        text = stream.getvalue()
        stream.seek(0)
        stream.truncate()
        assert CANARY not in text.lower()
        lines = [json.loads(line) for line in text.splitlines()]
        for line in lines:
            assert line.keys() >= {"event", "level", "logger", "timestamp"}, line
        # The doorbell speaks when it comes to it, in a thread of its own, and perhaps of a test that is over.
        return [line for line in lines if line["logger"] != "doorbell"]

    return look


@pytest.fixture
def shop(site: Site, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    """The worker, with its log lines as a worker process has them."""
    worker.app._configure_logs()
    return Workshop(site, monkeypatch)


def write_the_canary_everywhere(visitor: Visitor) -> dict[str, Any]:
    """Answers with the canary wherever one may type."""
    texts = dict.fromkeys(("description", "suggestion"), STORY)
    odd = dict.fromkeys(("occurred_on", "feedback_email", "recurrence", "counterpart", CANARY), CANARY)
    return report_answers() | visitor.tokens() | texts | odd


def test_every_line_of_a_request_carries_its_id_and_tells_the_route_and_not_the_address(site: Site, said: Look) -> None:
    visitor = site.sign_in("reporter")
    reference = visitor.file_report(description=STORY)
    said()
    for address in (f"/mina-rapporter/{reference}", f"/{CANARY}", f"/rapportera?utkast={CANARY}"):
        visitor.get(address)
        [answered] = said()
        assert answered["event"] == "answered"
        assert answered["route"] in ("/mina-rapporter/<reference>", "unknown", "/rapportera")
        assert len(answered["request_id"]) == 16
    visitor.send(description=STORY)
    lines = said()
    ids = [line["request_id"] for line in lines]
    assert [line["event"] for line in lines if line["request_id"] == ids[-1]] == ["received", "answered"]
    assert len(set(ids)) == 2


def test_nothing_that_is_typed_is_logged(site: Site, said: Look) -> None:
    visitor = site.sign_in("reporter")
    form = report_answers() | visitor.tokens() | {"description": STORY, "suggestion": STORY}
    answers = [visitor.post("/rapportera", data=write_the_canary_everywhere(visitor))]
    answers += [
        visitor.post("/rapportera", data=form),
        visitor.post("/rapportera", data=form | {"description": f"{STORY}!"}),
    ]
    answers += [
        visitor.send(do="draft", description=STORY),
        visitor.post("/rapportera", data=form | {"csrf_token": CANARY}),
    ]
    wrong = {"email": f"{CANARY}@example.org", "password": CANARY, "next": f"/{CANARY}"}
    stranger = site.visitor()
    answers += [
        stranger.post("/logga-in", data=wrong | stranger.tokens("/logga-in")),
        stranger.post("/rapportera", data=form),
    ]
    assert [answer.status_code for answer in answers] == [422, 303, 409, 303, 200, 422, 200]
    assert "sign_in_refused" in [line["event"] for line in said()]


def test_passwords_tokens_and_addresses_are_not_logged(site: Site, said: Look) -> None:
    visitor = site.sign_in("reporter")
    cookie = visitor.get_cookie("lexheller")
    assert cookie
    with visitor.session_transaction() as session:
        token = session["_user_id"]
    visitor.file_report(wants_feedback="1", feedback_email="hemlig@example.org")
    logged = json.dumps(said(), ensure_ascii=False)
    assert "signed_in" in logged
    for word in (PASSWORD, address_of("reporter"), "hemlig@example.org", cookie.value, token):
        assert word not in logged


def test_a_database_that_fails_is_logged_without_its_words(site: Site, said: Look, tmp_path: Path) -> None:
    visitor = site.sign_in("reporter")
    form = report_answers() | visitor.tokens() | {"description": STORY}
    whole = site.app.extensions["lexheller"]
    broken = Database(f"sqlite:///{tmp_path}/{CANARY}/none.sqlite3")
    site.app.extensions["lexheller"] = replace(whole, database=broken)
    assert visitor.post("/rapportera", data=form).status_code == 503
    site.app.extensions["lexheller"] = whole
    broken.dispose()
    [failed] = [line for line in said() if line["event"] == "database_failed"]
    assert (failed["kind"], failed["level"], len(failed["request_id"])) == ("OperationalError", "error", 16)


def break_with(error: Exception) -> Callable[..., Any]:
    def fail(*_: object, **__: object) -> Any:
        raise error

    return fail


def test_a_fault_of_our_own_is_logged_with_the_way_to_it_and_without_its_message(
    site: Site, said: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = site.sign_in("reporter")
    monkeypatch.setattr(
        sys.modules["webapp.rapportera.filing"], "mark_slice", break_with(ValueError(f"bad text: {STORY}"))
    )
    assert visitor.send(description=STORY).status_code == 500
    [failed] = [line for line in said() if line["event"] == "unexpected"]
    assert failed["kind"] == "ValueError"
    assert "rapportera/filing.py" in json.dumps(failed)


def test_a_row_that_the_database_refuses_is_not_told_in_the_log(
    site: Site, said: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL's own message holds the whole row."""
    visitor = site.sign_in("reporter")

    def make_it_too_long(session: Any, *_: object) -> str:
        session.execute(update(Report).values(description=STORY * 100))
        return "LH-2026-9999"

    visitor.file_report(description=STORY)
    monkeypatch.setattr(sys.modules["webapp.rapportera.filing"], "take_reference", make_it_too_long)
    assert visitor.send(description=STORY).status_code == 500
    assert "unexpected" in [line["event"] for line in said()]


def test_a_task_that_fails_is_logged_with_its_id_and_kind_and_without_its_words(
    shop: Workshop, site: Site, said: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.sign_in("reporter").file_report(description=STORY)
    report_id = site.only_report().id
    said()
    for error in (ValueError(f"bad text: {STORY}"), KeyError(STORY)):
        monkeypatch.setattr(tasks, "suggest", break_with(error))
        tasks.classify_report.apply(args=(report_id,), task_id="4711")
        [failed] = [line for line in said() if line["level"] == "error"]
        assert (failed["event"], failed["kind"]) == ("task_failed", type(error).__name__)
        assert (failed["task_id"], failed["task"]) == ("4711", "classify_report")


def test_a_task_that_works_tells_its_row_and_no_text(
    shop: Workshop, site: Site, said: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.sign_in("reporter").file_report(description=STORY)
    report_id = site.only_report().id
    said()
    tasks.classify_report.apply(args=(report_id,), task_id="4711")
    [done] = [line for line in said() if line["event"] == "classified"]
    assert (done["report_id"], done["task_id"]) == (report_id, "4711")
    with site.database.read() as session:
        assert session.scalars(select(Report.description)).one() == STORY


def test_one_report_can_be_followed_by_its_id_from_the_form_to_the_mail(
    shop: Workshop, site: Site, said: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Among the lines of another report that goes the same way."""
    monkeypatch.setattr(tasks, "current", site.settings)
    said()
    reporter, coordinator = site.sign_in("reporter"), site.sign_in("coordinator")
    for number in range(2):
        reference = reporter.file_report(description=STORY, wants_feedback="1", feedback_email="hemlig@example.org")
        tasks.classify_report.apply(args=(number + 1,), task_id=f"classify-{number}")
        assert write(coordinator, site, reference).status_code == 303
    with site.database.read() as session:
        mails = session.execute(select(Delivery.id, Delivery.reference)).all()
    for mail, reference in mails:
        tasks.deliver.apply(args=(mail,), task_id=f"mail-{reference}")
    lines = [line for line in said() if line.get("report_id") == 1]
    assert [line["event"] for line in lines] == ["received", "classified", "answered_report", "delivered"]
    assert [line.get("task", "request") for line in lines] == ["request", "classify_report", "request", "deliver"]
    assert all(line.get("request_id") or line["task_id"] for line in lines)
    assert lines[-1]["state"] == "sent"


def test_every_line_of_a_task_says_what_it_is_about(
    shop: Workshop, site: Site, said: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.sign_in("reporter").file_report(description=STORY)
    said()
    monkeypatch.setattr(tasks, "suggest", break_with(ValueError(STORY)))
    tasks.classify_report.apply(args=(1,), task_id="4711")
    lines = said()
    assert lines
    assert {(line["task"], line["task_id"], line["subject_id"]) for line in lines} == {("classify_report", "4711", 1)}


def test_the_line_of_a_request_tells_how_long_it_took(site: Site, said: Look) -> None:
    site.visitor().get("/om")
    [answered] = said()
    assert answered["ms"] >= 0
