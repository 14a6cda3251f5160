"""Learning from corrections: with consent, measured first, adopted by a person, and never without a way back."""

from __future__ import annotations

import json
import zlib
from typing import Any

import pytest
from sqlalchemy import select, update

from models import Classification, Federation, Outbox, Report, Review, TrainedModel
from models.learning import ModelState, corrections
from models.outbox import Task
from models.report import Level, Recurrence
from tests.desk import decide, give_post, report_of, send, suggest
from tests.site import Site
from worker import learning
from worker.classification import classify
from worker.classification_model import DEFAULT, load_model
from worker.suggest import model, shipped_model, store_suggestion
from worker.suggest import suggest as read

PAGE = "/klassificeraren"
TEXT = "Läkaren kom inte till mötet i går, och klienten satt och väntade i en timme på oss."


@pytest.fixture
def judged(site: Site) -> Site:
    """A report that the coordinator has judged otherwise than was suggested."""
    give_post(site, "coordinator", "savsjo")
    reference = site.sign_in("reporter").file_report(description=TEXT)
    suggest(site, reference, "participation")
    assert decide(site.sign_in("coordinator"), site, reference, category="shared_plan").status_code == 303
    return site


def choose(site: Site, **form: str) -> None:
    assert send(site.sign_in("administrator"), PAGE, f"{PAGE}/val", **form).status_code == 303


def classify_as_worker(site: Site, reference: str) -> Classification:
    with site.database.write() as session:
        report = session.scalars(select(Report).where(Report.reference == reference)).one()
        store_suggestion(session, report.id, read(report), site.moment)
    with site.database.read() as session:
        return session.scalars(select(Classification).where(Classification.report_id == report.id)).one()


def test_nothing_is_learnt_without_consent_and_the_judgement_is_learnt_with_it(judged: Site) -> None:
    with judged.database.read() as session:
        assert learning.examples(session) == []
    choose(judged, learns="1", blind="0")
    with judged.database.read() as session:
        (row,) = learning.examples(session)
    assert (row["text"], row["category"], row["reporter"]) == (TEXT, "shared_plan", "kommun")
    choose(judged, blind="0")
    with judged.database.read() as session:
        assert corrections(session) == []


def test_a_text_that_points_to_a_person_is_not_learnt(judged: Site) -> None:
    choose(judged, learns="1", blind="0")
    with judged.database.write() as session:
        session.execute(update(Report).values(description="Ring mig på 070-123 45 67 om mötet som uteblev."))
    with judged.database.read() as session:
        assert corrections(session)
        assert learning.examples(session) == []


def test_a_candidate_is_ordered_once_measured_and_reads_nothing_until_it_is_adopted(judged: Site) -> None:
    choose(judged, learns="1", blind="0")
    administrator = judged.sign_in("administrator")
    for _ in range(2):
        assert send(administrator, PAGE, f"{PAGE}/trana").status_code == 303
    with judged.database.read() as session:
        job = session.scalars(select(Outbox).where(Outbox.task == Task.TRAIN_MODEL)).one()
        rows = learning.examples(session) * 5
    made = learning.make(rows, shipped_model())
    assert made.corrections == 4
    assert made.figures["frozen"]["texts"] == 58
    assert made.figures["last"]["texts"] == 1
    with judged.database.write() as session:
        learning.store(session, job.subject_id, made, judged.moment)
    with judged.database.read() as session:
        assert model(session).version == shipped_model().version
    page = administrator.get(PAGE).text
    assert made.version in page
    assert "Fasta prövotexter, 58 texter" in page
    assert send(administrator, PAGE, f"{PAGE}/{job.subject_id}/i-bruk").status_code == 303
    with judged.database.read() as session:
        assert model(session).version == made.version
    assert send(administrator, PAGE, f"{PAGE}/levererad").status_code == 303
    with judged.database.read() as session:
        assert model(session).version == shipped_model().version
        assert session.scalars(select(TrainedModel.state)).all() == [ModelState.RETIRED]


def put(site: Site, state: ModelState) -> int:
    with site.database.write() as session:
        content = zlib.compress(DEFAULT.read_bytes())
        row = TrainedModel(
            state=state, ordered_at=site.moment, ordered_by="Administratör", content=content, version="3-x"
        )
        session.add(row)
        session.flush()
        return row.id


def test_only_one_is_in_use_and_what_was_declined_stays_so(site: Site) -> None:
    one, other, declined = (
        put(site, ModelState.IN_USE),
        put(site, ModelState.CANDIDATE),
        put(site, ModelState.CANDIDATE),
    )
    administrator = site.sign_in("administrator")
    send(administrator, PAGE, f"{PAGE}/{declined}/avboj")
    for address in (f"{PAGE}/{other}/i-bruk", f"{PAGE}/{declined}/i-bruk", f"{PAGE}/4711/i-bruk"):
        assert send(administrator, PAGE, address).status_code == 303
    with site.database.read() as session:
        states = {row.id: row.state for row in session.scalars(select(TrainedModel))}
    assert states == {one: ModelState.RETIRED, other: ModelState.IN_USE, declined: ModelState.DECLINED}


def test_a_report_drawn_for_blind_judgement_shows_no_suggestion_until_it_is_judged(site: Site) -> None:
    give_post(site, "coordinator", "savsjo")
    with site.database.write() as session:
        session.execute(update(Federation).values(blind_percent=100))
    reference = site.sign_in("reporter").file_report(description=TEXT)
    suggestion = classify_as_worker(site, reference)
    assert (suggestion.hidden, suggestion.category) == (True, "participation")
    assert report_of(site, reference).category == "unassessed"
    coordinator = site.sign_in("coordinator")
    page = coordinator.get(f"/granska/{reference}").text
    assert "Bedöms utan förslag" in page
    assert "Förslag: " not in page
    assert decide(coordinator, site, reference, category="participation").status_code == 303
    assert "Bedöms utan förslag" not in coordinator.get(f"/granska/{reference}").text
    with site.database.read() as session:
        assert session.scalars(select(Review.suggested)).all() == ["unassessed"]
    page = site.sign_in("administrator").get(PAGE).text
    assert "1 rapporter har bedömts utan att förslaget visats" in page
    assert "för få för att säga något säkert" in page


def test_level_and_recurrence_are_hinted_at_not_chosen_and_the_named_party_is_told(site: Site) -> None:
    give_post(site, "coordinator", "savsjo")
    text = "Psykiatrin deltar aldrig i våra möten, varken nu eller tidigare, trots att de alltid bjuds in."
    reference = site.sign_in("reporter").file_report(description=text, recurrence=None)
    suggestion = classify_as_worker(site, reference)
    page = site.sign_in("coordinator").get(f"/granska/{reference}").text
    assert "Texten nämner regionen." in page
    for hint in (f"Förslag: {Level.UNIT.label}", f"Förslag: {Recurrence.OFTEN.label}"):
        assert hint in page
    for choice in ("unit", "often"):
        assert f'<option value="{choice}" selected' not in page
    assert (suggestion.aspects["level"][0], suggestion.aspects["recurrence"][0]) == ("unit", "systematic")


def test_the_choices_take_only_what_is_offered(site: Site) -> None:
    choose(site, learns="1", blind="73")
    with site.database.read() as session:
        own: Any = session.scalars(select(Federation).where(Federation.id == 1)).one()
        assert (own.learns, own.blind_percent) == (True, 0)


def test_what_is_stored_reads_as_what_was_shipped() -> None:
    content = json.loads(DEFAULT.read_text("utf-8"))
    assert classify(load_model(), TEXT).model_version == content["version"]
