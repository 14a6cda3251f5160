"""What differs between two summaries, told from what they print: every number here is protected already. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

MOST_LINES = 12
NOTHING = "Inga tal har ändrats."
PARTS = (
    ("sentences", "Det viktigaste", ("claim", "text")),
    ("questions", "Förslag", ("question",)),
    ("cases", "Ärende", ("heading", "question")),
)


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """One line for each number that both print and that is another now, then for what is new, gone or rewritten.

    Arguments: two contents; they may be of different periods, then only the months that both tell are compared.
    Returns: at most MOST_LINES lines; the last one tells how many more there are.
    """
    lines = [*_numbers(before, after), *_problems(before, after), *_decided(before, after), *_texts(before, after)]
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
        if figure["label"].startswith("rapporter i "):  # A month's own figure stands among the months already.
            continue
        numbers[figure["label"].split(",")[0]] = figure["text"]
    numbers |= {row["label"]: row["number"]["text"] for row in content["categories"]["rows"]}
    columns = [column["name"] for column in content["heat_map"]["columns"]]
    for row in content["heat_map"]["rows"]:
        for column, cell in zip(columns, row["cells"], strict=False):
            numbers[f"{row['name']} om {column}"] = cell["number"]["text"]
    return numbers


def _problems(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """Which recurring problems are new and which are gone; their names are put together from categories and parties."""
    former, present = _problem_names(before), _problem_names(after)
    yield from (f"Nytt återkommande problem: {name}." for name in present if name not in former)
    yield from (f"Inte längre ett återkommande problem: {name}." for name in former if name not in present)


def _problem_names(content: Mapping[str, Any]) -> list[str]:
    rows = (content.get("problems") or {}).get("rows", [])
    return [f"{row['name']}, {row['actors'][:1].lower()}{row['actors'][1:]}" for row in rows]


def _decided(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """How many decisions and actions are new or stand otherwise. What they say a person has written, so it is not
    repeated here."""
    former, present = _states(before), _states(after)
    counts = {
        "Nya beslut och åtgärder": sum(what not in former for what in present),
        "Beslut och åtgärder i nytt läge": sum(what in former and former[what] != present[what] for what in present),
        "Beslut och åtgärder som inte längre tas upp": sum(what not in present for what in former),
    }
    yield from (f"{name}: {count}." for name, count in counts.items() if count)


def _states(content: Mapping[str, Any]) -> dict[str, str]:
    """How each decision or action stands, by what is to be done."""
    chapter = content.get("actions") or (content.get("pack") or {}).get("followup") or {}
    return {f"{row['decision']} {row['what']}": f"{row['state']} {row['effect']}" for row in chapter.get("rows", [])}


def _texts(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for part, name, texts in PARTS:
        former, present = (
            [tuple(item[text] for text in texts) for item in _items(one, part)] for one in (before, after)
        )
        for index, words in enumerate(present, start=1):
            if words not in former:
                yield f"{name}, punkt {index}, har ny text."
        if len(present) < len(former):
            yield f"{name} har färre punkter än tidigare."


def _items(content: Mapping[str, Any], part: str) -> list[dict[str, Any]]:
    """The items of a list; a meeting pack has its cases where a report has its proposals."""
    pack = content.get("pack")
    if pack and part != "sentences":
        return list(pack["cases"]) if part == "cases" else []
    return list(content.get(part) or [])
