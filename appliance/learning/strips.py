"""Strips of drawn scenes that the transcriber learns from: lines of digits, and what is none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from appliance.learning.spotting import is_seen
from appliance.learning.windows import PEAKS
from appliance.scenes import Scene
from appliance.scenes.chance import log_uniform
from appliance.values import Frame
from appliance.vision import eye
from appliance.vision.heat import Places
from appliance.vision.lines import arranged
from appliance.vision.spots import LEAST, boxes_of, places_of
from appliance.vision.strips import strip_of

Image = NDArray[np.uint8]

EACH = 3
"""Strips of each line, each placed otherwise."""

PART = 0.4
"""Share of the strips that are cut for a part of the line's digits."""

OFF, ZOOM = 0.06, 0.14
"""Standard deviations of how far the middles that a strip is cut for are off, in heights, and of
the logarithm of their height."""

LEVEL, ALIKE = 0.5, 1.7
"""A digit is a line's when its middle is no farther above or below, in the line's heights, and it
is no so many times as high or low."""

ANYWHERE = 2
"""Strips of each scene that are cut anywhere."""

MOST_DIGITS, PITCH = 4, 0.9
"""Most digits that such a strip is cut for, and their distance in heights."""

LEAST_HEIGHT, OF_ALL, STEEP = 20.0, 0.5, 0.1
"""Least height that such strips are cut for in pixels, greatest as a share of the view, and
standard deviation of their slope."""


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """A strip, and the digits in it from left to right.

    grey: uint8, see `Strip.cut`.
    """

    grey: Image
    digits: tuple[int, ...]


def examples_of(scene: Scene, random: Generator, spot: eye.Spot) -> list[Example]:
    """Strips of each line of a scene, then some where there is none.

    spot: what it takes for digits wrongly is shown.
    """
    seen = eye.spotted(eye.view(Frame(scene.frame)), spot)
    every = places_of(scene.boxes) * seen.scale
    visible = np.array([is_seen(box, scene.ink) for box in scene.boxes], np.bool_)
    labels = np.array([int(digit) for line in scene.lines for digit in line], np.int64)
    places, labels = every[visible], labels[visible]
    lines = np.repeat(np.arange(len(scene.lines)), [len(line) for line in scene.lines])[visible]
    cut_for = [
        _as_found(places[lines == line], random) for line in np.unique(lines) for _ in range(EACH)
    ]
    cut_for += [*_as_spotted(seen), *_anywhere(seen, random)]
    found = [_example(seen, line, places, labels) for line in cut_for]
    return [example for example in found if example is not None]


def _as_found(digits: Places, random: Generator) -> Places:
    """Some of a line's digits, where the reader may take them to be."""
    if len(digits) > 1 and random.random() < PART:
        first = int(random.integers(len(digits)))
        last = int(random.integers(first, len(digits)))
        digits = digits[first : last + 1]
        if len(digits) > 2 and random.random() < 0.5:
            digits = np.delete(digits, 1 + random.integers(len(digits) - 2), axis=0)
    height = float(np.median(digits[:, 3])) * float(np.exp(random.normal(0, ZOOM)))
    result = digits.copy()
    result[:, :2] += random.normal(0, OFF, (len(digits), 2)) * height
    result[:, 3] = height
    return result


def _example(
    seen: eye.View, line: Places, places: Places, labels: NDArray[np.int64]
) -> Example | None:
    """The strip of a line, and the digits in it; None where one is of quite another height."""
    strip = strip_of(line)
    if not len(places):
        return Example(strip.cut(seen.levels), ())
    within = strip.within(places)
    there = (np.abs(within[:, 1]) < LEVEL) & (within[:, 0] > -0.5)
    there &= within[:, 0] < strip.columns - 0.5
    ratio = places[:, 3] / float(np.median(line[:, 3]))
    if ((ratio > ALIKE) | (ratio < 1 / ALIKE))[there].any():
        return None
    chosen = np.flatnonzero(there)
    order = chosen[np.argsort(within[chosen, 0], kind="stable")]
    return Example(strip.cut(seen.levels), tuple(labels[order].tolist()))


def _as_spotted(seen: eye.View) -> Iterator[Places]:
    """The lines that the spotter's peaks make, be they digits or not."""
    assert seen.heat is not None
    peaks = seen.heat.peaks(LEAST)[:PEAKS]
    height, width = seen.grey.shape
    for line in arranged(boxes_of(peaks, (width, height))):
        yield peaks[line]


def _anywhere(seen: eye.View, random: Generator) -> Iterator[Places]:
    height, width = seen.grey.shape
    for _ in range(ANYWHERE):
        high = log_uniform(random, LEAST_HEIGHT, OF_ALL * max(height, width))
        steps = np.arange(random.integers(1, MOST_DIGITS + 1)) * PITCH * high
        x, y, slope = random.uniform(0, width), random.uniform(0, height), random.normal(0, STEEP)
        size = np.full(len(steps), high)
        yield np.column_stack([x + steps, y + slope * steps, size, size])
