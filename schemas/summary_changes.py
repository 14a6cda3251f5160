"""What differs between two summaries, told from what they print: every number here is protected already. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

MOST_LINES = 12
NOTHING = "Inga tal har ändrats."
PARTS = (("sentences", "Det viktigaste", ("claim", "text")), ("questions", "Att ta ställning till", ("question",)))


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """One line for each number that both print and that is another now, then for what is new, gone or rewritten.

    Arguments: two contents; they may be of different periods, then only the months that both tell are compared.
    Returns: at most MOST_LINES lines; the last one tells how many more there are.
    """
    lines = [*_numbers(before, after), *_texts(before, after)]
    if len(lines) <= MOST_LINES:
        return lines or [NOTHING]
    return [*lines[: MOST_LINES - 1], f"Dessutom har {len(lines) - MOST_LINES + 1} uppgifter till ändrats."]


def _numbers(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    former, present = printed_numbers(before), printed_numbers(after)
    for name in present:
        if name in former and former[name] != present[name]:
            yield f"{name}: {present[name]}, tidigare {former[name]}."


def printed_numbers(content: Mapping[str, Any]) -> dict[str, str]:
    """Every number that a summary prints in its figures and tables, by what it is the number of."""
    numbers = {f"Rapporter i {month['name']}": month["number"]["text"] for month in content["trend"]["months"]}
    for figure in content["key_figures"]:
        if "månad" in figure["label"]:  # A month's own figure stands among the months already.
            continue
        numbers[figure["label"].split(",")[0]] = figure["text"]
    numbers |= {row["label"]: row["number"]["text"] for row in content["categories"]["rows"]}
    columns = [column["name"] for column in content["heat_map"]["columns"]]
    for row in content["heat_map"]["rows"]:
        for column, cell in zip(columns, row["cells"], strict=False):
            numbers[f"{row['name']} om {column}"] = cell["number"]["text"]
    return numbers


def _texts(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for part, name, texts in PARTS:
        former = [tuple(item[text] for text in texts) for item in before.get(part) or []]
        present = [tuple(item[text] for text in texts) for item in after.get(part) or []]
        for index, words in enumerate(present, start=1):
            if words not in former:
                yield f"{name}, punkt {index}, har ny text."
        if len(present) < len(former):
            yield f"{name} har färre punkter än tidigare."
