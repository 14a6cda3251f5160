"""The forms of a page as a browser would send them: where to, with which values, and where one may write."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from tests.site import Visitor

WRITTEN = ("text", "search", "email", "")  # the kinds of input in which anything may be written
NEVER = ("/logga-ut", "/logga-in", "/static", "/konto/", "#")  # what ends the visit, or is about passwords
MOST_PAGES = 150


@dataclass
class WebForm:
    """A form that is posted. `values` is what is filled in already; `texts` are the fields one writes in."""

    page: str
    action: str
    values: dict[str, Any] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)


class _Reader(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page
        self.forms: list[WebForm] = []
        self.named: dict[str, WebForm] = {}  # the forms by their ids
        self.detours: list[tuple[str, WebForm | None, str]] = []  # buttons that send a form elsewhere
        self.links: list[str] = []
        self.form: WebForm | None = None
        self.area: str | None = None
        self.menu: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and given.get("href", "").startswith("/"):
            self.links.append(given["href"])
        if tag == "form":
            self.form = WebForm(self.page, given.get("action") or self.page)
            self.named[given.get("id", "")] = self.form
            if given.get("method", "get").lower() == "post":
                self.forms.append(self.form)
        elif tag == "button" and given.get("formaction"):
            self.detours.append((given.get("form", ""), self.form, given["formaction"]))
        elif self.form is not None:
            self._field(tag, given, self.form)

    def _field(self, tag: str, given: dict[str, str], form: WebForm) -> None:
        name, kind = given.get("name", ""), given.get("type", "")
        if tag == "textarea":
            self.area = name
            form.texts[name], form.values[name] = "textarea", ""
        elif tag == "select":
            self.menu = name
        elif (
            tag == "option"
            and self.menu
            and ("selected" in given or (given.get("value") and not form.values.get(self.menu)))
        ):
            form.values[self.menu] = given.get("value", "")
        elif tag == "input" and name and kind in WRITTEN:
            form.texts[name], form.values[name] = kind, given.get("value", "")
        elif tag == "input" and name and kind not in ("submit", "file", "checkbox"):
            if kind != "radio" or "checked" in given or name not in form.values:
                form.values[name] = given.get("value", "")
        elif tag == "button" and name and name not in form.values:
            form.values[name] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        if self.area and self.form:
            self.form.values[self.area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "textarea":
            self.area = None
        elif tag == "select":
            self.menu = None


def forms_of(page: str, text: str) -> tuple[list[WebForm], list[str]]:
    """The forms that a page posts, once for each address that a button of theirs sends them to, and its links."""
    reader = _Reader(page)
    reader.feed(text)
    sent = ((reader.named.get(name) if name else around, action) for name, around, action in reader.detours)
    detours = [WebForm(page, action, dict(form.values), dict(form.texts)) for form, action in sent if form]
    return reader.forms + detours, reader.links


def walk(visitor: Visitor, start: str = "/") -> Iterator[WebForm]:
    """Every form on every page that somebody can reach by links."""
    seen, waiting = set[str](), [start]
    while waiting and len(seen) < MOST_PAGES:
        address = waiting.pop(0)
        if address in seen or address.startswith(NEVER):
            continue
        seen.add(address)
        answer = visitor.get(address)
        if answer.location:
            waiting.append(answer.location)
        elif answer.mimetype == "text/html" and answer.status_code == 200:
            forms, links = forms_of(address, answer.text)
            yield from forms
            waiting += links
