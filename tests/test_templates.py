"""The face: templates that parse, nothing inline, the design system behind our macros, vendored files unchanged."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined, UndefinedError, meta, nodes

ROOT = Path(__file__).parent.parent
TEMPLATES = ROOT / "templates"
STATIC = ROOT / "webapp" / "static"

PAGES = sorted([*TEMPLATES.glob("web/**/*.html"), *TEMPLATES.glob("charts/*.html")])
STYLE_SHEETS = sorted(STATIC.glob("*.css"))
VENDORED = (STATIC / "vendor" / "designsystemet", STATIC / "fonts")

# What a strict content security policy refuses, or what would leave our host.
INLINE = {
    "a style attribute": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "an event attribute": re.compile(r"\son[a-z]+\s*=\s*[\"'{]", re.IGNORECASE),
    "a script inside the page": re.compile(r"<script(?![^>]*\ssrc=)[^>]*>", re.IGNORECASE),
    "a script address": re.compile(r"javascript:", re.IGNORECASE),
    "a data: address": re.compile(r"\bdata:", re.IGNORECASE),
    "another host": re.compile(r"(?:https?:)?//[a-z0-9-]+\.[a-z]", re.IGNORECASE),
}
# Element, attribute, field, link: each fault a reader would also call one. Used to show that the search finds it.
FAULTY = {
    "a style attribute": '<p style="color: red">',
    "a style element": "<style>p { color: red }</style>",
    "an event attribute": '<a onclick="go()">',
    "a script inside the page": "<script defer>go()</script>",
    "a script address": '<a href="javascript:go()">',
    "a data: address": '<img src="data:image/png;base64,AA">',
    "another host": '<script src="https://cdn.example.com/x.js"></script>',
}


def inline_faults(text: str) -> list[str]:
    return [fault for fault, pattern in INLINE.items() if pattern.search(text)]


def names(paths: list[Path]) -> list[str]:
    return [path.relative_to(ROOT).as_posix() for path in paths]


@pytest.fixture(scope="module")
def environment() -> Environment:
    """Jinja as the web application sets it up."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(
        url_for=lambda endpoint, **_: f"/{endpoint}", csrf_token=lambda: "token", get_flashed_messages=lambda: []
    )
    return made


def test_there_are_pages_and_style_sheets_to_check() -> None:
    assert len(PAGES) > 20
    assert len(STYLE_SHEETS) >= 5


@pytest.mark.parametrize("name", [path.relative_to(TEMPLATES).as_posix() for path in PAGES])
def test_every_template_compiles_and_finds_what_it_imports(environment: Environment, name: str) -> None:
    source = (TEMPLATES / name).read_text(encoding="utf-8")
    tree = environment.parse(source)
    environment.get_template(name)
    for used in meta.find_referenced_templates(tree):
        assert used is not None, "a template is named by a variable, so this test cannot follow it"
        module = environment.get_template(used).module if used.startswith(("web/macros/", "charts/")) else None
        for wanted in imported_names(tree, used):
            assert hasattr(module, wanted), f"{used} has no {wanted}"


def imported_names(tree: nodes.Template, source: str) -> Iterator[str]:
    for found in tree.find_all(nodes.FromImport):
        if isinstance(found.template, nodes.Const) and found.template.value == source:
            yield from (name if isinstance(name, str) else name[0] for name in found.names)


def test_a_missing_value_stops_the_page_instead_of_leaving_a_hole(environment: Environment) -> None:
    with pytest.raises(UndefinedError, match="heading"):
        environment.get_template("web/fel.html").render(
            nav=[], who=None, example_data=False, code=500, text="", reference="", kept=[]
        )


@pytest.mark.parametrize("fault", INLINE)
def test_the_search_for_inline_code_finds_it(fault: str) -> None:
    assert fault in inline_faults(FAULTY[fault])


@pytest.mark.parametrize("name", names([*PAGES, *STYLE_SHEETS]))
def test_nothing_is_inline_and_nothing_is_fetched_from_elsewhere(name: str) -> None:
    assert inline_faults((ROOT / name).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("name", names(sorted(STATIC.rglob("*.css"))))
def test_a_style_sheet_only_asks_for_files_that_are_here(name: str) -> None:
    path = ROOT / name
    addresses = re.findall(r"""url\(["']?([^"')]+)""", path.read_text(encoding="utf-8"))
    assert [address for address in addresses if not (path.parent / address).is_file()] == []


def test_only_macros_name_classes_of_the_design_system() -> None:
    elsewhere = [path for path in PAGES if path.parent.name != "macros"]
    assert names([path for path in elsewhere if re.search(r"\bds-", path.read_text(encoding="utf-8"))]) == []


def test_a_stamp_of_what_was_seen_stands_only_in_a_guarded_form() -> None:
    """Elsewhere a browser's Back would lay old choices beside a fresh stamp."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in PAGES}
    bare = re.compile(r"hidden\('(version|seal|build)'")
    assert sum("call guarded_form(" in text for text in texts.values()) > 8
    assert [name for name, text in texts.items() if bare.search(text)] == []
    assert "{{ hidden(name, value) }}\n  {{ caller() }}" in texts["fields.html"]
    assert 'autocomplete="off" novalidate data-once>' in texts["fields.html"]


def test_our_own_classes_carry_our_prefix() -> None:
    """Else a class of ours may one day mean something in the design system."""
    css = "".join(re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL) for path in STYLE_SHEETS)
    selectors = "".join(re.findall(r"([^{}]*)\{", css))
    used = set(re.findall(r"\.([a-z][\w-]*)", selectors))
    assert "lh-card" in used
    assert sorted(name for name in used if not name.startswith(("lh-", "ds-"))) == []


def test_every_class_of_ours_on_a_page_has_a_rule() -> None:
    css = "".join(path.read_text(encoding="utf-8") for path in STYLE_SHEETS)
    ruled = set(re.findall(r"\.(lh-[\w-]+)", css))
    written = {
        (path.name, name)
        for path in PAGES
        for name in re.findall(r"(?<![\w.#-])lh-[a-z0-9-]+(?![\w{-])", path.read_text(encoding="utf-8"))
        if not name.endswith("-")
    }
    style_sheet_names = {path.stem for path in STYLE_SHEETS}
    assert sorted((page, name) for page, name in written if name not in ruled | style_sheet_names) == []


@pytest.mark.parametrize("folder", VENDORED, ids=lambda folder: folder.name)
def test_vendored_files_are_those_that_were_written_down(folder: Path) -> None:
    table = (folder / "VENDOR.md").read_text(encoding="utf-8")
    written = dict(re.findall(r"^\| `([^`]+)` \| `([0-9a-f]{64})` \|$", table, flags=re.MULTILINE))
    found = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "VENDOR.md"
    }
    assert found == written
    assert len(found) > 5
