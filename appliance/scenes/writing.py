"""Signs laid out on a page: lines, gaps, uneven sizes, and where each sign stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from appliance.scenes.pose import Pose
from appliance.scenes.strokes import Stroke, bounds
from appliance.scenes.writer import Writer, printing, write_sign

ALIKE, A_ONE = 0.15, 0.4
"""Share of the texts that are of one or two kinds of digits, as 11 and 100 are, and how often 1 is
one of these on purpose: bare 1s, in a row or alone, are hard to tell from meaningless strokes."""

WITHIN, DEEPEST, CLEAR = 0.45, 0.26, 0.05
"""Two signs overlap by no more than this share of the narrower one's width, nor, in heights of a
digit, than this less half the pen; and bare lines have this much paper between them at least: two
1s on one another would be one."""


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """One sign on the page: what it is, its line, and its strokes in units of the page."""

    sign: str
    line: int
    strokes: list[Stroke]

    def project(self, pose: Pose) -> Mark:
        """The mark in pixels of the frame."""
        return Mark(self.sign, self.line, [pose.stroke(stroke) for stroke in self.strokes])


@dataclass(frozen=True, slots=True)
class Spacing:
    """How signs are set: all in heights of a digit.

    gap: between signs; None leaves it to the writer. leading: from line to line.
    column: from sign to sign where they stand in columns, else None. ragged: left edge's deviation.
    """

    gap: float | None = None
    leading: float = 1.6
    column: float | None = None
    ragged: float = 0.2


AS_USUAL = Spacing()


def write_lines(
    rng: Generator,
    writer: Writer,
    lines: Sequence[str],
    height: float,
    pen: float,
    *,
    spacing: Spacing = AS_USUAL,
) -> list[Mark]:
    """Write lines of signs, spaces allowed, in reading order, centred about the page's origin.

    height: of a digit, in units of the page. pen: width of the line, in heights of a digit.
    """
    marks: list[Mark] = []
    for row, line in enumerate(lines):
        x = float(rng.normal(0.0, spacing.ragged)) if len(lines) > 1 else 0.0
        before: list[Stroke] = []
        slope = float(rng.normal(0.0, writer.unevenness * 0.4))
        for place, sign in enumerate(line):
            if sign == " ":
                x += 0.5
                continue
            strokes = write_sign(rng, writer, sign, pen)
            size = float(np.clip(rng.normal(1.0, writer.unevenness), 0.8, 1.25))
            down = row * spacing.leading + slope * x + rng.normal(0.0, writer.unevenness * 0.6)
            start = x if spacing.column is None else place * spacing.column + x
            _place(strokes, size, start, down)
            if before and spacing.column is None:
                _part(strokes, before, pen)
            marks.append(Mark(sign, row, strokes))
            if spacing.column is None:
                before, x = strokes, bounds(strokes)[2] + _gap(rng, writer, spacing)
    return centred(marks, height)


def print_lines(
    rng: Generator, lines: Sequence[str], height: float, pen: float, *, leading: float = 1.6
) -> list[Mark]:
    """The same as `write_lines`, as a machine does it: upright and even, from one left edge."""
    spacing = Spacing(leading=leading, ragged=0.0)
    return write_lines(rng, printing(), lines, height, pen, spacing=spacing)


def _gap(rng: Generator, writer: Writer, spacing: Spacing) -> float:
    gap = writer.gap if spacing.gap is None else spacing.gap
    return float(gap * rng.uniform(0.75, 1.3))


def _place(strokes: list[Stroke], size: float, x: float, down: float) -> None:
    for stroke in strokes:
        stroke[:, :2] *= size
        stroke[:, 1] += down + 1.0 - size
    left = bounds(strokes)[0]
    for stroke in strokes:
        stroke[:, 0] += x - left


def _part(strokes: list[Stroke], before: list[Stroke], pen: float) -> None:
    """Move a sign right until it may touch the one before it, but doesn't hide it."""
    (left, _, right, _), (begin, _, end, _) = bounds(strokes), bounds(before)
    overlap = min(WITHIN * min(right - left, end - begin), DEEPEST - pen / 2)
    by = max(end - overlap, begin + pen + CLEAR) - left
    for stroke in strokes:
        stroke[:, 0] += max(by, 0.0)


def centred(marks: list[Mark], height: float) -> list[Mark]:
    """Move marks so that their middle is the page's origin, and enlarge them, in place."""
    if not marks:
        return marks
    left, top, right, bottom = bounds([stroke for mark in marks for stroke in mark.strokes])
    for mark in marks:
        for stroke in mark.strokes:
            stroke[:, :2] -= ((left + right) / 2, (top + bottom) / 2)
            stroke *= height
    return marks


def move(marks: Sequence[Mark], by: tuple[float, float]) -> None:
    """Move marks right and down, in place."""
    for mark in marks:
        for stroke in mark.strokes:
            stroke[:, :2] += by


def random_text(rng: Generator, count: int) -> str:
    """So many digits, of any kinds or, in some texts, of one or two."""
    kinds = _few(rng) if rng.random() < ALIKE else np.arange(10)
    return "".join(str(digit) for digit in rng.choice(kinds, count))


def _few(rng: Generator) -> NDArray[np.int64]:
    """One kind of digit, or two."""
    first = 1 if rng.random() < A_ONE else rng.integers(10)
    second = first if rng.random() < 0.5 else rng.integers(10)
    return np.array([first, second])


def thicken(marks: Sequence[Mark], least: float) -> None:
    """Widen the lines in place, all alike, until the mean width is `least` or more."""
    widths = [float(stroke[:, 2].mean()) for mark in marks for stroke in mark.strokes]
    factor = max(least / float(np.mean(widths)), 1.0)
    for mark in marks:
        for stroke in mark.strokes:
            stroke[:, 2] *= factor


def mirror(marks: Sequence[Mark]) -> None:
    """Exchange left and right about the page's origin, in place."""
    for mark in marks:
        for stroke in mark.strokes:
            stroke[:, 0] *= -1


def extent(marks: Sequence[Mark]) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of all marks."""
    return bounds([stroke for mark in marks for stroke in mark.strokes])
