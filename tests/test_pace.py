"""How many reports one account may file within an hour."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from models import Draft, Outbox, Report
from tests.site import TEXT, Site, open_site

MOST = 5


@pytest.fixture
def paced(site_url: str, tmp_path: Path) -> Iterator[Site]:
    """A site on which nobody files more than five reports an hour."""
    with open_site(site_url, tmp_path, reports_per_hour=MOST) as opened:
        yield opened


def test_the_last_that_is_allowed_is_taken_and_the_next_is_kept_in_the_form(paced: Site) -> None:
    visitor = paced.sign_in("reporter")
    for number in range(MOST):
        assert visitor.send(description=f"{TEXT} Gång {number}.").status_code == 303
    before = paced.count(Outbox)
    tokens = visitor.tokens()
    refused = visitor.send(description=f"{TEXT} En till.", **tokens)
    assert refused.status_code == 429
    assert "Din text finns kvar" in refused.text
    assert f"{TEXT} En till." in refused.text
    assert (paced.count(Report), paced.count(Outbox)) == (MOST, before)
    assert visitor.send(description=f"{TEXT} En till.", do="draft", **tokens).status_code == 303
    assert visitor.send(description=f"{TEXT} En till.", **tokens).status_code == 429
    assert paced.count(Draft) == 1  # still there
    paced.advance(minutes=60)
    visitor = paced.sign_in("reporter")
    assert visitor.file_report(description=f"{TEXT} En till.") == "LH-2026-0006"  # no number was wasted


def test_each_account_has_a_pace_of_its_own_and_a_form_sent_again_counts_once(paced: Site) -> None:
    visitor = paced.sign_in("reporter")
    tokens = visitor.tokens()
    for _ in range(MOST + 1):
        assert visitor.send(**tokens).status_code == 303
    for _ in range(MOST - 1):
        visitor.file_report()
    assert visitor.send().status_code == 429
    assert visitor.send(**tokens).status_code == 303  # leads to its receipt, as before
    assert (
        paced.sign_in("colleague").send(reporting_unit="psykiatri", counterpart="forsorjningsstod").status_code == 303
    )


def test_many_at_once_do_not_slip_past(paced: Site) -> None:
    visitors = [paced.sign_in("reporter") for _ in range(3)]
    forms = [(visitor, visitor.tokens()) for visitor in visitors for _ in range(4)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda pair: pair[0].send(**pair[1]).status_code, forms))
    assert sorted(answers) == [303] * MOST + [429] * (len(forms) - MOST)
    assert paced.count(Report) == MOST
