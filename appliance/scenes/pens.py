"""What people write with, and how it looks on the paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from appliance.scenes import textures
from appliance.scenes.canvas import Colour, flat
from appliance.scenes.strokes import Image, Stroke, rasterise
from appliance.values import Box

VISIBLE = 32
"""Coverage (0..255) from which a pixel counts as ink for a box."""

BLACKS: tuple[Colour, ...] = ((24, 22, 22), (40, 36, 34), (30, 28, 40))
BLUES: tuple[Colour, ...] = ((120, 40, 24), (150, 60, 30), (90, 30, 36), (165, 60, 60))
REDS: tuple[Colour, ...] = ((40, 34, 190), (50, 40, 160), (60, 40, 215))
GREENS: tuple[Colour, ...] = ((50, 100, 30), (70, 120, 20))
GREYS: tuple[Colour, ...] = ((74, 72, 72), (88, 86, 84), (60, 58, 58))
WHITES: tuple[Colour, ...] = ((238, 240, 242), (225, 232, 236))
CHALKS: tuple[Colour, ...] = ((226, 230, 232), (170, 225, 235), (215, 205, 245), (228, 214, 180))


@dataclass(frozen=True, slots=True)
class Pen:
    """A kind of pen.

    width: least and greatest width of its line, in heights of a digit's middle line: one of 0.33
        is a fourth of what is seen.
    opacity: least and greatest. grain: share of the paper's grain that stays without ink.
    """

    colours: tuple[Colour, ...]
    width: tuple[float, float]
    opacity: tuple[float, float]
    grain: float = 0.0


PENS: dict[str, Pen] = {
    "felt": Pen(BLACKS + BLUES, (0.05, 0.12), (0.88, 1.0), 0.04),
    "marker": Pen(BLACKS + BLUES + REDS + GREENS, (0.09, 0.2), (0.85, 1.0), 0.06),
    "broad marker": Pen(BLACKS + BLUES + REDS + GREENS, (0.16, 0.34), (0.85, 1.0), 0.06),
    "pen": Pen(BLUES + BLUES + BLACKS, (0.022, 0.07), (0.7, 1.0), 0.2),
    "fineliner": Pen(BLACKS + BLUES + REDS, (0.03, 0.07), (0.85, 1.0), 0.03),
    "pencil": Pen(GREYS, (0.022, 0.08), (0.45, 0.9), 0.55),
    "red felt": Pen(REDS, (0.05, 0.12), (0.85, 1.0), 0.05),
    "crayon": Pen(REDS + BLUES + GREENS, (0.08, 0.16), (0.7, 0.95), 0.65),
    "chalk": Pen(CHALKS, (0.07, 0.15), (0.75, 1.0), 0.6),
    "broad chalk": Pen(CHALKS, (0.13, 0.3), (0.75, 1.0), 0.5),
    "white pen": Pen(WHITES, (0.05, 0.14), (0.88, 1.0), 0.06),
    "white marker": Pen(WHITES, (0.14, 0.34), (0.88, 1.0), 0.06),
}

LIGHT = frozenset({"chalk", "broad chalk", "white pen", "white marker"})
"""Pens for dark paper."""


@dataclass(frozen=True, slots=True)
class Ink:
    """A pen as one writer holds it: colour, opacity 0..1, and the grain that stays bare 0..1.

    shading: 0..1, how much paler the ink is where little of it flowed.
    coarse: a pixel is covered or it isn't, as simple drawing programs do.
    """

    pen: str
    colour: Colour
    opacity: float
    grain: float
    shading: float = 0.0
    coarse: bool = False


def new_ink(rng: Generator, pen: str) -> Ink:
    """A pen of a kind, with a colour and a strength of its own."""
    kind = PENS[pen]
    colour = kind.colours[int(rng.integers(len(kind.colours)))]
    varied = tuple(float(np.clip(part + rng.normal(0, 6), 0, 255)) for part in colour)
    opacity = float(rng.uniform(*kind.opacity))
    grain = kind.grain * rng.uniform(0.5, 1.2)
    shading = rng.uniform(0.1, 0.5) if rng.random() < 0.3 else 0.0
    return Ink(pen, (varied[0], varied[1], varied[2]), opacity, grain, shading)


def paint_ink(
    rng: Generator, frame: Image, ink: Ink, strokes: Sequence[Stroke], mask: Image
) -> Box:
    """Write strokes, given in pixels of the frame, and note their coverage in `mask`, in place.

    Returns the box around all pixels of which they cover at least VISIBLE.
    """
    cover, x, y = rasterise(strokes, frame.shape[0], frame.shape[1])
    if cover.size == 0:
        return Box(x, y, 0, 0)
    if ink.coarse:
        cover = _coarse(cover)
    rows, columns = slice(y, y + cover.shape[0]), slice(x, x + cover.shape[1])
    np.maximum(mask[rows, columns], cover, out=mask[rows, columns])
    share = cover.astype(np.float32) * np.float32(ink.opacity / 255)
    if ink.grain > 0.02:
        share *= _bare(rng, ink, cover.shape[0], cover.shape[1])
    if ink.shading > 0:
        flow = textures.field(rng, cover.shape[0], cover.shape[1], scale=1.5)
        share *= 1 - np.float32(ink.shading) * np.clip(0.5 + 0.5 * flow, 0, 1)
    layer = flat(cover.shape[0], cover.shape[1], ink.colour)
    frame[rows, columns] = cv2.blendLinear(layer, frame[rows, columns], share, 1 - share)
    return _box(cover, x, y)


def _coarse(cover: Image) -> Image:
    """Pixels that are covered by half, or as far as any is, wholly."""
    covered = cover >= min(128, max(1, int(cover.max())))
    return covered.astype(np.uint8) * np.uint8(255)


def _box(cover: Image, x: int, y: int) -> Box:
    seen = cover >= min(VISIBLE, int(cover.max()))
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    width, height = columns[-1] - columns[0] + 1, rows[-1] - rows[0] + 1
    return Box(x + int(columns[0]), y + int(rows[0]), int(width), int(height))


def _bare(rng: Generator, ink: Ink, height: int, width: int) -> NDArray[np.float32]:
    """How much ink the paper's grain takes, (height, width) float32 in 0..1."""
    noise = textures.cut(rng, textures.grain(0.8), height, width).astype(np.float32)
    rough = np.clip((noise - 128) / np.float32(1.5 * textures.SPREAD) + 0.6, 0, 1)
    return np.asarray(1 - np.float32(min(ink.grain, 0.9)) * (1 - rough), np.float32)
