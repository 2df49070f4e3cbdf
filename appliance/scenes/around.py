"""What people write around digits on a sheet: a ring or a frame, a name above or below."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.random import Generator

from appliance.scenes.joined import OFTEN_JOINED, write_words
from appliance.scenes.letters import WORDS
from appliance.scenes.strokes import Points
from appliance.scenes.writer import Writer, pen_line
from appliance.scenes.writing import Mark, extent, move

ROUND = 0.65
"""How often what encloses them is a ring; otherwise it is a frame."""

ONE_LINE = 0.3
"""How often it encloses one of several lines; otherwise all of them."""

RING, FRAME = (1.35, 2.0), (0.15, 0.5)
"""Height of a ring as a factor on that of what is in it; room within a frame, in heights of a
digit."""

NAME, AWAY = (0.35, 0.9), (0.3, 1.2)
"""Height of a name's letters, and its distance from the digits, in heights of a digit."""

WIDEST = 0.2
"""Widest pen that a name is written with, in heights of its letters."""


def enclosed(
    rng: Generator, writer: Writer, marks: Sequence[Mark], unit: float, pen: float
) -> list[Mark]:
    """A ring or a frame around the marks, or one of their lines.

    unit: height of a digit, in units of the page. pen: width of the line, in heights of a digit.
    """
    lines = sorted({mark.line for mark in marks})
    some = list(marks)
    if len(lines) > 1 and rng.random() < ONE_LINE:
        chosen = lines[int(rng.integers(len(lines)))]
        some = [mark for mark in marks if mark.line == chosen]
    left, top, right, bottom = (edge / unit for edge in extent(some))
    draw = _ring if rng.random() < ROUND else _frame
    path = draw(rng, (right - left) / 2, (bottom - top) / 2)
    foot = np.array((0.0, 1.0))  # about which `pen_line` leans it
    stroke = pen_line(rng, writer, path + foot, pen)
    stroke[:, :2] += np.array((left + right, top + bottom)) / 2 - foot
    return [Mark("around", -1, [stroke * unit])]


def named(
    rng: Generator, writer: Writer, marks: Sequence[Mark], unit: float, pen: float
) -> list[Mark]:
    """A word or two above or below the marks, as `enclosed` takes them."""
    text = " ".join(rng.choice(WORDS, int(rng.integers(1, 3))))
    size = float(rng.uniform(*NAME))
    width = min(pen / size, WIDEST)
    joined = rng.random() < OFTEN_JOINED
    words = write_words(rng, writer, [text], size * unit, width, joined=joined)
    left, top, right, bottom = extent(marks)
    start, high, end, low = extent(words)
    away = unit * rng.uniform(*AWAY)
    down = top - low - away if rng.random() < 0.5 else bottom - high + away
    share = rng.uniform(0, 1)  # from one edge of the digits to the other
    move(words, (share * (right - end) + (1 - share) * (left - start), down))
    return [Mark("word", -1, mark.strokes) for mark in words]


def _ring(rng: Generator, wide: float, high: float) -> Points:
    """A ring around a box of such half sides: it doesn't quite end where it began."""
    up = high * rng.uniform(*RING)
    across = max(wide + rng.uniform(0.3, 0.8) * high, up * rng.uniform(0.75, 1.1))
    start = rng.uniform(0, 2 * np.pi)
    turn = np.linspace(start, start + 2 * np.pi * rng.uniform(0.95, 1.12), 60)
    bulge = 1 + 0.04 * np.sin(2 * turn + rng.uniform(0, 6))
    bulge += np.linspace(0, rng.normal(0, 0.04), 60)
    if rng.random() < 0.5:
        turn = -turn
    return np.column_stack([across * bulge * np.cos(turn), up * bulge * np.sin(turn)])


def _frame(rng: Generator, wide: float, high: float) -> Points:
    """Four sides around such a box, drawn in one go."""
    side = np.array((wide, high)) + rng.uniform(*FRAME, 2)
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]) * side
    corners += rng.normal(0, 0.05, corners.shape)
    sides = [np.linspace(a, b, 12) for a, b in pairwise(corners)]
    return np.concatenate(sides)
