"""Strokes: lines and arcs, and their drawing as glyphs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from appliance.values import GLYPH_SIZE

Points = NDArray[np.float64]
Stroke = Points
"""(P, 2): the points of a line without gap, x to the right, y down, in any unit."""
Drawing = Sequence[Stroke]

BOX_SIZE = 20.0
"""Longer side of what is drawn, in pixels of the glyph, as in MNIST."""
THINNEST, THICKEST = 1.2, 4.2
"""Widths of the pen in pixels."""
BLOCK = 64
"""Drawings at a time; bounds the memory to some ten MB."""


def line(*points: tuple[float, float]) -> Stroke:
    """Straight from point to point."""
    return np.array(points, np.float64)


def arc(
    centre: tuple[float, float], radii: tuple[float, float], start: float, stop: float
) -> Stroke:
    """Part of an ellipse, from and to these angles in degrees; 0 is right, 90 is down."""
    steps = max(3, int(abs(stop - start) / 24) + 1)
    angle = np.radians(np.linspace(start, stop, steps))
    return np.stack(
        [centre[0] + radii[0] * np.cos(angle), centre[1] + radii[1] * np.sin(angle)], axis=1
    )


def curve(*points: tuple[float, float]) -> Stroke:
    """Smoothly through the points (Catmull-Rom spline)."""
    given = np.array(points, np.float64)
    padded = np.concatenate([[2 * given[0] - given[1]], given, [2 * given[-1] - given[-2]]])
    a, b, c, d = (padded[i : len(padded) - 3 + i, None, :] for i in range(4))
    t = np.linspace(0, 1, 4, endpoint=False)[None, :, None]
    smooth = 0.5 * (
        2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
    )
    return np.concatenate([smooth.reshape(-1, 2), given[-1:]])


def jittered(
    strokes: Drawing, jitter: float, width: float, slant: float, random: np.random.Generator
) -> list[Stroke]:
    """Displace each point, narrow or widen the whole, slant it about its foot.

    jitter: standard deviation of the displacement, in heights of the drawing. width: factor.
    slant: shift to the right of the top, in heights.
    """
    moved = []
    for stroke in strokes:
        points = stroke + random.normal(0, jitter, stroke.shape)
        x = points[:, 0] * width + (1 - points[:, 1]) * slant
        moved.append(np.stack([x, points[:, 1]], axis=1))
    return moved


def draw(drawings: Sequence[Drawing], random: np.random.Generator) -> NDArray[np.float32]:
    """Draw each as a glyph, float32 (N, 28, 28) in 0..1: fitted to 20x20, centred by mass.

    The pen's width is drawn at random for each one.
    """
    blocks = [
        _draw_block(drawings[start : start + BLOCK], random)
        for start in range(0, len(drawings), BLOCK)
    ]
    if not blocks:
        return np.zeros((0, GLYPH_SIZE, GLYPH_SIZE), np.float32)
    return np.concatenate(blocks)


def _draw_block(drawings: Sequence[Drawing], random: np.random.Generator) -> NDArray[np.float32]:
    widths = random.uniform(THINNEST, THICKEST, len(drawings))
    each = [_segments(drawing, width) for drawing, width in zip(drawings, widths, strict=True)]
    longest = max(len(segments) for segments in each)
    segments = np.stack([np.pad(s, ((0, longest - len(s)), (0, 0)), mode="edge") for s in each])
    distance = _distances(segments.astype(np.float32))
    radius = (widths / 2).astype(np.float32)[:, None, None]
    return _centred(np.clip(radius + np.float32(0.5) - distance, 0, 1))


def _segments(drawing: Drawing, width: float) -> Points:
    """Scale to the box, pen included, and cut into segments: (S, 4) x0, y0, x1, y1."""
    points = np.concatenate(drawing)
    low, high = points.min(axis=0), points.max(axis=0)
    scale = (BOX_SIZE - width) / max(float((high - low).max()), 1e-3)
    middle = (low + high) / 2
    placed = [(stroke - middle) * scale + (GLYPH_SIZE - 1) / 2 for stroke in drawing]
    return np.concatenate([np.hstack([stroke[:-1], stroke[1:]]) for stroke in placed])


def _distances(segments: NDArray[np.float32]) -> NDArray[np.float32]:
    """Distance of each pixel to the nearest segment: (N, S, 4) -> (N, 28, 28), in pixels."""
    x0, y0, x1, y1 = (segments[:, :, i, None, None] for i in range(4))
    grid = np.arange(GLYPH_SIZE, dtype=np.float32)
    x, y = grid[None, None, None, :] - x0, grid[None, None, :, None] - y0
    along_x, along_y = x1 - x0, y1 - y0
    length = along_x**2 + along_y**2 + np.float32(1e-6)
    share = np.clip((x * along_x + y * along_y) / length, 0, 1)
    squares = (x - share * along_x) ** 2 + (y - share * along_y) ** 2
    result: NDArray[np.float32] = np.sqrt(squares.min(axis=1))
    return result


def _centred(glyphs: NDArray[np.float32]) -> NDArray[np.float32]:
    """Shift each by whole pixels so that its centre of mass is in the middle."""
    grid = np.arange(GLYPH_SIZE) - (GLYPH_SIZE - 1) / 2
    mass = np.maximum(glyphs.sum(axis=(1, 2)), 1e-6)
    right = np.round(-(glyphs.sum(axis=1) @ grid) / mass).astype(int)
    down = np.round(-(glyphs.sum(axis=2) @ grid) / mass).astype(int)
    places = np.arange(GLYPH_SIZE)
    rows = (places[None, :] - down[:, None]) % GLYPH_SIZE
    columns = (places[None, :] - right[:, None]) % GLYPH_SIZE
    each = np.arange(len(glyphs))[:, None, None]
    shifted: NDArray[np.float32] = glyphs[each, rows[:, :, None], columns[:, None, :]]
    return shifted
