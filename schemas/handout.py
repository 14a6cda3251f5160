"""Handing out public records: what may be asked and decided, and texts with what is masked really gone.

Pure: texts and places in, pieces out. A masked piece carries its ground and nothing of the words, not even how many.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from marshmallow import fields, validates_schema

from schemas.form import PICK, Form, free_day, free_text, must, needed_day, needed_text, refuse
from schemas.personal_data import screen
from schemas.words import Word

PROMPT_DAYS = 3  # working days. The law says only "skyndsamt"; JO has found a few days to be what that allows.
MOST_COPIES = 50
LONGEST_SUBJECT, LONGEST_REASONS, LONGEST_WORDS = 300, 1000, 200  # characters
REFERENCE = re.compile(r"LH-\d{4}-\d{4,}")
# Offentlighets- och sekretesslagen (2009:400), chapter and section; the words say when.
GROUNDS = {
    "25:1": "25 kap. 1 § (hälso- och sjukvård)",
    "26:1": "26 kap. 1 § (socialtjänst)",
    "28:1": "28 kap. 1 § (socialförsäkring)",
    "28:11": "28 kap. 11 § (arbetsmarknad)",
    "21:3": "21 kap. 3 § (förföljda personer)",
    "21:7": "21 kap. 7 § (dataskydd)",
}
UNGROUNDED = ""  # the guard has marked it, and nobody has yet said why it is secret


class HandoutState(Word):
    OPEN = "open", "Förbereds"
    DECIDED = "decided", "Beslutad"
    DROPPED = "dropped", "Återtagen av den som frågade"


class Verdict(Word):
    GRANTED = "granted", "Lämnas ut i sin helhet"
    PARTLY = "partly", "Lämnas ut med maskeringar"
    REFUSED = "refused", "Lämnas inte ut"


class Field(NamedTuple):
    """One text of a report: its code, its heading, and what it says."""

    code: str
    label: str
    text: str


class Mask(NamedTuple):
    field: str
    start: int
    end: int
    ground: str


class Part(NamedTuple):
    """A stretch of a text. Where `ground` is set, it is masked and `text` is empty."""

    text: str
    ground: str | None = None


def automatic(texts: Iterable[Field]) -> list[Mask]:
    """A mask without ground for everything that the guard of personal data finds."""
    return [Mask(one.code, found.start, found.end, UNGROUNDED) for one in texts for found in screen(one.text)]


def places(texts: Iterable[Field], words: str, ground: str) -> list[Mask]:
    """A mask for every place where these words stand, however they are written."""
    pattern = re.compile(r"\s+".join(map(re.escape, words.split())), re.IGNORECASE)
    return [Mask(one.code, hit.start(), hit.end(), ground) for one in texts for hit in pattern.finditer(one.text)]


def joined(masks: Iterable[Mask]) -> list[Mask]:
    """The same masks, in order, with those that overlap made one. The ground of the later one stands, unless it has
    none: what somebody has decided goes before what the guard has marked."""
    found: list[Mask] = []
    for mask in sorted(masks, key=lambda one: (one.field, one.start, one.end)):
        last = found[-1] if found else None
        if last is None or last.field != mask.field or mask.start >= last.end:
            found.append(mask)
        else:
            end = max(last.end, mask.end)
            found[-1] = last._replace(end=end, ground=mask.ground or last.ground)
    return found


def blackened(one: Field, masks: Iterable[Mask]) -> list[Part]:
    """A text in pieces. Nothing of what is masked is in any of them."""
    parts, at = list[Part](), 0
    for mask in joined(mask for mask in masks if mask.field == one.code):
        parts += [Part(one.text[at : mask.start]), Part("", mask.ground)]
        at = mask.end
    return [part for part in [*parts, Part(one.text[at:])] if part.text or part.ground is not None]


def mark(texts: Sequence[Field]) -> str:
    """A sum of some texts, to notice when they change."""
    return hashlib.sha256(repr([tuple(one) for one in texts]).encode()).hexdigest()


class HandoutSchema(Form):
    """What somebody has asked for. Arguments: areas - the codes on offer; today - the day it is."""

    texts = ("subject",)
    subject = needed_text(LONGEST_SUBJECT, "Skriv vad som har begärts, inte av vem")
    area = fields.String(**must("Välj kommunområde"))
    asked_on = needed_day("Skriv vilken dag begäran kom")
    references = free_text(2000)
    first_day = free_day()
    last_day = free_day()

    def __init__(self, areas: Sequence[str], today: date) -> None:
        super().__init__()
        self.areas, self.today = areas, today

    @validates_schema(skip_on_field_errors=True)
    def _check(self, data: Mapping[str, Any], **_: Any) -> None:
        problems: dict[str, str] = {}
        if data["area"] not in self.areas:
            problems["area"] = PICK
        if data["asked_on"] > self.today:
            problems["asked_on"] = "Begäran kan inte ha kommit i framtiden"
        if not data["references"] and not (data["first_day"] and data["last_day"]):
            problems["references"] = "Skriv referensnummer, eller en första och en sista dag"
        wrong = [word for word in split(data["references"]) if not REFERENCE.fullmatch(word)]
        if wrong:
            problems["references"] = "Skriv numren som LH-2026-0001, ett på varje rad"
        if data["first_day"] and data["last_day"] and data["last_day"] < data["first_day"]:
            problems["last_day"] = "Sista dagen kan inte komma före den första"
        refuse(problems)


def split(references: str) -> list[str]:
    """The reference numbers of a text, each once, in their order."""
    return list(dict.fromkeys(re.split(r"[\s,;]+", references.strip()))) if references.strip() else []


class MaskSchema(Form):
    """Words to mask by hand. They are looked for and forgotten: only the places are kept."""

    mask_words = needed_text(LONGEST_WORDS, "Skriv orden precis som de står i texten")
    ground = fields.String(**must("Välj vilken bestämmelse som gör uppgiften hemlig"))

    @validates_schema(skip_on_field_errors=True)
    def _check(self, data: Mapping[str, Any], **_: Any) -> None:
        refuse({} if data["ground"] in GROUNDS else {"ground": PICK})


class VerdictSchema(Form):
    """The decision. Arguments: masked - whether anything is masked; open_masks - how many have no ground."""

    texts = ("reasons",)
    verdict = fields.String(**must("Välj vad du har kommit fram till"))
    reasons = free_text(LONGEST_REASONS)

    def __init__(self, masked: bool, open_masks: int) -> None:
        super().__init__()
        self.masked, self.open_masks = masked, open_masks

    @validates_schema(skip_on_field_errors=True)
    def _check(self, data: Mapping[str, Any], **_: Any) -> None:
        verdict = data["verdict"]
        problem = None
        if verdict not in list(Verdict):
            problem = PICK
        elif verdict != Verdict.REFUSED and self.open_masks:
            problem = "Välj bestämmelse för varje maskering, eller ta bort den, innan du beslutar"
        elif verdict == Verdict.GRANTED and self.masked:
            problem = "Det finns maskeringar. Välj Lämnas ut med maskeringar, eller ta bort dem"
        elif verdict == Verdict.PARTLY and not self.masked:
            problem = "Inget är maskerat. Välj Lämnas ut i sin helhet, eller maskera"
        problems = {"verdict": problem} if problem else {}
        if verdict in (Verdict.PARTLY, Verdict.REFUSED) and not data["reasons"]:
            problems["reasons"] = "Skriv skälen. Den som får avslag har rätt till dem"
        refuse(problems)
