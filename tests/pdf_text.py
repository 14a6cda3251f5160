"""The words of a PDF, page by page, read from its fonts' own tables of letters: needs no program but pikepdf."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pikepdf


def read_pages(document: bytes) -> list[str]:
    """What each page shows, hidden hyphens taken out, in the order it was drawn."""
    with pikepdf.open(BytesIO(document)) as pdf:
        return [_read(page) for page in pdf.pages]


def read_streams(document: bytes) -> bytes:
    """Everything in the file, unpacked: pages, fonts, metadata, and objects in plain sight."""
    plain = BytesIO()
    with pikepdf.open(BytesIO(document)) as pdf:
        pdf.save(
            plain,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            stream_decode_level=pikepdf.StreamDecodeLevel.all,
            compress_streams=False,
        )
    return plain.getvalue()


def _read(page: pikepdf.Page) -> str:
    letters: dict[str, dict[bytes, str]] = {}
    return " ".join(_words(page.obj, page.resources, letters)).replace("\u00ad", "")


def _words(thing: Any, resources: Any, letters: dict[str, dict[bytes, str]]) -> list[str]:
    """The text of a page, or of a drawing on it, which is a small page of its own."""
    words, alphabet = [], dict[bytes, str]()
    for instruction in pikepdf.parse_content_stream(thing):
        operands: Any = instruction.operands
        operator = instruction.operator
        if str(operator) == "Tf":
            alphabet = read_alphabet(resources.Font[operands[0]])
        elif str(operator) in ("Tj", "TJ"):
            words.append(read_string(operands[0], alphabet))
        elif str(operator) == "Do" and resources.XObject[operands[0]].Subtype == pikepdf.Name.Form:
            drawing = resources.XObject[operands[0]]
            words += _words(drawing, drawing.get("/Resources", resources), letters)
    return words


def read_alphabet(font: Any) -> dict[bytes, str]:
    """What each code of a font stands for; nothing when it does not tell."""
    if "/ToUnicode" not in font:
        return {}
    table = font.ToUnicode.read_bytes().decode("ascii")
    pairs = re.findall(r"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>\s*$", table, flags=re.MULTILINE)
    return {bytes.fromhex(code): bytes.fromhex(letter).decode("utf-16-be") for code, letter in pairs}


def read_string(shown: Any, alphabet: dict[bytes, str]) -> str:
    """What one operator shows: a string, or strings between shifts."""
    parts = shown if isinstance(shown, pikepdf.Array) else [shown]
    return "".join(_decode(bytes(part), alphabet) for part in parts if isinstance(part, pikepdf.String))


def _decode(codes: bytes, alphabet: dict[bytes, str]) -> str:
    return "".join(alphabet.get(codes[index : index + 2], "") for index in range(0, len(codes), 2))
