"""What the audit hides: tables with known answers, worked out by hand."""

from __future__ import annotations

import random
from collections import Counter
from itertools import product
from typing import Any

import pytest

from schemas.disclosure import WITHHELD
from tests.publishing import Filed, file_reports, months, publish, table, whole
from worker.disclosure import Guarded, ProgrammeError, Table, guard, programme
from worker.disclosure.table import Key

YEAR = months(1)


def column(name: str, counts: dict[str, int], people: int = 9, **more: Any) -> Table:
    keys: list[Key] = [(code,) for code in counts]
    numbers: dict[Key, int] = {(code,): count for code, count in counts.items()}
    return Table(name, ("category",), tuple(YEAR), keys, numbers, dict.fromkeys(keys, people), **more)


def total(count: int, people: int = 9) -> Table:
    return Table("year", (), tuple(YEAR), [()], {(): count}, {(): people})


def withheld(found: Guarded, name: str) -> dict[Key, str]:
    return {key: str(reason) for table_name, key, reason in found.withheld if table_name == name}


def test_a_hidden_cell_that_has_room_needs_no_company() -> None:
    """12 is printed as 10: 8 to 12. With 10 and 15 beside it, the third can be 0 to 7: 30 is 28 to 32."""
    found = guard([total(28), column("categories", {"a": 10, "b": 15, "c": 3})], ["Sävsjö"])
    assert withheld(found, "categories") == {("c",): "few_reports"}


def test_a_hidden_cell_without_room_gets_the_smallest_number_as_company() -> None:
    """7 is printed as 5, and so is 5: at most 7, at least 5. The third cell would be 0 to 2."""
    cells = {"a": 5, "b": 2, "c": 0, "d": 0, "e": 0, "f": 0}
    found = guard([total(7), column("categories", cells)], ["Sävsjö"])
    assert withheld(found, "categories") == {("b",): "few_reports", ("a",): "complementary"}
    assert found.numbers["categories"]["a",] == found.numbers["categories"]["b",] == WITHHELD
    assert found.numbers["year"][()].text == "5"


def test_what_leaves_room_enough_hides_nothing_more() -> None:
    """22 is printed as 20: at most 22. 10 and 5 and 5 are at least 18 together, so the last would be 0 to 4; with a
    guess that it is below five, 1 to 4. That is room enough; with 8, 6 and 6, it is 2 and they print the same."""
    cells = {"a": 8, "b": 6, "c": 6, "d": 2, "e": 0, "f": 0}
    found = guard([total(22), column("categories", cells)], ["Sävsjö"])
    assert withheld(found, "categories") == {("d",): "few_reports"}


def test_two_hidden_fours_of_eight_are_not_given_away() -> None:
    """10 is at least 8, and two cells below five can only be four each: zeros or the total must give way."""
    cells = {"a": 4, "b": 4, "c": 0, "d": 0, "e": 0, "f": 0, "g": 0, "h": 0}
    found = guard([total(8), column("categories", cells)], ["Sävsjö"])
    reasons = Counter(str(reason) for _, _, reason in found.withheld)
    assert reasons["complementary"] >= 1
    assert found.numbers["categories"]["a",].text == "<5"


def test_zeros_do_not_tell_where_a_known_report_went() -> None:
    """All reports of one party lie in one hidden cell: one of its zeros is hidden too."""
    keys = list(product(("fk", "af", "kommun"), ("fk", "af", "kommun")))
    counts: dict[Key, int] = {("fk", "af"): 2, ("af", "kommun"): 20, ("kommun", "fk"): 20, ("kommun", "kommun"): 20}
    found = guard([Table("pairs", ("giver", "about"), tuple(YEAR), keys, counts, dict.fromkeys(keys, 9))], ["Sävsjö"])
    row = [found.numbers["pairs"]["fk", about].text for about in ("fk", "af", "kommun")]
    assert sorted(row) == ["0", "<5", "<5"]


@pytest.mark.parametrize(("people", "shown"), [(2, "<5"), (3, "10")])
def test_a_shown_cell_has_three_reporters(people: int, shown: str) -> None:
    cells = column("categories", {"a": 10, "b": 40, "c": 40, "d": 40, "e": 40}, people=9)
    cells = Table(**{**vars(cells), "reporters": {("a",): people, ("b",): 9, ("c",): 9, ("d",): 9, ("e",): 9}})
    found = guard([total(170), cells], ["Sävsjö"])
    assert found.numbers["categories"]["a",].text == shown


def test_a_table_that_is_mostly_hidden_is_left_out() -> None:
    cells = {"a": 1, "b": 2, "c": 3, "d": 20, "e": 20}
    found = guard([total(46), column("categories", cells)], ["Sävsjö"])
    assert found.dropped == {"categories"}
    assert set(found.numbers["categories"].values()) == {WITHHELD}
    assert set(withheld(found, "categories").values()) == {"dropped"}
    assert [row["name"] for row in found.record] == ["year"]


def test_a_correction_is_audited_together_with_what_it_corrects() -> None:
    """The first version hides b beside a. Showing a in the second would give b away, so it stays hidden."""
    history: list[dict[str, Any]] = []
    first = {"a": 5, "b": 2, "c": 0, "d": 0, "e": 0, "f": 0}
    publish([total(7), column("categories", first)], history)
    found = publish([total(7), column("categories", first)], history)
    assert withheld(found, "categories")["a",] == "complementary"


def test_the_next_month_does_not_give_away_the_last_one() -> None:
    """A window that moves by a month and shows a zero would tell that a zero was hidden before: it is hidden again."""
    window, history = months(13), list[dict[str, Any]]()
    keys = list(product(("fk", "af"), ("fk", "af")))
    reports = [Filed("fk", "af", "rules", window[6], 1)]
    reports += [
        Filed("af", giver, "rules", month, person) for giver in ("fk", "af") for month in window for person in range(3)
    ]
    for start in (0, 1):
        span = window[start : start + 12]
        found = publish([table("pairs", ("giver", "about"), span, keys, reports)], history)
        assert found.dropped or found.numbers["pairs"]["fk", "fk"].text == "<5"


def test_the_same_tables_and_history_hide_the_same() -> None:
    seeds = [random.Random(7) for _ in range(2)]
    codes, parties = list("abcdef"), ["fk", "af", "kommun"]
    one, other = (
        guard(whole(file_reports(seed, months(12), parties, codes, 4), months(12), parties, codes), ["A"])
        for seed in seeds
    )
    assert (one.withheld, one.record) == (other.withheld, other.record)


def test_a_solver_without_an_answer_lets_nothing_out(monkeypatch: pytest.MonkeyPatch) -> None:
    class Nothing:
        success, message = False, "time limit reached"

    monkeypatch.setattr(programme, "milp", lambda *_, **__: Nothing())
    with pytest.raises(ProgrammeError, match="time limit"):
        guard([total(7), column("categories", {"a": 5, "b": 2})], ["Sävsjö"])


def test_tables_that_contradict_each_other_let_nothing_out() -> None:
    with pytest.raises(ProgrammeError):
        guard([total(50), column("categories", {"a": 5, "b": 2, "c": 0, "d": 0})], ["Sävsjö"])
