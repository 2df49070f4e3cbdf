"""Windows of drawn scenes that the recogniser learns from: around digits, and beside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, combinations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from appliance.learning.crops import NONE
from appliance.learning.spotting import is_seen
from appliance.learning.truth import polarity_of
from appliance.scenes import Scene
from appliance.scenes.chance import log_uniform
from appliance.values import Frame
from appliance.vision import eye
from appliance.vision.cutting import cut_out
from appliance.vision.spots import LEAST, LOWEST, places_of
from appliance.vision.surroundings import places_beside
from appliance.vision.window import cut_window

SIDE, IN_SIDE = 128, 32
"""Height and width of a window in pixels, and height of the digit in it: more than the recogniser
sees, so that a part of it can be shown."""

NEAR, ALIKE = 0.35, 2.0
"""A place is a digit's when it is nearer to its middle than this, in its heights, and the window is
cut for a digit no so many times as large or small."""

NEIGHBOURS, GAPS = 2.0, 0.15
"""Digits whose middles are nearer than this, in heights, are neighbours; share of the gaps between
such that are shown."""

MARKS, ANYWHERE = 3, 3
"""Windows of each scene that show other writing, and any place."""

MARKED, STEP = 60, 8
"""Other writing is where there is more of it than this; every so many pixels are looked at."""

PEAKS = 30
"""The surest peaks of a scene that are shown: a page of more would outweigh all others."""

LEAST_HEIGHT, OF_MARKS, OF_ALL = 20.0, 0.4, 0.8
"""Least height that such windows are cut for in pixels, and greatest as a share of the view."""

WRONG_SIZES = (0.3, 0.4, 2.8, 4.0)
"""Factors of a digit's height by which a window is cut too small or too large for it."""

OFF = 0.3
"""Standard deviation of where those lie, in the heights that they are cut for."""

Image = NDArray[np.uint8]
Digits = NDArray[np.float64]
"""(N, 4): x and y of the middle, width and height, in pixels of the view."""
Place = tuple[float, float, float]
"""x and y of the middle, and the height, in pixels of the view."""


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """A window, and what stands in the middle of it.

    grey: uint8 (SIDE, SIDE), cut so that the digit is IN_SIDE pixels high.
    label: 0..9, or NONE.
    width: of the digit in its heights; 0 without one.
    """

    grey: Image
    label: int
    width: float


def examples_of(scene: Scene, random: Generator, spot: eye.Spot) -> list[Example]:
    """Windows around each digit of a scene that is to be seen, then some around no digit.

    spot: what it takes for digits wrongly is shown.
    """
    seen = eye.spotted(eye.view(Frame(scene.frame)), spot)
    digits = _digits(scene, seen.scale)
    labels = scene.text.replace("\n", "")
    examples = [
        Example(_cut(seen, (x, y, height)), int(label), width / height)
        for (x, y, width, height), label, box in zip(digits, labels, scene.boxes, strict=True)
        if is_seen(box, scene.ink)
    ]
    others = chain(
        _false_peaks(seen, digits),
        _beside(scene, seen, digits),
        _gaps(digits, random),
        _on_marks(scene, seen, random),
        _anywhere(seen, random),
        _wrong_sizes(digits, random),
    )
    none = [Example(_cut(seen, at), NONE, 0.0) for at in others if not _is_one(at, digits)]
    return examples + none


def _digits(scene: Scene, scale: float) -> Digits:
    """Where they are; scale: pixels of the view per pixel of the frame."""
    return places_of(scene.boxes) * scale


def _cut(seen: eye.View, place: Place) -> Image:
    x, y, height = place
    return cut_window(seen.levels, x, y, max(height, LOWEST) / IN_SIDE, SIDE)


def _false_peaks(seen: eye.View, digits: Digits) -> Iterator[Place]:
    """What the spotter takes for digits where there is none."""
    assert seen.heat is not None
    for x, y, _, height in seen.heat.peaks(LEAST)[:PEAKS]:
        if _nearest((x, y, height), digits) is None:
            yield x, y, height


def _beside(scene: Scene, seen: eye.View, digits: Digits) -> Iterator[Place]:
    """Where the reader looks for one more digit, once it has found all that are to be seen."""
    visible = np.array([is_seen(box, scene.ink) for box in scene.boxes], np.bool_)
    if not visible.any():
        return
    boxes = [eye.in_view(scene.boxes[index], seen) for index in np.flatnonzero(visible)]
    first = digits[visible][0]
    polarity = polarity_of(seen, scene)
    strength = cut_out(seen.levels, first, polarity, seen.noise).strength
    for x, y, _, height in places_beside(seen, boxes, polarity, strength):
        yield x, y, height


def _gaps(digits: Digits, random: Generator) -> Iterator[Place]:
    """Some places between two digits."""
    for one, other in combinations(digits, 2):
        height = one[3]
        near = np.hypot(*(one[:2] - other[:2])) < NEIGHBOURS * height
        if near and random.random() < GAPS:
            x, y = (one[:2] + other[:2]) / 2
            if _nearest((x, y, height), digits) is None:
                yield x, y, height


def _on_marks(scene: Scene, seen: eye.View, random: Generator) -> Iterator[Place]:
    """Some places on other writing."""
    rows, columns = np.nonzero(scene.marks[::STEP, ::STEP] > MARKED)
    for _ in range(MARKS if len(rows) else 0):
        k = random.integers(len(rows))
        x, y = (STEP * seen.scale * float(index[k]) for index in (columns, rows))
        yield x, y, _height(seen, OF_MARKS, random)


def _anywhere(seen: eye.View, random: Generator) -> Iterator[Place]:
    height, width = seen.grey.shape
    for _ in range(ANYWHERE):
        yield random.uniform(0, width), random.uniform(0, height), _height(seen, OF_ALL, random)


def _height(seen: eye.View, share: float, random: Generator) -> float:
    """Any height up to a share of the view, all orders of size alike."""
    most = share * max(seen.grey.shape)
    return log_uniform(random, LEAST_HEIGHT, most)


def _wrong_sizes(digits: Digits, random: Generator) -> Iterator[Place]:
    """A window that shows a part of a digit, or one among others."""
    if len(digits):
        x, y, _, height = digits[random.integers(len(digits))]
        height *= random.choice(WRONG_SIZES)
        right, down = OFF * height * random.standard_normal(2)
        yield x + right, y + down, height


def _nearest(place: Place, digits: Digits) -> int | None:
    """The digit that a place is near to, or None."""
    if not len(digits):
        return None
    distance = np.hypot(*(digits[:, :2] - place[:2]).T) / digits[:, 3]
    nearest = int(distance.argmin())
    return nearest if distance[nearest] < NEAR else None


def _is_one(place: Place, digits: Digits) -> bool:
    """Whether a window for a place shows a digit as the recogniser should know it."""
    nearest = _nearest(place, digits)
    if nearest is None:
        return False
    return bool(1 / ALIKE < place[2] / digits[nearest, 3] < ALIKE)
