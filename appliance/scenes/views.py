"""What a camera may look at when nobody holds up a page."""

from __future__ import annotations

import functools
from collections.abc import Callable

import cv2
import numpy as np
from numpy.random import Generator

from appliance.scenes import textures
from appliance.scenes.backgrounds import BACKGROUNDS, wall
from appliance.scenes.canvas import enlarge, fill, rectangle, to_bytes
from appliance.scenes.hands import SKINS, paint_flesh
from appliance.scenes.letters import WORDS
from appliance.scenes.people import paint_person
from appliance.scenes.strokes import Image, Points, Stroke, rasterise
from appliance.scenes.writing import print_lines

BARS = ((255, 255, 255), (0, 255, 255), (255, 255, 0), (0, 255, 0), (255, 0, 255), (0, 0, 255),
        (255, 0, 0), (0, 0, 0))  # fmt: skip


def face(rng: Generator, height: int, width: int) -> Image:
    """Somebody close by."""
    names = list(BACKGROUNDS)
    picture = BACKGROUNDS[names[int(rng.integers(len(names)))]](rng, height, width)
    paint_person(rng, picture, rng.uniform(0.35, 0.6))
    return picture


def open_hand(rng: Generator, height: int, width: int) -> Image:
    """A hand with spread fingers."""
    names = list(BACKGROUNDS)
    picture = BACKGROUNDS[names[int(rng.integers(len(names)))]](rng, height, width)
    unit = height * rng.uniform(0.05, 0.11)
    palm = rng.uniform(0.3, 0.7, 2) * (width, height)
    turn = rng.normal(-np.pi / 2, 0.5)
    limbs = [_reach(palm, turn + np.pi, 16, 3.2, unit), _reach(palm, turn, 1.0, 3.6, unit)]
    for spread, length in ((-0.45, 4.2), (-0.15, 4.8), (0.13, 4.6), (0.42, 3.8), (1.1, 3.2)):
        bent = rng.uniform(0.35, 1.0) if rng.random() < 0.3 else 1.0
        limbs.append(_reach(palm, turn + spread * rng.uniform(0.8, 1.2), length * bent, 1.0, unit))
    paint_flesh(rng, picture, limbs, SKINS[int(rng.integers(len(SKINS)))], unit * 0.6)
    return picture


def _reach(start: Points, turn: float, length: float, width: float, unit: float) -> Stroke:
    steps = np.linspace(0, 1, 12)[:, None]
    away = np.array([np.cos(turn), np.sin(turn)]) * length * unit
    broad = width * unit * np.linspace(1.05, 0.85, 12)[:, None]
    return np.hstack([start + steps * away, broad])


def poster(rng: Generator, height: int, width: int) -> Image:
    """A wall of printed text, as a page or a screen behind."""
    picture = wall(rng, height, width)
    text = printed_text(int(rng.integers(3)))
    scale = rng.uniform(0.5, 1.3) * max(height, width) / text.shape[0]
    turn = cv2.getRotationMatrix2D((text.shape[1] / 2, text.shape[0] / 2), rng.normal(0, 5), scale)
    turn[:, 2] += (width / 2 - text.shape[1] / 2, height / 2 - text.shape[0] / 2)
    seen = np.asarray(cv2.warpAffine(text, turn, (width, height), flags=cv2.INTER_AREA))
    ink = rng.uniform(10, 90, 3)
    share = (seen.astype(np.float32) / np.float32(255))[..., None]
    return to_bytes(picture * (1 - share) + share * ink)


@functools.cache
def printed_text(number: int) -> Image:
    """A page full of printed words, ink bright: uint8 (1024, 1024)."""
    rng = np.random.default_rng([11, number])
    page = np.zeros((1024, 1024), np.uint8)
    size = (14.0, 22.0, 34.0)[number]
    for top in np.arange(size, 1024 - size, size * 1.9):
        words = " ".join(rng.choice(WORDS, int(900 / size / 2.6)))
        for mark in print_lines(rng, [words], size, 0.11):
            moved = [stroke + np.array((512.0, top, 0.0)) for stroke in mark.strokes]
            cover, x, y = rasterise(moved, 1024, 1024)
            spot = page[y : y + cover.shape[0], x : x + cover.shape[1]]
            np.maximum(spot, cover, out=spot)
    return page


def colour_bars(rng: Generator, height: int, width: int) -> Image:
    """A test picture: bars of colour over a ramp of grey."""
    picture = np.zeros((height, width, 3), np.uint8)
    picture[:] = to_bytes(np.linspace(0, 255, width))[None, :, None]
    low = rng.uniform(0.5, 1.0) * height
    for index, colour in enumerate(BARS):
        bar = rectangle(index * width / 8, -1, width / 8, low)
        fill(picture, bar, (float(colour[0]), float(colour[1]), float(colour[2])))
    return picture


def static(rng: Generator, height: int, width: int) -> Image:
    """Nothing but noise."""
    tile = textures.cut(rng, textures.grain(float(rng.choice((0.0, 0.6, 1.2))), 3), height, width)
    return to_bytes((tile.astype(np.float32) - 128) * rng.uniform(0.5, 2.5) + 128)


VIEWS: dict[str, Callable[[Generator, int, int], Image]] = BACKGROUNDS | {
    "poster": poster,
    "face": face,
    "open hand": open_hand,
    "colour bars": colour_bars,
    "static": static,
}
"""All that may fill a frame -> what paints it: uint8, (height, width, 3)."""


def paint_view(rng: Generator, kind: str, height: int, width: int) -> Image:
    """A view, painted at half the size, for it stands farther away than the page."""
    small = VIEWS[kind](rng, max(height // 2, 8), max(width // 2, 8))
    blur = rng.uniform(0.0, 2.5) * height / 960
    if blur > 0.4:
        small = np.asarray(cv2.GaussianBlur(small, (0, 0), blur), np.uint8)
    return enlarge(small, height, width)
