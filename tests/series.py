"""Long series of hostile input, put together from building blocks: the same ones every time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

ELSEWHERE = "kanarie.example.net"  # where a mail would go if a header got through
LINE_ENDS = (
    *("\n", "\r", "\r\n", "\n\n", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\x00", "%0a", "%0D%0A", "\\n"),
    *("=?UTF-8?Q?=0D=0A?=", "=?UTF-8?B?DQo=?=", "\u560a", ",", ";", " "),
)
HEADERS = (
    f"Bcc: b@{ELSEWHERE}",
    f"To: b@{ELSEWHERE}",
    f"RCPT TO:<b@{ELSEWHERE}>",
    f"Content-Type: text/html\r\n\r\n<b>{ELSEWHERE}</b>",
    f".\r\nMAIL FROM:<b@{ELSEWHERE}>",
)
ADDRESSES = ("a@example.org{end}{header}", "{header}{end}a@example.org", '"a{end}{header}"@example.org')


def mail_headers() -> list[str]:
    """What would be a second recipient or a header, where one address belongs."""
    parts = product(ADDRESSES, LINE_ENDS, HEADERS)
    return [address.format(end=end, header=header) for address, end, header in parts]


SIGNS = ("=", "+", "-", "@", "\t=", "\r=", "\n=", "＝", "＋", "－", "＠")
LEADS = ("", " ", "\u00a0", "  \u00a0 ")
SUMS = (
    "1+1",
    "cmd|' /C calc'!A0",
    'HYPERLINK("http://localhost";"x")',
    "SUM(A1:A9)*1",
    'WEBSERVICE("http://localhost")',
)


def formulas() -> list[str]:
    """What a spreadsheet would calculate."""
    return [lead + sign + words for sign, lead, words in product(SIGNS, LEADS, SUMS)]


DAYS = ("850312", "120312", "991231", "040229", "701109", "850372", "560991")  # the last two are coordination numbers
LAST = ("1234", "9812", "0001")  # right and wrong check digits alike


def _spread(text: str) -> str:
    return " ".join(text)


def _wide(text: str) -> str:
    return text.translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)})


# How people write a day and four figures.
SHAPES: tuple[Callable[[str, str], str], ...] = (
    *(
        (lambda day, last, sign=sign: day + sign + last)
        for sign in ("", "-", "+", " ", "–", "—", " - ", "- ", " -", "−")
    ),
    lambda day, last: f"{day[:-4]}-{day[-4:-2]}-{day[-2:]}-{last}",
    lambda day, last: f"{day[:-4]}-{day[-4:-2]}-{day[-2:]} {last}",
    lambda day, last: f"{day[:-4]} {day[-4:-2]} {day[-2:]} {last[:2]} {last[2:]}",
    lambda day, last: f"{day[:-4]}.{day[-4:-2]}.{day[-2:]}.{last}",
    lambda day, last: _spread(day + last),
    lambda day, last: _wide(f"{day}-{last}"),
    lambda day, last: f"{day}\u2009-\u2009{last}",
    lambda day, last: f"{day}-\n{last}",
    lambda day, last: f"{day[:3]}\u00ad{day[3:]}-{last[:2]}\u200b{last[2:]}",
)


def personal_numbers() -> Iterator[str]:
    """Personal and coordination numbers, in every shape, with and without their century."""
    for day, last, shape, century in product(DAYS, LAST, SHAPES, ("", "19")):
        if not (century and day in ("120312", "040229")):  # those were born in this one
            yield shape(century + day, last)
