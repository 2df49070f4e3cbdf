"""What stands behind the page: walls, shelves, desks, windows, people."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.random import Generator

from appliance.scenes import textures
from appliance.scenes.canvas import (
    Colour,
    fill,
    lines,
    mix,
    oval,
    rectangle,
    shade,
    to_bytes,
)
from appliance.scenes.people import paint_person
from appliance.scenes.strokes import Image

WALLS: tuple[Colour, ...] = (
    (214, 222, 226), (176, 188, 192), (150, 150, 146), (190, 200, 182), (160, 190, 214),
    (190, 170, 150), (120, 108, 100), (140, 170, 150), (214, 206, 200), (92, 88, 86),
)  # fmt: skip

WOODS: tuple[Colour, ...] = (
    (110, 160, 202), (78, 118, 164), (60, 88, 130), (40, 56, 84), (150, 180, 204), (120, 128, 136),
)  # fmt: skip


def _colour(rng: Generator, low: float = 20, high: float = 235) -> Colour:
    blue, green, red = rng.uniform(low, high, 3)
    grey = (blue + green + red) / 3
    return mix((blue, green, red), (grey, grey, grey), rng.uniform(0.0, 0.7))


def _pick(rng: Generator, colours: tuple[Colour, ...]) -> Colour:
    return shade(colours[int(rng.integers(len(colours)))], rng.uniform(0.75, 1.12))


def _plain(rng: Generator, height: int, width: int, colour: Colour, mottle: float) -> Image:
    tone = 1 + textures.field(rng, height, width) * np.float32(mottle)
    painted = tone[..., None] * np.array(colour, np.float32)
    return to_bytes(painted)


def wall(rng: Generator, height: int, width: int) -> Image:
    """A painted wall, often with a picture, a door's edge or a socket on it."""
    picture = _plain(rng, height, width, _pick(rng, WALLS), rng.uniform(0.005, 0.05))
    if rng.random() < 0.4:
        _framed_picture(rng, picture)
    if rng.random() < 0.25:
        x = rng.uniform(0, width)
        fill(picture, rectangle(x, 0, width * 0.4, height), _pick(rng, WALLS))
        lines(picture, [np.array([(x, 0), (x, height)])], _colour(rng), width * 0.01)
    return picture


def _framed_picture(rng: Generator, picture: Image) -> None:
    height, width = picture.shape[:2]
    w, h = rng.uniform(0.12, 0.4) * width, rng.uniform(0.15, 0.45) * height
    x, y = rng.uniform(0, width - w), rng.uniform(0, height - h)
    fill(picture, rectangle(x, y, w, h), _colour(rng))
    inner = rectangle(x + 0.06 * w, y + 0.06 * h, 0.88 * w, 0.88 * h)
    fill(picture, inner, _colour(rng))
    (x0, y0), (x1, y1) = np.rint(inner[[0, 2]]).astype(int)
    piece = picture[y0:y1, x0:x1]
    if piece.size:
        spots = textures.field(rng, piece.shape[0], piece.shape[1])[..., None]
        paint = np.where(spots > 0, _colour(rng), _colour(rng)) + spots * 25
        piece[...] = to_bytes(paint)


