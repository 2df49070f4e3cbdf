"""What lens, sensor and compression make of a scene."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator

from appliance.scenes import textures
from appliance.scenes.strokes import Image


@dataclass(frozen=True, slots=True)
class Optics:
    """Faults of a camera; lengths are in pixels of a frame 960 high.

    defocus: standard deviation of the blur. motion: length of the smear.
    noise: standard deviation of a pixel, 0..1 of white. softness: blur of the noise itself.
    contrast: below 1 lifts the dark parts, as haze and stray light do.
    detail: below 1, the sensor has fewer pixels than the frame. jpeg: quality, 0 for none.
    sharpening: strength of the camera's own.
    early_jpeg: compressed before it is enlarged to the frame. blocky: enlarged without smoothing.
    """

    defocus: float = 0.5
    motion: float = 0.0
    noise: float = 0.005
    softness: float = 0.0
    contrast: float = 1.0
    detail: float = 1.0
    jpeg: int = 0
    sharpening: float = 0.0
    early_jpeg: bool = False
    blocky: bool = False


def expose(rng: Generator, frame: Image, optics: Optics) -> Image:
    """The frame (H, W, 3) as the camera delivers it."""
    height, width = frame.shape[:2]
    unit = height / 960
    if optics.detail < 1:
        small = (max(int(width * optics.detail), 8), max(int(height * optics.detail), 8))
        frame = np.asarray(cv2.resize(frame, small, interpolation=cv2.INTER_AREA))
        unit *= optics.detail
    if optics.motion * unit > 1:
        frame = _smear(rng, frame, optics.motion * unit)
    if optics.defocus * unit > 0.25:
        frame = np.asarray(cv2.GaussianBlur(frame, (0, 0), optics.defocus * unit))
    frame = _noise(rng, frame, optics)
    if optics.sharpening > 0:
        soft = cv2.GaussianBlur(frame, (0, 0), 1.2)
        gain = optics.sharpening
        frame = np.asarray(cv2.addWeighted(frame, 1 + gain, soft, -gain, 0))
    if optics.jpeg and optics.early_jpeg:
        frame = _compressed(frame, optics.jpeg)
    if frame.shape[:2] != (height, width):
        smooth = cv2.INTER_NEAREST if optics.blocky else cv2.INTER_LINEAR
        frame = np.asarray(cv2.resize(frame, (width, height), interpolation=smooth))
    if optics.jpeg and not optics.early_jpeg:
        frame = _compressed(frame, optics.jpeg)
    return frame.astype(np.uint8, copy=False)


def _compressed(frame: Image, quality: int) -> Image:
    coded = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)


def _noise(rng: Generator, frame: Image, optics: Optics) -> Image:
    tile = textures.grain(optics.softness, 3)
    noise = textures.cut(rng, tile, frame.shape[0], frame.shape[1])
    strength = optics.noise * 255 / textures.SPREAD
    lift = 128 * (1 - optics.contrast) * 0.8 - 128 * strength
    return np.asarray(cv2.addWeighted(frame, optics.contrast, noise, strength, lift))


def _smear(rng: Generator, frame: Image, length: float) -> Image:
    size = int(np.ceil(length)) | 1
    kernel = np.zeros((size, size), np.float32)
    turn, middle = rng.uniform(0, np.pi), (size - 1) / 2
    for t in np.linspace(-0.5, 0.5, 4 * size):
        x, y = middle + t * (length - 1) * np.cos(turn), middle + t * (length - 1) * np.sin(turn)
        column, row = int(x), int(y)
        for dy, dx in ((0, 0), (0, 1), (1, 0), (1, 1)):
            if row + dy < size and column + dx < size:
                share = (1 - abs(x - column - dx)) * (1 - abs(y - row - dy))
                kernel[row + dy, column + dx] += np.float32(share)
    kernel /= kernel.sum()
    return np.asarray(cv2.filter2D(frame, -1, kernel, borderType=cv2.BORDER_REPLICATE))
