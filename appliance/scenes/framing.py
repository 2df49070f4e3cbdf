"""Bringing what is written into the frame: nothing that has a label is cut off too far."""

from __future__ import annotations

import math
from collections.abc import Sequence

from numpy.random import Generator

from appliance.scenes.pose import Pose, new_pose
from appliance.scenes.strokes import bounds
from appliance.scenes.writing import Mark, extent

TRIES = 30

CUT_OFF, BEYOND = 0.25, 0.15
"""How often a close picture may cut digits off, and how far they may reach beyond it then, in
heights of the frame."""

TIGHT = 0.08
"""How often a close picture ends where its marks do."""

SMALLEST, LONGEST = 28, 1280
"""Shortest and longest side of a close picture in pixels."""

SEEN = 0.75
"""Least part of a digit's width and height that such a picture shows."""


def place(
    rng: Generator,
    size: tuple[int, int],
    marks: Sequence[Mark],
    angles: tuple[float, float, float],
    curl: float,
    *,
    margin: float,
) -> tuple[Pose, float]:
    """A pose at a random place that shows all marks; they are made smaller in place if need be.

    margin: least distance from the frame's edge, in heights of the frame.
    Returns the pose and the factor by which the marks were made smaller, 1 or less.
    """
    factor = 1.0
    for attempt in range(TRIES):
        spread = 1 - attempt / TRIES
        x, y = (0.5 + spread * (rng.beta(2, 2, 2) - 0.5)) * (size[1], size[0])
        pose = new_pose(size, (float(x), float(y)), angles, curl)
        if fits(pose, marks, size, margin):
            break
        if attempt % 5 == 4:
            factor *= shrink(marks, 0.88)
    return pose, factor


def place_closely(
    rng: Generator,
    size: tuple[int, int],
    marks: Sequence[Mark],
    angles: tuple[float, float, float],
    curl: float = 0.0,
    *,
    margin: float,
) -> tuple[Pose, float]:
    """As `place`, but now and then the outermost marks are cut off a little."""
    factor = 1.0
    if rng.random() < CUT_OFF:
        pose, factor = place(rng, size, marks, angles, curl, margin=-BEYOND)
        if all(_shows(size, mark.project(pose)) for mark in marks):
            return pose, factor
    pose, more = place(rng, size, marks, angles, curl, margin=margin)
    return pose, factor * more


def frame_closely(
    rng: Generator,
    size: tuple[int, int],
    marks: Sequence[Mark],
    angles: tuple[float, float, float],
    *,
    margin: float,
    tight: bool,
) -> tuple[tuple[int, int], Pose, float]:
    """Height and width of a close picture, and what `place_closely` gives for it.

    tight: it ends where the marks do; otherwise its size is the one that is given.
    """
    if not tight:
        return size, *place_closely(rng, size, marks, angles, margin=margin)
    left, top, right, bottom = extent(marks)
    size = max(math.ceil(bottom - top), SMALLEST), max(math.ceil(right - left), SMALLEST)
    return size, new_pose(size, ((size[1] - 1) / 2, (size[0] - 1) / 2), angles), 1.0


def _shows(size: tuple[int, int], mark: Mark) -> bool:
    """Whether a frame of (height, width) shows enough of a mark, in its pixels, to be read."""
    left, top, right, bottom = bounds(mark.strokes)
    across = min(right, size[1]) - max(left, 0)
    down = min(bottom, size[0]) - max(top, 0)
    return across >= SEEN * (right - left) and down >= SEEN * (bottom - top)


def fits(pose: Pose, marks: Sequence[Mark], size: tuple[int, int], margin: float) -> bool:
    """Whether all marks lie within the frame."""
    seen = [pose.stroke(stroke) for mark in marks for stroke in mark.strokes]
    left, top, right, bottom = bounds(seen)
    edge = margin * size[0]
    return min(left, top) > edge and right < size[1] - 1 - edge and bottom < size[0] - 1 - edge


def shrink_to(marks: Sequence[Mark], size: tuple[int, int], share: float) -> float:
    """Make marks smaller in place until they fit a share of the frame; returns the factor."""
    left, top, right, bottom = extent(marks)
    return shrink(
        marks, min(1.0, share * size[1] / (right - left), share * size[0] / (bottom - top))
    )


def shrink(marks: Sequence[Mark], factor: float) -> float:
    """Multiply all marks in place; returns the factor."""
    for mark in marks:
        for stroke in mark.strokes:
            stroke *= factor
    return factor
