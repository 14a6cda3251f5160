"""Moment 22 as a figure: the actors on a ring, and an arrow from each to the one it waits for."""

from __future__ import annotations

from math import cos, hypot, pi, sin
from typing import Any

from schemas.deadlock import circle

WIDTH, HEIGHT, LOW = 320, 150, 52  # LOW is enough for two who stand side by side.
BOX_WIDTH, BOX_HEIGHT = 118, 28  # The longest name, Arbetsförmedlingen, in letters of 11.
CLEAR = 8  # between an arrow and a box
APART = 12  # Two actors wait for each other: one arrow above the middle, one below.


def figure(text: str) -> dict[str, Any] | None:
    """What the page draws and says of a circle in a text; None when there is none."""
    found = circle(text)
    if not found:
        return None
    centres = [_centre(at, len(found)) for at in range(len(found))]
    boxes = [
        {"label": one.actor, "x": x - BOX_WIDTH / 2, "y": y - BOX_HEIGHT / 2, "text_x": x, "text_y": y + 4}
        for one, (x, y) in zip(found, centres, strict=True)
    ]
    arrows = [_arrow(centres[at], centres[(at + 1) % len(found)], len(found) == 2) for at in range(len(found))]
    said = [(one.actor, one.condition) for one in found]
    return {
        "width": WIDTH,
        "height": LOW if len(found) == 2 else HEIGHT,
        "box": (BOX_WIDTH, BOX_HEIGHT),
        "boxes": boxes,
        "arrows": arrows,
        "said": said,
    }


def _centre(at: int, count: int) -> tuple[float, float]:
    """Two stand side by side; three and four on a ring, the first at the top."""
    turn = 2 * pi * at / count - (pi if count == 2 else pi / 2)
    across, down = (WIDTH - BOX_WIDTH) / 2 - 2, (HEIGHT - BOX_HEIGHT) / 2 - 2
    middle = LOW / 2 if count == 2 else HEIGHT / 2
    return WIDTH / 2 + across * cos(turn), middle + down * sin(turn)


def _arrow(start: tuple[float, float], end: tuple[float, float], pair: bool) -> dict[str, float]:
    """From edge to edge, so that no arrow lies over a name."""
    across, down = end[0] - start[0], end[1] - start[1]
    length = hypot(across, down)
    aside = APART / 2 if pair else 0.0
    x, y = -down / length * aside, across / length * aside
    from_edge = _to_edge(across, down)
    return {
        "x1": start[0] + across * from_edge + x,
        "y1": start[1] + down * from_edge - y,
        "x2": end[0] - across * from_edge + x,
        "y2": end[1] - down * from_edge - y,
    }


def _to_edge(across: float, down: float) -> float:
    """The share of a line between two centres that lies within the first box and its clearance."""
    sides = [(BOX_WIDTH / 2 + CLEAR) / abs(across)] if across else []
    ends = [(BOX_HEIGHT / 2 + CLEAR) / abs(down)] if abs(down) > 1 else []
    return min(*sides, *ends, 0.5)
