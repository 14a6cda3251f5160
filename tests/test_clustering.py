"""Clusters of reports that tell of the same problem: what is put together, its name, and what stays decided."""

from __future__ import annotations

import json
import random
from collections import Counter
from datetime import date
from itertools import combinations

from schemas.cluster import Telling, portrait
from settings import ROOT
from worker.clustering import Standing, group, rarity

PLANTED = [json.loads(line) for line in (ROOT / "data" / "patterns" / "clusters.jsonl").read_text("utf-8").splitlines()]
NOISE = [json.loads(line)["text"] for line in (ROOT / "data/classifier/training.jsonl").read_text("utf-8").splitlines()]
MONTH = date(2026, 3, 1)


def tellings(texts: list[str], first: int = 1, people: int = 5) -> list[Telling]:
    """Texts as reports with running ids, written by several people in turn."""
    return [Telling(first + at, at % people, MONTH, text) for at, text in enumerate(texts)]


def planted(problem: str) -> list[str]:
    return [row["text"] for row in PLANTED if row["problem"] == problem]


WHEELCHAIR, RENT = planted("rullstol till korttidsboende"), planted("hyran under häktning")


def test_planted_problems_are_found_among_other_reports_and_kept_apart() -> None:
    noise = random.Random(3).sample(NOISE, 300)
    found = group(tellings([row["text"] for row in PLANTED] + noise), Standing())
    cluster = {report: place for place, reports in enumerate(found.new) for report in reports}
    pairs = list(combinations(range(1, len(PLANTED) + 1), 2))
    together = [(one, two) for one, two in pairs if one in cluster and cluster[one] == cluster.get(two)]
    same = [(one, two) for one, two in pairs if PLANTED[one - 1]["problem"] == PLANTED[two - 1]["problem"]]
    right = [pair for pair in together if pair in set(same)]
    assert len(right) >= 0.95 * len(together)
    assert len(right) >= 0.8 * len(same)


def test_the_order_of_the_reports_changes_nothing() -> None:
    own = tellings([row["text"] for row in PLANTED])
    shuffled = random.Random(1).sample(own, len(own))
    assert group(own, Standing()) == group(shuffled, Standing())


def test_one_diligent_person_makes_no_cluster_nor_do_two_reports() -> None:
    assert group(tellings(WHEELCHAIR, people=1), Standing()).new == []
    assert group(tellings(WHEELCHAIR[:2]), Standing()).new == []
    assert group(tellings(WHEELCHAIR), Standing()).new == [[1, 2, 3, 4, 5, 6]]


def test_a_new_report_joins_what_stands_and_nothing_moves() -> None:
    own = tellings([*WHEELCHAIR, *RENT])
    found = group(own, Standing(clusters={7: [1, 2, 3], 8: [7, 8, 9, 12]}))
    assert found.joins == {4: 7, 5: 7, 6: 7, 10: 8, 11: 8}
    assert found.new == []


def test_what_a_person_took_out_does_not_come_back() -> None:
    found = group(tellings(WHEELCHAIR), Standing(clusters={7: [1, 2, 3, 4, 5]}, taken_out={6: {7}}))
    assert found.joins == {}
    assert found.new == []


def test_what_a_person_dissolved_is_not_made_again_by_old_reports_or_new_ones() -> None:
    own = [*tellings(WHEELCHAIR[:3]), *tellings(WHEELCHAIR[3:], first=11)]
    found = group(own, Standing(dissolved={7: [1, 2, 3]}))
    assert found.new == []
    assert found.like_dissolved == {11: 7, 12: 7, 13: 7}


def test_short_texts_that_share_one_word_are_no_cluster() -> None:
    assert (
        group(tellings(["Ingen personal.", "För lite personal.", "Personal saknas.", "Ny personal."]), Standing()).new
        == []
    )


def test_nothing_and_odd_texts_are_no_cluster() -> None:
    assert group([], Standing()).new == []
    assert group(tellings(["", "😀" * 40, "1 2 3", "<b></b>", "x" * 1500]), Standing()).new == []


def test_a_cluster_is_named_by_words_of_several_people() -> None:
    own = tellings(WHEELCHAIR)
    found = portrait(own, rarity([telling.text for telling in own]))
    assert found.name == "Rullstol · korttidsboendet · förskriva"
    assert (found.reports, found.reporters, found.since) == (6, 5, MONTH)
    spoken = Counter(
        word for text in WHEELCHAIR for word in set(text.lower().replace(",", " ").replace(".", " ").split())
    )
    assert all(count >= 2 and spoken[word] for word, count in found.words)


def test_no_name_of_a_person_or_a_place_is_shown() -> None:
    texts = [
        "Rullstolen som Fatima skulle få står kvar på Tallgården.",
        "Personalen på Tallgården vet inget om rullstolen till fatima.",
        "Rullstolen till Fatima fick inte lämna boendet Tallgården.",
    ]
    own = tellings(texts)
    words = {word for word, _ in portrait(own, rarity(texts)).words}
    assert "rullstolen" in words
    assert not {"fatima", "tallgården"} & words


def test_a_word_of_one_person_alone_is_not_shown() -> None:
    texts = [f"{WHEELCHAIR[0]} Vaktmästaren grät."] * 3
    own = [Telling(at, 1, MONTH, text) for at, text in enumerate(texts)] + tellings(WHEELCHAIR, first=10)
    assert "vaktmästaren" not in {word for word, _ in portrait(own, rarity([one.text for one in own])).words}
