"""Somebody before the camera, drawn simply: shoulders, neck, head, face and hair."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator

from appliance.scenes import textures
from appliance.scenes.canvas import (
    Colour,
    ellipse,
    fill,
    lay,
    lines,
    mix,
    oval,
    rectangle,
    shade,
    to_bytes,
)
from appliance.scenes.hands import SKINS
from appliance.scenes.strokes import Image

HAIRS: tuple[Colour, ...] = (
    (24, 22, 26), (34, 44, 66), (50, 80, 120), (90, 140, 180), (150, 150, 152), (36, 60, 130),
)  # fmt: skip


def paint_person(rng: Generator, picture: Image, size: float | None = None) -> None:
    """Paint a person in place; size: of the head, as a part of the picture's height."""
    height, width = picture.shape[:2]
    head = height * (rng.uniform(0.16, 0.3) if size is None else size)
    x, y = width * rng.uniform(0.25, 0.75), height * rng.uniform(0.15, 0.4)
    skin = SKINS[int(rng.integers(len(SKINS)))]
    hair = HAIRS[int(rng.integers(len(HAIRS)))]
    bare = picture.copy()
    _shoulders(rng, picture, x, y, head)
    fill(picture, rectangle(x - head * 0.28, y + head * 0.3, head * 0.56, head), shade(skin, 0.82))
    ellipse(picture, (x, y - head * 0.15), (head * 0.62, head * 0.72), 0, hair)
    if rng.random() < 0.35:
        fill(picture, rectangle(x - head * 0.6, y, head * 1.2, head), hair)
    ellipse(picture, (x, y), (head * 0.5, head * 0.66), 0, skin)
    _face(rng, picture, (x, y), head, skin)
    _roughen(rng, picture, bare)


def _roughen(rng: Generator, picture: Image, bare: Image) -> None:
    """Soft light and shade over the person alone."""
    height, width = picture.shape[:2]
    changed = np.asarray(cv2.absdiff(picture, bare)).max(axis=2) > 0
    light = 1 + textures.field(rng, height, width)[..., None] * np.float32(0.05)
    lit = to_bytes(picture * light)
    lay(picture, lit, changed.astype(np.uint8) * np.uint8(255))


def _shoulders(rng: Generator, picture: Image, x: float, y: float, head: float) -> None:
    height, width = picture.shape[:2]
    cover = np.zeros((height, width), np.uint8)
    fill(cover, oval((x, y + head * 2.6), (head * 1.5, head * 1.6)), 255.0)
    fill(cover, rectangle(x - head * 1.5, y + head * 2.6, head * 3, height), 255.0)
    first, second = rng.uniform(25, 225, (2, 3))
    rows, columns = np.mgrid[:height, :width]
    step = head * rng.uniform(0.12, 0.5)
    waves = textures.field(rng, height, width) * step * 0.3
    upright, across = np.sin((columns + waves) / step * 6.3), np.sin((rows + waves) / step * 6.3)
    pattern = (np.zeros((height, width)), upright > 0, across > 0.3, (upright > 0) * (across > 0))
    chosen = np.asarray(pattern[int(rng.integers(4))], np.float32)[..., None]
    cloth = first + chosen * (second - first)
    lay(picture, to_bytes(cloth), cover)


def _face(
    rng: Generator, picture: Image, middle: tuple[float, float], head: float, skin: Colour
) -> None:
    x, y = middle
    dark: Colour = (30, 30, 36)
    for side in (-1, 1):
        eye = (x + side * head * 0.2, y - head * 0.06)
        ellipse(picture, eye, (head * 0.09, head * 0.05), 0, (236, 238, 240))
        ellipse(picture, eye, (head * 0.045, head * 0.05), 0, dark)
        brow = np.array([(eye[0] - head * 0.1, eye[1] - head * 0.1), (eye[0], eye[1] - head * 0.14),
                         (eye[0] + head * 0.1, eye[1] - head * 0.1)])  # fmt: skip
        lines(picture, [brow], dark, head * 0.03)
        ellipse(
            picture, (x + side * head * 0.5, y), (head * 0.07, head * 0.13), 0, shade(skin, 0.9)
        )
    nose = np.array([(x, y - head * 0.05), (x - head * 0.07, y + head * 0.2), (x, y + head * 0.22)])
    lines(picture, [nose], shade(skin, 0.75), head * 0.02)
    lip = mix(skin, (80, 70, 190), 0.5)
    ellipse(picture, (x, y + head * 0.38), (head * 0.17, head * rng.uniform(0.03, 0.08)), 0, lip)
    if rng.random() < 0.3:
        for side in (-1, 1):
            glass = oval((x + side * head * 0.2, y - head * 0.06), (head * 0.15, head * 0.12))
            lines(picture, [np.concatenate([glass, glass[:1]])], dark, head * 0.025)
