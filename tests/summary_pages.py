"""A summary as the web shows it."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from settings import ROOT


def web_page(content: dict[str, Any], pdf_href: str | None) -> str:
    made = Environment(loader=FileSystemLoader(ROOT / "templates"), undefined=StrictUndefined, autoescape=True)
    made.globals.update(url_for=lambda endpoint, **_: f"/{endpoint}", get_flashed_messages=lambda: [])
    nothing = {"draft": False, "replaced_by": None, "approved": "", "sha256": None}
    summary = {"title": content["title"], "pdf_href": pdf_href, "reference": content["reference"], **nothing}
    return made.get_template("web/rapport.html").render(
        content=content, summary=summary, nav=[], who=None, example_data=False
    )
