"""Lines of writing: which digits stand side by side, and how far the writing is rolled."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from appliance.values import Box

STEEPEST = 24
"""Largest roll of the writing that is levelled, in degrees."""

FARTHEST = 6.0
"""Largest gap between neighbours on a line, in heights of the larger."""

LEVEL, TURNED = 0.3, 0.02
"""What one more level of writing costs, see `writing_angle`, and what a degree of roll."""

BESIDE = 0.5
"""Neighbouring lines whose middles differ by less than this share of the lower one's height are on
one level."""

LEAST_ROWS, OFF = 3, 1.5
"""Columns of at least so many rows are those of a table, as long as neighbours are off each other's
level by less than so many of their rows."""

UNLIKE = 2.6
"""Neighbours whose heights differ by more than this factor don't share a line."""


def arranged(boxes: Sequence[Box]) -> list[list[int]]:
    """Indices of digits' boxes by line, the lines from top to bottom, each from left to right.

    Of lines on one level, far from each other, the left one comes first.
    """
    if not boxes:
        return []
    angle = writing_angle(boxes)
    spans = _levelled(boxes, angle)
    groups = _connected(_neighbours(spans))
    rows = [sorted(group, key=lambda i: float(spans[i, :2].sum())) for group in groups]
    return _in_order(rows, spans)


def _in_order(rows: Sequence[list[int]], spans: NDArray[np.float64]) -> list[list[int]]:
    """Rows from top to bottom, those on one level from left to right."""
    rows = sorted(rows, key=lambda row: float(spans[row, 0].min()))
    middles = [float(spans[row, 2:].mean()) for row in rows]
    levels = _counted(rows, spans, middles) or _nearest(rows, spans, middles)
    return [rows[row] for level in levels for row in level]


def _counted(
    rows: Sequence[list[int]], spans: NDArray[np.float64], middles: Sequence[float]
) -> list[tuple[int, ...]]:
    """The levels of a table: the first rows of its columns, the second ones, and so on.

    In perspective, far apart, a row may lean to the next one's level, so they are counted.
    rows: the left ones first. Empty unless columns of LEAST_ROWS or more, and of as many rows each,
    stand side by side.
    """
    columns = _columns(rows, spans)
    if len(columns) < 2 or len({len(column) for column in columns}) > 1:
        return []
    if len(columns[0]) < LEAST_ROWS:
        return []
    ordered = [sorted(column, key=lambda row: middles[row]) for column in columns]
    down = np.array([[middles[row] for row in column] for column in ordered])
    apart = float(np.median(np.diff(down, axis=1)))
    off = np.abs(np.diff(down.mean(axis=1)))
    return list(zip(*ordered, strict=True)) if off.max() < OFF * apart else []


def _columns(rows: Sequence[list[int]], spans: NDArray[np.float64]) -> list[list[int]]:
    """Indices of the rows that stand above each other; of rows and columns the left ones first."""
    columns: list[list[int]] = []
    end = -np.inf
    for index, row in enumerate(rows):
        if spans[row, 0].min() > end:
            columns.append([])
        columns[-1].append(index)
        end = max(end, float(spans[row, 1].max()))
    return columns


def _nearest(
    rows: Sequence[list[int]], spans: NDArray[np.float64], middles: Sequence[float]
) -> list[list[int]]:
    """The levels from top to bottom, each with its rows' indices.

    A row is on that of the nearest one on its left that is about as high up: in perspective the
    rows of a table draw together from column to column. rows: the left ones first.
    """
    heights = [float(np.ptp(spans[row, 2:], axis=1).mean()) for row in rows]
    levels: list[list[int]] = []
    for row in range(len(rows)):
        beside = [
            (apart, index)
            for index, (*_, last) in enumerate(levels)
            if (apart := abs(middles[row] - middles[last]))
            < BESIDE * min(heights[row], heights[last])
        ]
        if beside:
            levels[min(beside)[1]].append(row)
        else:
            levels.append([row])
    return sorted(levels, key=lambda level: sum(middles[row] for row in level) / len(level))


