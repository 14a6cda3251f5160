"""How a function is named beside the party that it belongs to."""

from __future__ import annotations


def without_party(function: str, *names: str) -> str:
    """The function without its party at the end, since that is said beside it: `Sektionschef, AF` is `Sektionschef`.

    Arguments: names - what the party is called, long and short.
    """
    for name in names:
        function = function.removesuffix(f", {name}")
    return function
