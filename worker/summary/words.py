"""Swedish for sentences that rules write: numbers as words, inflection, lists. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from schemas.disclosure import THRESHOLD, Protected

SMALL = ("noll", "en", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv")
TOO_FEW = "för få för att visas"
# Names that are also everyday words are written small inside a sentence; real names keep their capital.
EVERYDAY = ("Kommunen", "Regionen", "Annan", "Annat")


def number_word(number: int) -> str:
    """Zero to twelve as words, what is larger as digits, as Swedish agencies write (Myndigheternas skrivregler)."""
    return SMALL[number] if 0 <= number < len(SMALL) else str(number)


def how_many(number: int, one: str, many: str, *, neuter: bool = False) -> str:
    """A number with its noun: `ingen part`, `ett möte`, `två parter`."""
    if number == 0:
        return f"{'inget' if neuter else 'ingen'} {one}"
    if number == 1:
        return f"{'ett' if neuter else 'en'} {one}"
    return f"{number_word(number)} {many}"


def in_digits(*numbers: Protected) -> bool:
    """Whether numbers that stand side by side are written as digits: when one of them has no word."""
    return any((number.value or 0) >= len(SMALL) for number in numbers)


def about(number: Protected, *beside: Protected) -> str:
    """A protected number of reports as it stands in a sentence: `inga`, `färre än fem`, `omkring tio`.

    A number that names somebody may be hidden because few people reported: then it need not be below five.

    Arguments: beside - other numbers in the same sentence, so that all are written alike.
    """
    if number.value is None:
        return "färre än fem" if number.at_most < THRESHOLD else TOO_FEW
    if number.value == 0:
        return "inga"
    return f"omkring {number.value if in_digits(number, *beside) else number_word(number.value)}"


def reports(number: Protected, *beside: Protected) -> str:
    """The same with its noun: `omkring 25 rapporter`."""
    words = about(number, *beside)
    return words if words == TOO_FEW else f"{words} rapporter"


def beside(norm: Protected | None, number: Protected, when: str, *, first: bool = True) -> str:
    """The number that another is held against, as it stands behind it: `, en vanlig månad omkring 25`.

    Arguments: norm - none when there is nothing to hold against; number - the other; when - what the norm is of;
    first - whether that stands before the norm.
    """
    if norm is None:
        return ""
    told = about(norm, number)
    if told == TOO_FEW:
        return f", antalet {when} visas inte"
    return f", {when} {told}" if first else f", {told} {when}"


def capital(text: str) -> str:
    """The text with its first letter large; the rest as it is."""
    return text[:1].upper() + text[1:]


def inside(name: str) -> str:
    """A name as it is written inside a sentence."""
    return name[:1].lower() + name[1:] if name.split(" ")[0] in EVERYDAY and " " not in name else name


def listed(parts: Sequence[str]) -> str:
    """`a`, `a och b`, `a, b och c`."""
    return " och ".join(filter(None, [", ".join(parts[:-1]), parts[-1] if parts else ""]))


def signed(difference: int | None) -> str:
    """A difference with its sign, `±0` for none, a dash where it may not be told."""
    if difference is None:
        return "–"
    return f"{'+' if difference > 0 else '−'}{abs(difference)}" if difference else "±0"


def shortened(text: str, longest: int) -> str:
    """The text, cut between two words when it is too long. Arguments: longest - characters."""
    if len(text) <= longest:
        return text
    return f"{text[: longest - 2].rsplit(' ', 1)[0].rstrip(',;:. ')} …"
