"""Five hundred hostile texts, dealt out over every field of every form: no crash, and nothing of them is run or raw."""

from __future__ import annotations

import random
from collections.abc import Iterator

from tests.site import Site
from tests.test_every_field import every_field, furnished, sent

__all__ = ["furnished"]  # a fixture
EACH = 12  # texts in each field
SEEDS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</textarea><svg onload=alert(1)>",
    "{{ 7*7 }}{% for x in ().__class__.__mro__ %}",
    "${jndi:ldap://localhost/a}",
    "'; DROP TABLE report; --",
    "%s%n%(x)s{0.__class__}",
    '=HYPERLINK("http://localhost")',
    "a\r\nBcc: b@localhost\r\n\r\nx",
    "../../etc/passwd\x00.pdf",
    "\u202e\u2066\ufeff\u200b\ud83d",
    "🏳️‍🌈" * 20,
    "A" + "\u0301" * 400,
    "<" * 700,
    "&lt;b&gt;&#x3c;script&#x3e;",
    "javascript:alert(1)//data:text/html,x",
)
RAW = ("<script>alert", "<img src=x", "<svg onload", "49{%")


def hostile(dice: random.Random) -> str:
    """One to three of the seeds, whole or cut, among ordinary words."""
    picked = (dice.choice(SEEDS) for _ in range(dice.randint(1, 3)))
    return "Remissen kom tillbaka. " + " ".join(seed[: dice.randint(1, len(seed))] for seed in picked)


def texts(seed: int) -> Iterator[str]:
    dice = random.Random(seed)
    while True:
        yield hostile(dice)


def test_hostile_texts_are_answered_and_shown_as_text(furnished: Site) -> None:
    stream = texts(1)
    count, broken = 0, []
    for visitor, form, endpoint, field in every_field(furnished):
        for _ in range(EACH):
            words = next(stream).encode("utf-8", "surrogatepass").decode("utf-8", "replace")
            answer = sent(visitor, form, field, words, pii_confirmed="1")
            shown = answer.text + (visitor.get(answer.location).text if answer.location else "")
            count += 1
            if answer.status_code >= 500 or any(raw in shown for raw in RAW):
                broken.append((endpoint, field, words))
    assert broken == []
    assert count >= 500
