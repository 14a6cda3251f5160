"""The page that becomes a PDF: content in, HTML out. Pure but for reading our own templates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from schemas.months import NAMES
from schemas.summary import check_content
from settings import ROOT

# A number and what it counts, a clock and its time: no line breaks between them (Myndigheternas skrivregler).
HELD = re.compile(rf"(?<=\d) (?=(?:{'|'.join(NAMES)}|%|av \d|rapporter\b))|(?<=\bkl\.) (?=\d)|(?<=\d av) (?=\d)")


def write_page(content: Mapping[str, Any]) -> str:
    """The HTML of a summary for print.

    Arguments: content - from worker.summary.write_summary; checked once more before it is printed.
    Raises: marshmallow.ValidationError when it may not leave.
    """
    checked = check_content(content)
    return environment().get_template(f"pdf/{checked['kind']}.html").render(content=checked)


def write_handout(letter: Mapping[str, Any]) -> str:
    """The HTML of a decision to hand out, for print. Arguments: letter - as it was frozen."""
    return environment().get_template("pdf/handout.html").render(letter=letter)


def hold_together(value: Any) -> Any:
    """The value as it is printed: in a text, what belongs together gets a space that no line breaks at."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return HELD.sub("\u00a0", value)


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Where our templates are read from, for print and for mail."""
    # Everything is escaped, whatever a file is called, and a name that is missing stops the page.
    return Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=hold_together,
        trim_blocks=True,
        lstrip_blocks=True,
    )
