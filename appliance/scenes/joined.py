"""Words in joined writing: small letters in one stroke, the pen lifted for dots and bars."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.random import Generator

from appliance.scenes.letters import Letter
from appliance.scenes.strokes import Controls, Points, Stroke, bounds, parse, spline
from appliance.scenes.writer import Writer, pen_line, write_sign
from appliance.scenes.writing import Mark, Spacing, centred, move, write_lines

STRETCH = (0.8, 1.5)
"""How wide a writer sets joined letters, as a factor on their width."""

LIFT = 0.08
"""How often the pen is lifted between two letters of a word, and leaves room: see APART."""

BESIDE = 0.08
"""What is left free after a sign that stands alone, in heights of a digit."""

APART = (0.1, 0.25)
"""Room between letters that aren't joined, in heights of a digit, fewest and most."""

BETWEEN = (0.3, 0.8)
"""The same between words, in heights of a digit."""

LEADING = 1.7
"""From line to line, in heights of a digit."""

OFTEN_JOINED = 0.5
"""How often words are in joined writing."""

JOINED: dict[str, Letter] = {
    "a": Letter(0.42, 1.0, 0.55, "0,98 18,40 48,6 84,8! 48,2 14,34 14,80 40,100 72,70 84,6! 78,70 "
                "86,98 100,92"),
    "b": Letter(0.0, 1.0, 0.5, "0,98 40,40 58,8 40,0 24,20 20,90 44,100 70,80 64,56 52,60 100,62"),
    "c": Letter(0.42, 1.0, 0.5, "0,95 14,40 50,6 86,18! 52,2 16,34 16,80 50,100 100,84"),
    "d": Letter(0.0, 1.0, 0.56, "0,98 16,66 44,46 78,48! 48,44 14,62 16,92 42,98 72,80 86,0! 80,86 "
                "90,100 100,94"),
    "e": Letter(0.42, 1.0, 0.46, "0,96 50,66 80,26 50,0 20,30 22,80 54,100 100,84"),
    "f": Letter(0.0, 1.42, 0.46, "0,70 46,30 60,6 44,0 32,24 30,94 40,100 50,84 42,68! 100,66"),
    "g": Letter(0.42, 1.42, 0.55, "0,56 16,24 46,4 82,5! 50,1 14,18 16,46 44,56 74,38 84,4! 78,80 "
                "50,100 26,88 50,66 100,52"),
    "h": Letter(0.0, 1.0, 0.55, "0,98 30,40 40,6 28,0 18,20 14,100! 24,66 56,46 68,60 66,92 80,100 "
                "100,94"),
    "i": Letter(0.42, 1.0, 0.26, "0,98 46,10! 40,80 60,100 100,88 / 50,-40 56,-36"),
    "j": Letter(0.42, 1.42, 0.34, "0,56 60,4! 54,70 36,100 14,84 40,62 100,54 / 60,-22 66,-20"),
    "k": Letter(0.0, 1.0, 0.55, "0,98 30,40 40,6 28,0 18,20 14,100! 24,64 60,46 58,62 26,70! 64,98 "
                "100,94"),
    "l": Letter(0.0, 1.0, 0.34, "0,98 40,50 66,10 46,0 28,24 26,84 52,100 100,90"),
    "m": Letter(0.42, 1.0, 0.85, "0,92 18,10 20,100! 24,40 42,4 50,24 50,100! 54,40 72,4 80,24 "
                "80,84 90,100 100,92"),
    "n": Letter(0.42, 1.0, 0.58, "0,92 24,8 26,100! 32,36 58,4 68,28 66,84 80,100 100,90"),
    "o": Letter(0.42, 1.0, 0.52, "0,90 16,40 44,4 70,8! 40,4 12,36 20,86 50,100 78,70 74,20 60,6 "
                "100,24"),
    "p": Letter(0.42, 1.42, 0.56, "0,54 24,2! 18,100! 24,24 56,0 78,20 66,52 40,56 100,52"),
    "q": Letter(0.42, 1.42, 0.56, "0,56 16,24 46,4 82,5! 50,1 14,18 16,46 44,56 74,38 84,4! 80,96 "
                "92,80 100,54"),
    "r": Letter(0.42, 1.0, 0.42, "0,96 30,6 36,16! 70,20 60,70 74,98 100,90"),
    "s": Letter(0.42, 1.0, 0.44, "0,98 40,40 56,0! 72,60 60,98 24,96! 60,100 100,88"),
    "t": Letter(0.0, 1.0, 0.36, "0,98 50,10! 44,84 62,100 100,92 / 14,44 86,40"),
    "u": Letter(0.42, 1.0, 0.58, "0,94 20,4! 18,76 38,100 66,70 74,4! 72,80 84,100 100,90"),
    "v": Letter(0.42, 1.0, 0.52, "0,90 14,6 22,10 40,98 62,60 72,8 100,16"),
    "w": Letter(0.42, 1.0, 0.8, "0,90 10,4! 12,80 30,100 46,60 50,8! 52,80 68,100 84,60 88,6 "
                "100,16"),
    "x": Letter(0.42, 1.0, 0.5, "0,94 20,10 50,50 70,98 100,88 / 84,4 12,98"),
    "y": Letter(0.42, 1.42, 0.56, "0,54 18,2! 18,42 40,56 68,38 78,2! 72,80 46,100 24,88 48,66 "
                "100,52"),
    "z": Letter(0.42, 1.0, 0.48, "0,80 14,12 74,8! 16,94! 100,94"),
}  # fmt: skip
"""As `letters` has them; the first stroke of each begins at its left end and ends at its right."""


