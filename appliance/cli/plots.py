"""Line plots for the commands' results, drawn with OpenCV: no other library is needed for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.cli.sheets import FONT, Picture

WIDTH, HEIGHT = 900, 560
LEFT, RIGHT, TOP, BOTTOM = 90, 190, 50, 70
BLACK, GREY = (0, 0, 0), (225, 225, 225)
COLOURS = (
    (180, 90, 20), (30, 110, 220), (70, 150, 40), (60, 40, 200), (150, 60, 140), (110, 110, 20),
)  # fmt: skip
"""Of the lines, blue-green-red."""
MARKS = (
    None, cv2.MARKER_SQUARE, cv2.MARKER_TILTED_CROSS, cv2.MARKER_TRIANGLE_UP, cv2.MARKER_DIAMOND,
    cv2.MARKER_STAR, cv2.MARKER_CROSS, cv2.MARKER_TRIANGLE_DOWN,
)  # fmt: skip
"""Of the lines' points, one for each round through the colours; the first is a dot."""
LEGEND_STEP = 24


@dataclass(frozen=True)
class Line:
    """One line: its name and its points; low and high, when given, are drawn as a band."""

    name: str
    x: Sequence[float]
    y: Sequence[float]
    low: Sequence[float] | None = None
    high: Sequence[float] | None = None


def plot(title: str, x_title: str, y_title: str, lines: Sequence[Line]) -> Picture:
    """Draw lines with axes, grid and legend; the page is as high as the legend needs."""
    height = max(HEIGHT, TOP + LEGEND_STEP * (len(lines) + 1))
    page: Picture = np.full((height, WIDTH, 3), 255, np.uint8)
    every_x = [value for line in lines for value in line.x]
    every_y = [
        v for line in lines for values in (line.y, line.low, line.high) for v in values or ()
    ]
    axes = _Axes(_ticks(every_x), _ticks(every_y))
    _draw_axes(page, axes, (title, x_title, y_title))
    for index, line in enumerate(lines):
        colour = COLOURS[index % len(COLOURS)]
        if line.low and line.high:
            _draw_band(page, axes, line, colour)
        points = axes.place(line.x, line.y)
        cv2.polylines(page, [points], False, colour, 2, cv2.LINE_AA)
        mark = MARKS[index // len(COLOURS) % len(MARKS)]
        for point in points.tolist():
            _draw_mark(page, point, mark, colour)
        row, start = TOP + 20 + LEGEND_STEP * index, WIDTH - RIGHT + 15
        cv2.line(page, (start, row), (start + 22, row), colour, 2, cv2.LINE_AA)
        _draw_mark(page, (start + 11, row), mark, colour)
        _text(page, line.name, (start + 30, row + 5))
    return page


@dataclass(frozen=True)
class _Axes:
    """The ticks of both axes; the first and last are the plot's borders."""

    x: Sequence[float]
    y: Sequence[float]

    def place(self, x: Sequence[float], y: Sequence[float]) -> NDArray[np.int32]:
        """Give the pixels of points: int32 (N, 2)."""
        across = (np.asarray(x) - self.x[0]) / (self.x[-1] - self.x[0])
        up = (np.asarray(y) - self.y[0]) / (self.y[-1] - self.y[0])
        columns = LEFT + across * (WIDTH - LEFT - RIGHT)
        rows = HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM)
        return np.round(np.stack([columns, rows], axis=1)).astype(np.int32)


def _ticks(values: Sequence[float]) -> list[float]:
    """Choose round numbers, about six, that enclose the values; whole ones for whole numbers."""
    low, high = min(values), max(values)
    span = high - low or max(abs(high), 1.0) * 0.1
    power = 10.0 ** np.floor(np.log10(span / 5))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= span / 6)
    if all(float(value).is_integer() for value in values):
        step = max(step, 1.0)  # there is no epoch 1.2
    first, last = np.floor(low / step + 1e-9), np.ceil(high / step - 1e-9)
    return [float(step * number) for number in np.arange(first, max(last, first + 1) + 1)]


def _draw_axes(page: Picture, axes: _Axes, titles: tuple[str, str, str]) -> None:
    for value in axes.x:
        (top, bottom) = axes.place([value, value], [axes.y[-1], axes.y[0]]).tolist()
        cv2.line(page, top, bottom, GREY, 1)
        _text(page, f"{value:.6g}", (bottom[0] - 4 * len(f"{value:.6g}"), bottom[1] + 20))
    for value in axes.y:
        (left, right) = axes.place([axes.x[0], axes.x[-1]], [value, value]).tolist()
        cv2.line(page, left, right, GREY, 1)
        _text(page, f"{value:.6g}", (left[0] - 10 - 9 * len(f"{value:.6g}"), left[1] + 5))
    corner, opposite = axes.place([axes.x[0], axes.x[-1]], [axes.y[0], axes.y[-1]]).tolist()
    cv2.rectangle(page, corner, opposite, BLACK, 1)
    title, x_title, y_title = titles
    _text(page, title, (LEFT, TOP - 25), 0.6)
    _text(page, x_title, ((LEFT + WIDTH - RIGHT) // 2 - 4 * len(x_title), HEIGHT - 22))
    _text(page, y_title, (8, TOP - 8))


def _draw_mark(
    page: Picture, place: Sequence[int], mark: int | None, colour: tuple[int, int, int]
) -> None:
    if mark is None:
        cv2.circle(page, place, 4, colour, -1, cv2.LINE_AA)
    else:
        cv2.drawMarker(page, place, colour, mark, 12, 2, cv2.LINE_AA)


def _draw_band(page: Picture, axes: _Axes, line: Line, colour: tuple[int, int, int]) -> None:
    """Shade between low and high."""
    assert line.low is not None
    assert line.high is not None
    x = [*line.x, *reversed(line.x)]
    outline = axes.place(x, [*line.low, *reversed(line.high)])
    shaded = page.copy()
    cv2.fillPoly(shaded, [outline], colour, cv2.LINE_AA)
    np.copyto(page, cv2.addWeighted(page, 0.8, shaded, 0.2, 0))


def _text(page: Picture, text: str, place: tuple[int, int], size: float = 0.45) -> None:
    cv2.putText(page, text, place, FONT, size, BLACK, 1, cv2.LINE_AA)