def wood(rng: Generator, height: int, width: int) -> Image:
    """A wooden desk, its grain across or upright, sometimes of planks."""
    base = _pick(rng, WOODS)
    long, short = max(height, width), min(height, width)
    side = textures.field(rng, short, long // 12 + 2)
    grain = np.asarray(cv2.resize(side, (long, short), interpolation=cv2.INTER_CUBIC))
    rings = np.sin(grain * rng.uniform(2, 6) + np.linspace(0, rng.uniform(8, 60), short)[:, None])
    tone = 1 + 0.07 * grain + rng.uniform(0.02, 0.09) * rings
    if rng.random() < 0.5:
        plank = rng.uniform(0.12, 0.35) * short
        rows = (np.arange(short) / plank).astype(int)
        tone *= rng.uniform(0.85, 1.1, rows.max() + 1)[rows][:, None]
        tone[np.flatnonzero(np.diff(rows))] *= 0.55
    if height > width or rng.random() < 0.3:
        tone = np.asarray(cv2.resize(np.ascontiguousarray(tone.T), (width, height)))
    painted = tone[:height, :width, None] * np.array(base)
    return to_bytes(painted)


def shelf(rng: Generator, height: int, width: int) -> Image:
    """A shelf full of books, its boards dark."""
    board = _pick(rng, WOODS)
    picture = _plain(rng, height, width, shade(board, 0.4), 0.05)
    tall = height * rng.uniform(0.22, 0.6)
    top = -rng.uniform(0, 1) * tall
    while top < height:
        _books(rng, picture, top, tall)
        fill(picture, rectangle(0, top + tall * 0.94, width, tall * 0.06), board)
        top += tall
    return picture


def _books(rng: Generator, picture: Image, top: float, tall: float) -> None:
    x = -rng.uniform(0, 0.1) * tall
    while x < picture.shape[1]:
        thick = tall * rng.uniform(0.05, 0.17)
        if rng.random() < 0.08:
            x += thick
            continue
        high = tall * rng.uniform(0.55, 0.9)
        lean = tall * (rng.uniform(-0.08, 0.08) if rng.random() < 0.15 else 0.0)
        y = top + tall * 0.94 - high
        back = rectangle(x, y, thick * 0.94, high) + np.array([[lean, 0]] * 2 + [[0, 0]] * 2)
        colour = _colour(rng)
        fill(picture, back, colour)
        for _ in range(int(rng.integers(0, 3))):
            band = y + high * rng.uniform(0.1, 0.85)
            stripe = rectangle(x + thick * 0.1, band, thick * 0.75, high * rng.uniform(0.02, 0.12))
            fill(picture, stripe, mix(colour, _colour(rng), 0.8))
        x += thick


def clutter(rng: Generator, height: int, width: int) -> Image:
    """A desk or a floor with things lying about."""
    ground = wood if rng.random() < 0.6 else wall
    picture = ground(rng, height, width)
    for _ in range(int(rng.integers(5, 16))):
        centre = rng.uniform(0, 1, 2) * (width, height)
        axes = rng.uniform(0.02, 0.13, 2) * width
        outline = oval(centre, axes, rng.uniform(0, 180))
        if rng.random() < 0.6:
            outline = outline[6::12]
        fill(picture, outline + height * 0.012, shade(_pick(rng, WOODS), 0.4))
        fill(picture, outline, _colour(rng))
        if rng.random() < 0.3:
            fill(picture, centre + (outline - centre) * 0.7, _colour(rng))
    return picture


def window(rng: Generator, height: int, width: int) -> Image:
    """A bright window in a darker wall, sky and leaves behind it."""
    picture = _plain(rng, height, width, shade(_pick(rng, WALLS), 0.6), 0.02)
    w, h = rng.uniform(0.4, 0.95) * width, rng.uniform(0.5, 1.0) * height
    x, y = rng.uniform(-0.1, 1.0) * (width - w), rng.uniform(-0.1, 0.8) * (height - h)
    rows = slice(max(int(y), 0), max(min(int(y + h), height), 1))
    columns = slice(max(int(x), 0), max(min(int(x + w), width), 1))
    pane = picture[rows, columns]
    sky = np.float32(rng.uniform(235, 255)) + np.zeros((*pane.shape[:2], 3), np.float32)
    leaves = textures.field(rng, pane.shape[0], pane.shape[1], 0.6)
    level = rng.uniform(-0.5, 1.6) - np.linspace(0, 1.5, pane.shape[0])[:, None]
    green = np.array(_colour(rng, 30, 110)) * (0.8, 1.3, 0.8)
    sky[leaves > level] = green
    pane[...] = to_bytes(sky + leaves[..., None] * 12)
    colour = _pick(rng, WALLS)
    bars = [rectangle(x + w * part - width * 0.008, y, width * 0.016, h) for part in (0, 0.5, 1)]
    bars += [rectangle(x, y + h * part - width * 0.008, w, width * 0.016) for part in (0, 0.5, 1)]
    for bar in bars:
        fill(picture, bar, colour)
    return picture


def person(rng: Generator, height: int, width: int) -> Image:
    """Somebody in front of a wall, a shelf or a window."""
    behind = (wall, wall, shelf, window)[int(rng.integers(4))]
    picture = behind(rng, height, width)
    paint_person(rng, picture)
    return picture


def shirt(rng: Generator, height: int, width: int) -> Image:
    """Cloth close by: stripes, checks or plain, with folds."""
    y, x = np.mgrid[:height, :width].astype(np.float32)
    folds = textures.field(rng, height, width, 1.5)
    first, second = np.array(_colour(rng)), np.array(_colour(rng))
    turn, step = rng.uniform(0, np.pi), rng.uniform(0.015, 0.08) * width
    across = (x * np.cos(turn) + y * np.sin(turn) + folds * step * 0.6) / step
    along = (x * -np.sin(turn) + y * np.cos(turn) + folds * step * 0.6) / step
    kind = rng.random()
    pattern = np.zeros((height, width), np.float32)
    if kind < 0.4:
        pattern = ((across % 1) < rng.uniform(0.2, 0.7)).astype(np.float32)
    elif kind < 0.65:
        pattern = 0.5 * ((across % 1) < 0.5) + 0.5 * ((along % 1) < 0.5)
    cloth = first + pattern[..., None] * (second - first)
    tone = 1 + 0.09 * folds[..., None]
    return to_bytes(cloth * tone)


BACKGROUNDS: dict[str, Callable[[Generator, int, int], Image]] = {
    "wall": wall,
    "wood": wood,
    "shelf": shelf,
    "clutter": clutter,
    "window": window,
    "person": person,
    "shirt": shirt,
}
"""Kind of background -> what paints it: uint8, (height, width, 3)."""
