"""The light that falls on a scene: how much, from where, in which colour, and what shades it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from appliance.scenes import textures
from appliance.scenes.canvas import enlarge, fill, lay, oval, rectangle, to_bytes
from appliance.scenes.strokes import Image, Points

COARSENESS = 4
"""Light is worked out on a grid of this many pixels."""


@dataclass(frozen=True, slots=True)
class Light:
    """Light on the frame.

    exposure: brightness of white paper, 1 is just at the sensor's limit.
    gradient: relative difference from one side to the other. vignette: loss in the corners.
    shadow: darkness of a cast shadow 0..1, its penumbra in heights of the frame.
    glare: strength of a reflection 0..1. cast: gains of blue, green and red.
    unevenness: of soft blotches. backlight: how much brighter the background is.
    """

    exposure: float = 0.9
    gradient: float = 0.0
    vignette: float = 0.0
    shadow: float = 0.0
    penumbra: float = 0.01
    glare: float = 0.0
    cast: tuple[float, float, float] = (1.0, 1.0, 1.0)
    unevenness: float = 0.0
    backlight: float = 1.0


def shine(rng: Generator, frame: Image, light: Light, page: Points | None) -> Image:
    """The frame (H, W, 3) in a light; page: outline (N, 2) of the page, in pixels."""
    height, width = frame.shape[:2]
    rows, columns = height // COARSENESS + 2, width // COARSENESS + 2
    level = _gradient(rng, rows, columns, light)
    if light.shadow > 0:
        level *= _shadow(rng, rows, columns, light)
    if light.backlight != 1.0 and page is not None:
        cover = np.zeros((rows, columns), np.uint8)
        fill(cover, page / COARSENESS, 255.0)
        cv2.dilate(cover, np.ones((3, 3), np.uint8), dst=cover)  # the page's rim must not glow
        behind = 1 - cover.astype(np.float32) / 255
        level *= 1 + behind * np.float32(light.backlight - 1)
    gain = level[..., None] * (np.array(light.cast, np.float32) * np.float32(light.exposure))
    wide = np.asarray(cv2.resize(gain, (width, height), interpolation=cv2.INTER_LINEAR))
    lit = np.asarray(cv2.multiply(frame, wide, dtype=cv2.CV_8U), np.uint8)
    if light.glare > 0 and page is not None:
        _glare(rng, lit, light.glare, page)
    return lit


def _gradient(rng: Generator, rows: int, columns: int, light: Light) -> NDArray[np.float32]:
    y, x = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : columns * 1j].astype(np.float32)
    turn = rng.uniform(0, 2 * np.pi)
    slope = (x * np.cos(turn) + y * np.sin(turn)) / np.float32(1.4)
    level = 1 - np.float32(light.gradient) * (0.5 + 0.5 * slope)
    level *= 1 - np.float32(light.vignette / 2) * (x * x + y * y)
    if light.unevenness > 0:
        level *= 1 + textures.field(rng, rows, columns, 3.0) * np.float32(light.unevenness)
    return np.asarray(np.maximum(level, 0.02), np.float32)


def _shadow(rng: Generator, rows: int, columns: int, light: Light) -> NDArray[np.float32]:
    """A shadow's edge across the frame: of a body, a hand, a blind or a leaf."""
    cover = np.zeros((rows, columns), np.uint8)
    caster = (_body, _fingers, _slats, _blob)[int(rng.choice(4, p=(0.57, 0.13, 0.06, 0.24)))]
    caster(rng, cover)
    soft = cv2.GaussianBlur(cover, (0, 0), max(light.penumbra * rows, 0.6))
    return 1 - np.asarray(soft, np.float32) * np.float32(light.shadow / 255)


def _body(rng: Generator, cover: Image) -> None:
    rows, columns = cover.shape
    centre = rng.uniform(0.1, 0.9, 2) * (columns, rows)
    half = rectangle(-4 * columns, 0, 8 * columns, 8 * columns)
    turn = rng.uniform(0, 2 * np.pi)
    spin = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    fill(cover, half @ spin + centre, 255.0)


def _fingers(rng: Generator, cover: Image) -> None:
    rows, columns = cover.shape
    palm = rng.uniform(0.2, 0.8, 2) * (columns, rows)
    size, turn = rows * rng.uniform(0.1, 0.25), rng.uniform(0, 2 * np.pi)
    away = np.array([np.cos(turn), np.sin(turn)])
    fill(cover, oval(palm, (size, size)), 255.0)
    fill(cover, oval(palm - away * size * 3, (size * 3, size * 0.7), np.degrees(turn)), 255.0)
    for spread in (-0.7, -0.3, 0.05, 0.4):
        finger = np.array([np.cos(turn + spread), np.sin(turn + spread)])
        spot = palm + finger * size * 1.5
        fill(cover, oval(spot, (size, size * 0.24), np.degrees(turn + spread)), 255.0)


def _slats(rng: Generator, cover: Image) -> None:
    rows, columns = cover.shape
    step, lean = rows * rng.uniform(0.1, 0.3), rng.uniform(-0.7, 0.7)
    for top in np.arange(-columns, rows + columns, step):
        bar = np.array([(0, top), (columns, top + lean * columns)])
        fill(cover, np.concatenate([bar, bar[::-1] + np.array([0, step * 0.45])]), 255.0)


def _blob(rng: Generator, cover: Image) -> None:
    rows, columns = cover.shape
    level = float(rng.uniform(-0.3, 1.0))
    cover[textures.field(rng, rows, columns, 2.5) > level] = 255


def _glare(rng: Generator, lit: Image, strength: float, page: Points) -> None:
    """A soft bright spot somewhere on the page."""
    height, width = lit.shape[:2]
    cover = np.zeros((height // 8 + 1, width // 8 + 1), np.uint8)
    across = page[rng.integers(len(page), size=2)]
    spot = (across[0] + (across[1] - across[0]) * rng.uniform(0.2, 0.8)) / 8
    size = float(np.ptp(page, axis=0).min()) / 8 * rng.uniform(0.08, 0.3)
    fill(cover, oval(spot, (size * rng.uniform(1, 2.5), size), rng.uniform(0, 180)), 255.0)
    soft = cv2.GaussianBlur(cover, (0, 0), max(size * 0.5, 0.6))
    wide = enlarge(np.asarray(soft, np.uint8), height, width)
    lay(lit, (255.0, 255.0, 255.0), to_bytes(wide * strength))