def writing_angle(boxes: Sequence[Box]) -> float:
    """Roll of the writing in degrees: the angle at which the fewest levels hold all digits.

    What digits are off their level counts as its square, in their heights, a level LEVEL, and a
    small price on the angle itself decides where a single digit leaves it open.
    """
    if len(boxes) < 2:
        return 0.0
    angles = np.arange(-STEEPEST, STEEPEST + 1, 2.0)
    cost = _levels(boxes, angles) + TURNED * np.abs(angles)
    return float(angles[int(np.argmin(cost))])


def _levels(boxes: Sequence[Box], angles: NDArray[np.float64]) -> NDArray[np.float64]:
    """What the levels cost, after turning by each -angle, that hold the digits at the least cost.

    From the top down: the first n digits are some that are settled, and a level for the rest. The
    squares of a level are those about its mean, told from sums (`sum w y^2 - (sum w y)^2 / sum w`).
    """
    turn = np.deg2rad(angles)[:, None]
    x, y = _centres(boxes).T
    down = y * np.cos(turn) - x * np.sin(turn)
    order = np.argsort(down, axis=1)
    down = np.take_along_axis(down, order, axis=1)
    down -= down.mean(axis=1, keepdims=True)  # sums of squares of small numbers stay exact
    weights = np.array([box.height for box in boxes], np.float64)[order] ** -2
    sums = np.zeros((3, len(angles), len(boxes) + 1))
    np.cumsum((weights, weights * down, weights * down**2), axis=2, out=sums[:, :, 1:])
    least = np.zeros((len(angles), len(boxes) + 1))
    for count in range(1, len(boxes) + 1):
        weight, first, second = sums[:, :, count, None] - sums[:, :, :count]
        least[:, count] = (least[:, :count] + second - first**2 / weight).min(axis=1) + LEVEL
    return np.asarray(least[:, -1], np.float64)


def _levelled(boxes: Sequence[Box], angle: float) -> NDArray[np.float64]:
    """(N, 4): left, right, top, bottom of each box after turning its centre by -angle."""
    turn = np.deg2rad(angle)
    centres = _centres(boxes)
    x = centres[:, 0] * np.cos(turn) + centres[:, 1] * np.sin(turn)
    y = centres[:, 1] * np.cos(turn) - centres[:, 0] * np.sin(turn)
    half_width = np.array([box.width for box in boxes]) / 2
    half_height = np.array([box.height for box in boxes]) / 2
    return np.stack([x - half_width, x + half_width, y - half_height, y + half_height], axis=1)


def _centres(boxes: Sequence[Box]) -> NDArray[np.float64]:
    """(N, 2): x and y of the boxes' middles."""
    rows = np.array([(box.x, box.y, box.width, box.height) for box in boxes], np.float64)
    return np.asarray(rows[:, :2] + rows[:, 2:] / 2)


def _neighbours(spans: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(N, N): which two digits stand side by side on one line."""
    left, right, top, bottom = spans.T
    height = bottom - top
    smaller = np.minimum(height[:, None], height[None, :])
    larger = np.maximum(height[:, None], height[None, :])
    overlap = np.minimum(bottom[:, None], bottom[None, :]) - np.maximum(top[:, None], top[None, :])
    gap = np.maximum(left[:, None], left[None, :]) - np.minimum(right[:, None], right[None, :])
    beside = (overlap > 0.45 * smaller) & (gap < FARTHEST * larger) & (larger < UNLIKE * smaller)
    return np.asarray(beside, np.bool_)


def _connected(links: NDArray[np.bool_]) -> list[list[int]]:
    """Groups of indices that hang together."""
    rest = set(range(len(links)))
    groups = []
    while rest:
        group, border = set(), {rest.pop()}
        while border:
            group |= border
            reached = {int(j) for i in border for j in np.flatnonzero(links[i])}
            border = reached & rest
            rest -= border
        groups.append(sorted(group))
    return groups
