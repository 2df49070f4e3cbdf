"""Patterns on paper that hold no digit: barcodes, keyboards, tables, music, tallies, arrows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.random import Generator

from appliance.scenes.canvas import oval, rectangle
from appliance.scenes.letters import UNLIKE_DIGITS
from appliance.scenes.strokes import Points, Stroke
from appliance.scenes.writer import Writer, write_sign


def pattern(rng: Generator, writer: Writer, pen: float) -> list[Stroke]:
    """One of the patterns, about one unit high; pen: width of the line in the same unit."""
    return PATTERNS[int(rng.integers(len(PATTERNS)))](rng, writer, pen)


def _inked(paths: list[Points], pen: float) -> list[Stroke]:
    return [np.column_stack([path, np.full(len(path), pen)]) for path in paths]


def _line(start: tuple[float, float], end: tuple[float, float]) -> Points:
    return np.array([start, end], np.float64)


def _closed(corners: Points) -> Points:
    return np.concatenate([corners, corners[:1]])


def _barcode(rng: Generator, writer: Writer, pen: float) -> list[Stroke]:
    """Bars of one to four modules' width, as a shop's scanner reads them."""
    module, x, strokes = rng.uniform(0.012, 0.03), 0.0, list[Stroke]()
    for _ in range(int(rng.integers(20, 45))):
        broad = module * float(rng.integers(1, 5))
        strokes += _inked([_line((x + broad / 2, 0.0), (x + broad / 2, 1.0))], broad)
        x += broad + module * float(rng.integers(1, 5))
    return strokes


def _keyboard(rng: Generator, writer: Writer, pen: float) -> list[Stroke]:
    """Rows of keys, most of them with a letter."""
    rows, columns = int(rng.integers(2, 5)), int(rng.integers(4, 11))
    key, strokes = 1.0 / rows, list[Stroke]()
    for row in range(rows):
        for column in range(columns):
            corner = ((column + 0.3 * (row % 2)) * key, row * key)
            outline = _closed(rectangle(*corner, 0.86 * key, 0.86 * key))
            strokes += _inked([outline], pen * 0.4)
            if rng.random() < 0.85:
                letter = UNLIKE_DIGITS[int(rng.integers(len(UNLIKE_DIGITS)))]
                sign = write_sign(rng, writer, letter, pen)
                shift = np.array((corner[0] + 0.22 * key, corner[1] + 0.2 * key, 0.0))
                strokes += [stroke * (0.45 * key) + shift for stroke in sign]
    return strokes


def _table(rng: Generator, writer: Writer, pen: float) -> list[Stroke]:
    """An empty table with a wider first row or column."""
    rows, columns = int(rng.integers(2, 7)), int(rng.integers(2, 6))
    wide = rng.uniform(0.8, 2.2)
    heights = np.concatenate([[0.0], np.cumsum(rng.uniform(0.8, 1.2, rows))])
    widths = np.concatenate([[0.0], np.cumsum(rng.uniform(0.6, 1.4, columns))])
    heights, widths = heights / heights[-1], widths * (wide / widths[-1])
    across = [_line((0.0, float(y)), (wide, float(y))) for y in heights]
    down = [_line((float(x), 0.0), (float(x), 1.0)) for x in widths]
    return _inked([line + rng.normal(0, 0.006, (2, 2)) for line in across + down], pen * 0.6)


def _music(rng: Generator, writer: Writer, pen: float) -> list[Stroke]:
    """A stave with notes: filled heads, stems up and down, some of them beamed."""
    wide, space = rng.uniform(1.5, 3.5), 0.11
    strokes = _inked([_line((0.0, 0.3 + i * space), (wide, 0.3 + i * space)) for i in range(5)],
                     pen * 0.35)  # fmt: skip
    before: tuple[float, float] | None = None
    for x in np.arange(0.2, wide - 0.1, rng.uniform(0.22, 0.4)):
        y = 0.3 + space * float(rng.integers(0, 9)) / 2
        side = 0.055 if y > 0.5 else -0.055
        end = (float(x) + side, y - np.sign(side) * 0.36)
        head = oval((float(x), y), (0.06, 0.042), -20)
        strokes += _inked([_closed(head)], pen * 0.6)
        if rng.random() < 0.7:
            strokes += _inked([_line((float(x) - 0.02, y), (float(x) + 0.02, y))], 0.06)
        strokes += _inked([_line((float(x) + side, y), end)], pen * 0.6)
        if before is not None and abs(before[1] - end[1]) < 0.2 and rng.random() < 0.4:
            strokes += _inked([_line(before, end)], pen * 1.2)
        before = end
    return strokes


def _tally(rng: Generator, writer: Writer, pen: float) -> list[Stroke]:
    """Full fives: four upright lines and one across them."""
    paths, x = list[Points](), 0.0
    for _ in range(int(rng.integers(1, 5))):
        for step in range(4):
            ends = np.array([(x + 0.22 * step, 0.0), (x + 0.22 * step, 1.0)])
            paths.append(ends + rng.normal(0, 0.04, (2, 2)))
        across = np.array([(x - 0.2, 0.75), (x + 0.9, 0.25)])
        paths.append(across + rng.normal(0, 0.05, (2, 2)))
        x += 1.4
    return _inked(paths, pen)


def _boxes(rng: Generator, writer: Writer, pen: float) -> list[Stroke]:
    """A chart of boxes joined by arrows."""
    paths, x = list[Points](), 0.0
    for number in range(int(rng.integers(2, 5))):
        wide, high = rng.uniform(0.5, 1.0), rng.uniform(0.4, 0.9)
        if number:
            tip = (x, 0.5)
            paths.append(_line((x - 0.4, 0.5), tip))
            paths.append(np.array([(x - 0.12, 0.4), tip, (x - 0.12, 0.6)]))
        paths.append(_closed(rectangle(x + 0.03, 0.5 - high / 2, wide, high)))
        x += wide + 0.45
    return _inked([path + rng.normal(0, 0.008, path.shape) for path in paths], pen)


def _axes(rng: Generator, writer: Writer, pen: float) -> list[Stroke]:
    """A diagram: two axes with arrow heads, and a curve."""
    t = np.linspace(0.0, 1.0, 60)
    curve = 0.5 + 0.3 * np.sin(rng.uniform(3, 9) * t + rng.uniform(0, 6)) * rng.uniform(0.4, 1.0)
    end = rng.uniform(1.0, 2.2)
    paths = [
        np.array([(0.0, 0.0), (0.0, 1.0), (end, 1.0)]),
        np.array([(-0.06, 0.1), (0.0, 0.0), (0.06, 0.1)]),
        np.array([(end - 0.1, 0.94), (end, 1.0), (end - 0.1, 1.06)]),
        np.column_stack([0.05 + (end - 0.2) * t, curve]),
    ]
    return _inked(paths, pen)


PATTERNS: tuple[Callable[[Generator, Writer, float], list[Stroke]], ...] = (
    _barcode, _keyboard, _table, _music, _tally, _boxes, _axes,
)  # fmt: skip
"""What draws each pattern."""
