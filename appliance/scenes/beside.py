"""What else stands on a page with digits, in its units: notes, drawings, print on its back."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from appliance.scenes.chance import log_uniform
from appliance.scenes.digits import DIGITS
from appliance.scenes.held import underline
from appliance.scenes.joined import OFTEN_JOINED, write_words
from appliance.scenes.letters import WORDS
from appliance.scenes.paper import BOARDS, DARK
from appliance.scenes.signs import SIGNS
from appliance.scenes.strokes import Stroke
from appliance.scenes.wordless import figure
from appliance.scenes.writer import Writer
from appliance.scenes.writing import (
    Mark,
    centred,
    extent,
    mirror,
    move,
    print_lines,
    write_lines,
)

BACK = 0.15
"""How often the back of a page is printed on."""

DRAWN = 0.12
"""How often there is a drawing beside the digits, where there is nothing else."""

STIFF = DARK | BOARDS
"""What no print shines through."""

Group = list[Stroke]


def beside(
    rng: Generator, writer: Writer, marks: list[Mark], unit: float, width: float
) -> list[Group]:
    """Mostly nothing; else an underline, a dash or a dot, words, specks of dirt, or a drawing.

    unit: height of a digit. width: of the pen, in heights of a digit. Returns groups of strokes.
    """
    notes = _noted(rng, writer, marks, unit, width)
    if not notes and rng.random() < DRAWN:
        return _drawn(rng, writer, marks, unit, width)
    return notes


def _noted(
    rng: Generator, writer: Writer, marks: list[Mark], unit: float, width: float
) -> list[Group]:
    """An underline, a dash or a dot, lines of words, or specks of dirt; mostly nothing."""
    kind = rng.random()
    if kind < 0.04:
        return [[underline(rng, writer, marks, unit, width)]]
    if kind < 0.08:
        return [_dash(rng, marks, unit, width)]
    if kind < 0.24:
        return _words(rng, writer, marks, unit, width) if len(marks) > 1 else []
    return _specks(rng, marks, unit) if kind < 0.28 else []


def _dash(rng: Generator, marks: list[Mark], unit: float, width: float) -> Group:
    """A dot or a dash left or right of the digits."""
    left, _, right, bottom = extent(marks)
    length = rng.choice((0.01, 0.01, 0.25))
    x, y = (left - 0.45 * unit, right + 0.2 * unit)[int(rng.integers(2))], bottom - 0.4 * unit
    spots = np.array([(x, y), (x + length * unit, y)])
    return [np.column_stack([spots, [width * unit] * 2])]


def _words(
    rng: Generator, writer: Writer, marks: list[Mark], unit: float, width: float
) -> list[Group]:
    """Up to four lines of words, and of signs between them, above or below the digits."""
    longest = max(sum(mark.sign in DIGITS for mark in marks) // 2, 3)
    lines = [" ".join(_word(rng) for _ in range(int(rng.integers(1, longest))))
             for _ in range(int(rng.integers(1, 5)))]  # fmt: skip
    size = unit * rng.uniform(0.5, 1.0)
    pen, joined = min(width * unit / size, 0.2), rng.random() < OFTEN_JOINED
    text = write_words(rng, writer, lines, size, pen, joined=joined)
    left, top, _, bottom = extent(marks)
    start, high, _, low = extent(text)
    away = unit * rng.uniform(0.4, 1.2)
    down = top - low - away if rng.random() < 0.6 else bottom - high + away
    return _moved(text, (left - start, down))


def _word(rng: Generator) -> str:
    if rng.random() < 0.8:
        return str(rng.choice(WORDS))
    return "".join(rng.choice(list(SIGNS), int(rng.integers(1, 4))))


def _specks(rng: Generator, marks: list[Mark], unit: float) -> list[Group]:
    """Spots far smaller than a digit, anywhere about the digits."""
    left, top, right, bottom = extent(marks)
    count = int(rng.integers(2, 9))
    across, down = rng.uniform(left - unit, right + unit, count), rng.uniform(top, bottom, count)
    size = unit * log_uniform(rng, 0.008, 0.04)
    length = size * rng.uniform(0, 2, (2, count))
    return [
        [np.array([(x, y, size), (x + wide, y + high, size * rng.uniform(0.5, 1))])]
        for x, y, wide, high in zip(across, down, *length, strict=True)
    ]


def _drawn(
    rng: Generator, writer: Writer, marks: list[Mark], unit: float, width: float
) -> list[Group]:
    """A drawing or some signs above, below, left or right of all that is written."""
    if rng.random() < 0.5:
        shapes = [figure(rng, writer, ("drawing", "pattern")[int(rng.integers(2))], width)]
    else:
        text = "".join(rng.choice(list(SIGNS), int(rng.integers(1, 4))))
        shapes = [mark.strokes for mark in write_lines(rng, writer, [text], 1.0, width)]
    size = unit * rng.uniform(0.6, 1.6)
    shown = centred([Mark("beside", 0, strokes) for strokes in shapes], size)
    left, top, right, bottom = extent(marks)
    wide, high = extent(shown)[2], extent(shown)[3]
    away = unit * rng.uniform(0.3, 0.8)
    x, y = rng.uniform(left, right), rng.uniform(top, bottom)
    spots = ((left - wide - away, y), (right + wide + away, y),
             (x, top - high - away), (x, bottom + high + away))  # fmt: skip
    return _moved(shown, spots[int(rng.integers(4))])


def printed_back(rng: Generator, paper: str, size: tuple[int, int]) -> list[Group]:
    """Mostly nothing; else a printed text as it shines through from the back: mirrored.

    size: height and width of the frame, which its letters are small for.
    """
    if paper in STIFF or rng.random() > BACK:
        return []
    unit = log_uniform(rng, 0.009, 0.025) * size[0]
    rows, words = int(rng.integers(4, 22)), int(rng.integers(2, 9))
    lines = [" ".join(rng.choice(WORDS, int(rng.integers(1, words + 1)))) for _ in range(rows)]
    leading, pen = rng.uniform(1.6, 3.5), rng.uniform(0.08, 0.18)
    text = print_lines(rng, lines, unit, pen, leading=leading)
    mirror(text)
    across, down = rng.normal(0, 0.15, 2)
    return _moved(text, (across * size[1], down * size[0]))


def _moved(marks: list[Mark], by: tuple[float, float]) -> list[Group]:
    move(marks, by)
    return [mark.strokes for mark in marks]