def write_words(
    rng: Generator,
    writer: Writer,
    lines: Sequence[str],
    height: float,
    pen: float,
    *,
    joined: bool,
) -> list[Mark]:
    """Write lines of words as `write_lines` does, perhaps in joined writing: a word is one mark."""
    if not joined:
        spacing = Spacing(gap=rng.uniform(*APART))
        return write_lines(rng, writer, lines, height, pen, spacing=spacing)
    marks: list[Mark] = []
    for row, line in enumerate(lines):
        x, slope = float(rng.normal(0.0, 0.2)), float(rng.normal(0.0, writer.unevenness * 0.4))
        for word in line.split():
            mark = Mark(word, row, write_joined(rng, writer, word, pen))
            left, _, right, _ = bounds(mark.strokes)
            move([mark], (x - left, row * LEADING + slope * x))
            marks.append(mark)
            x += right - left + float(rng.uniform(*BETWEEN))
    return centred(marks, height)


def write_joined(rng: Generator, writer: Writer, word: str, pen: float) -> list[Stroke]:
    """Write a word, its small letters joined, any other sign alone.

    pen: width of the line, in heights of a digit, which are the unit of what is returned. The line
    of writing is at y = 1; the word begins at about x = 0.
    """
    wide = writer.aspect * float(rng.uniform(*STRETCH))
    strokes: list[Stroke] = []
    run: list[Controls] = []  # what the pen writes before it is lifted
    x = 0.0
    for sign in word:
        alone = sign not in JOINED
        if run and (alone or rng.random() < LIFT):
            strokes.append(pen_line(rng, writer, _line(run), pen))
            run = []
            x += float(rng.uniform(*APART))
        if alone:
            x = bounds(strokes)[2] + BESIDE if strokes else x
            for stroke in write_sign(rng, writer, sign, pen):
                stroke[:, 0] += x
                strokes.append(stroke)
            x = bounds(strokes)[2] + BESIDE
            continue
        joined, *lifted = _placed(rng, writer, JOINED[sign], x, wide)
        run.append(joined)
        strokes += [pen_line(rng, writer, _line([path]), pen) for path in lifted]
        x = float(joined[0][-1, 0])
    return strokes + ([pen_line(rng, writer, _line(run), pen)] if run else [])


def _placed(
    rng: Generator, writer: Writer, letter: Letter, x: float, wide: float
) -> list[Controls]:
    """A letter's control points where it stands on the line, from x on, in heights of a digit."""
    size = np.array((letter.width * wide, letter.bottom - letter.top))
    placed = []
    for points, corners in parse(letter.path):
        loose = points + rng.normal(0.0, writer.jitter, points.shape)
        placed.append((loose * size + (x, letter.top), corners))
    return placed


def _line(run: list[Controls]) -> Points:
    """One smooth line through letters that follow each other: where one ends the next begins."""
    points, corners = list(run[0][0]), list(run[0][1])
    for following, own in run[1:]:
        corners += [len(points) - 1 + corner for corner in own]
        points += list(following[1:])
    return spline(np.array(points), corners)
