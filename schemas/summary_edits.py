"""What a coordinator may write instead of our sentences and proposals: plain, screened texts; the original is kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Any

from marshmallow import validate

from schemas.counts.printed import Statement, printed_statements, unprinted
from schemas.counts.told import instead, small_counts
from schemas.form import Form, must
from schemas.report import Text
from schemas.summary.fields import SMALL_COUNT, TOO_SMALL

# The lists of a summary that may be written otherwise, and the texts of each of their items. A meeting pack prints its
# cases where a report prints its questions.
EDITABLE = {
    "sentences": ("claim", "text"),
    "questions": ("heading", "question", "background"),
    "cases": ("heading", "question"),
}
LONGEST_EDIT = 500  # characters of one text
NOT_PRINTED = "Antalet {number} står inte i sammanställningen. Skriv bara antal som står där"
EMPTY = "Skriv något här, eller ta tillbaka den text som stod"
# What rules have written, and so holds no free text. Whatever else a summary tells may have been written by a person.
WRITTEN_BY_RULES = {
    *("format", "kind", "example", "title", "heading", "subtitle", "recipient", "sender", "reference", "made_on"),
    *("first_month", "last_month", "sentences", "key_figures", "questions", "heat_map", "categories", "trend"),
    *("next_forum", "meetings", "method", "labels", "counterparts", "areas"),
    *("left_out", "approval", "correction", "verify_at", "fingerprint"),
}


def field_name(part: str, index: int, text: str) -> str:
    """What a text is called in the form, for example `sentences_0_claim`."""
    return f"{part}_{index}_{text}"


def texts_of(content: Mapping[str, Any]) -> dict[str, str]:
    """Every text that may be edited, by its name in the form."""
    return {
        field_name(part, index, text): item[text]
        for part, index, item in editable_items(content)
        for text in EDITABLE[part]
    }


class EditSchema(Form):
    """The texts of one summary. `stood` are texts that pass as they are; `printed` is what the summary tells."""

    stood: Collection[str] = ()
    printed: Collection[Statement] = ()

    def counted(self, data: Mapping[str, Any]) -> dict[str, str]:
        anew = {name: data[name] for name in self.texts if data.get(name) and data[name] not in self.stood}
        problems = {name: _foreign_count(text, self.printed) for name, text in anew.items()}
        return {name: problem for name, problem in problems.items() if problem}


def edit_form(content: Mapping[str, Any], edits: Iterable[Mapping[str, Any]] = ()) -> EditSchema:
    """The form for the texts of one summary, with the guards of personal data and of counts. A text that stands as it
    was passes.

    Arguments: edits - those that are in the content already, whose originals may come back.
    """
    shown, originals = texts_of(content), [edit["original"] for edit in edits]
    length = validate.Length(min=1, max=LONGEST_EDIT, error=f"Skriv högst {LONGEST_EDIT} tecken")
    form = EditSchema.from_dict({name: Text(**must(EMPTY), validate=length) for name in shown}, name="EditSchema")()
    assert isinstance(form, EditSchema)  # noqa: S101 - tells the type: from_dict speaks of any schema.
    form.texts = tuple(shown)  # type: ignore[misc]
    form.stood = {*shown.values(), *(text for original in originals for text in original.values())}
    form.printed = printed_statements([content, originals])
    return form


def _foreign_count(text: str, printed: Collection[Statement]) -> str:
    """What is wrong with the numbers of a text; nothing when nothing is."""
    if small := small_counts(text):
        return instead(small)
    if SMALL_COUNT.search(text):
        return TOO_SMALL
    foreign = unprinted(text, printed)
    return NOT_PRINTED.format(number=", ".join(foreign)) if foreign else ""


def make_edits(content: Mapping[str, Any], edits: Iterable[Mapping[str, Any]], typed: Mapping[str, str]) -> list[Any]:
    """What is to be kept of a form: each item that differs from its original, with both.

    Arguments: content - as it is shown; edits - those that are in it already; typed - the form's texts by name.
    """
    before = {(edit["part"], edit["index"]): edit["original"] for edit in edits}
    made = []
    for part, index, item in editable_items(content):
        texts = EDITABLE[part]
        original = before.get((part, index)) if item.get("edited") else None
        original = original or {text: item[text] for text in texts}
        edited = {text: typed.get(field_name(part, index, text), item[text]) for text in texts}
        if edited != original:
            made.append({"part": part, "index": index, "original": original, "edited": edited})
    return made


def apply_edits(content: Mapping[str, Any], edits: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The content with the edits in it, each marked. An edit of a sentence that reads otherwise by now is left out:
    it spoke of other numbers."""
    written = deepcopy(dict(content))
    for edit in edits:
        items = _lists(written).get(edit["part"], [])
        item = items[edit["index"]] if edit["index"] < len(items) else {}
        if all(item.get(text) == words for text, words in edit["original"].items()):
            item.update(edit["edited"], edited=True)
    return written


def dropped_edits(content: Mapping[str, Any], edits: Iterable[Mapping[str, Any]]) -> list[str]:
    """The texts of edits that are not in the content any more, so that nobody has to remember them."""

    def stands(edit: Mapping[str, Any]) -> bool:
        items = _lists(content).get(edit["part"], [])
        there = items[edit["index"]] if edit["index"] < len(items) else {}
        return all(there.get(text) == words for text, words in edit["edited"].items())

    return [" ".join(edit["edited"].values()) for edit in edits if not stands(edit)]


def holds_free_text(content: Mapping[str, Any]) -> bool:
    """Whether a person has written anything in a summary: an edit, a paraphrase, a decision. What is not known to be
    written by rules counts as free text, so a part that is new is safe before anybody has thought of it."""
    foreign = any(value for name, value in content.items() if name not in WRITTEN_BY_RULES)
    return foreign or any(item.get("edited") for _, _, item in editable_items(content))


def editable_items(content: Mapping[str, Any]) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """Each item that may be written otherwise: its list, its place in it, and itself."""
    return ((part, index, item) for part, items in _lists(content).items() for index, item in enumerate(items))


def _lists(content: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    pack = content.get("pack")
    proposals = {"cases": pack["cases"]} if pack else {"questions": content.get("questions") or []}
    return {"sentences": content.get("sentences") or [], **proposals}
