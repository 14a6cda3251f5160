"""Moment 22: who waits for whom is read from the text, drawn, and said in words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.deadlock import circle, demands
from tests.desk import give_post
from tests.site import Site
from webapp.granska.circle import BOX_HEIGHT, BOX_WIDTH, HEIGHT, WIDTH, figure

PLANTED = Path(__file__).resolve().parent.parent / "data" / "patterns" / "deadlocks.jsonl"
TEXT = "Psykiatrin kräver att patienten är nykter först. Beroendevården börjar inte förrän psykiatrin har utrett."
THREE = "Soc väntar på AF. AF väntar på vårdcentralen. Vårdcentralen väntar på soc."


def test_each_actor_has_its_condition_in_the_words_of_the_text() -> None:
    found = {one.actor: one.condition for one in demands(TEXT)}
    assert found == {"Psykiatrin": "att patienten är nykter först", "Beroendevården": "psykiatrin har utrett"}


def test_two_and_three_who_wait_for_each_other_are_a_circle_and_one_is_none() -> None:
    assert [one.actor for one in circle(TEXT)] == ["Psykiatrin", "Beroendevården"]
    assert [one.actor for one in circle(THREE)] == ["Kommunen", "Arbetsförmedlingen", "Vårdcentralen"]
    assert circle(TEXT.split(". ")[0]) == []
    assert [one.actor for one in circle("För att få bostad krävs arbete. För att få arbete krävs bostad.")] == [
        "Bostad",
        "Arbete",
    ]


def test_the_planted_texts_are_read_with_precision_first() -> None:
    rows = [json.loads(line) for line in PLANTED.read_text("utf-8").splitlines()]
    found = [(bool(circle(row["text"])), row["circle"]) for row in rows]
    said, right = [right for said, right in found if said], [said for said, right in found if right]
    assert len(rows) == 40
    assert sum(said) == len(said)
    assert sum(right) >= 0.75 * len(right)


@given(st.text(max_size=300))
def test_no_text_breaks_it(text: str) -> None:
    assert len(circle(text)) in (0, 2, 3, 4)


@pytest.mark.parametrize("text", [TEXT, THREE, f"{THREE[:-4]}FK. FK väntar på soc."])
def test_the_drawing_stays_within_its_frame_and_no_arrow_crosses_its_boxes(text: str) -> None:
    drawn = figure(text)
    assert drawn is not None
    assert len(drawn["boxes"]) == len(drawn["arrows"]) == len(drawn["said"])
    for box in drawn["boxes"]:
        assert 0 <= box["x"] <= WIDTH - BOX_WIDTH
        assert 0 <= box["y"] <= HEIGHT - BOX_HEIGHT
    for arrow in drawn["arrows"]:
        for x, y in ((arrow["x1"], arrow["y1"]), (arrow["x2"], arrow["y2"])):
            inside = [
                box
                for box in drawn["boxes"]
                if box["x"] < x < box["x"] + BOX_WIDTH and box["y"] < y < box["y"] + BOX_HEIGHT
            ]
            assert inside == []


def test_the_coordinator_sees_who_waits_for_whom(site: Site) -> None:
    give_post(site, "coordinator", "savsjo")
    reference = site.sign_in("reporter").file_report(description=TEXT)
    page = site.sign_in("coordinator").get(f"/granska/{reference}").text
    assert "Moment 22?" in page
    assert "<strong>Beroendevården</strong> vill först: ”psykiatrin har utrett”" in page
    plain = site.sign_in("reporter").file_report(description="Läkaren uteblev från mötet trots kallelsen i god tid.")
    assert "Moment 22?" not in site.sign_in("coordinator").get(f"/granska/{plain}").text
