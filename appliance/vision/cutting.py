"""Cutting: the glyph in a place where a digit stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.vision.glyph import normalise
from appliance.vision.ink import Grey, Ink, Polarity, find_ink, strength_of
from appliance.vision.window import cut_window

SIDE, HEIGHT = 84, 42
"""Height and width of the window in pixels, and of the digit in it."""

CLOSER, NARROW = 4, 0.35
"""What is narrower than the second, in heights, and so many times as high as the window's digit is
looked at so many times as closely: a column of small writing hangs together from afar, like a 1."""

WIDEST_STROKE = 0.3
"""As a share of the window's side."""

AROUND = 0.1
"""Ink this far outside of the digit's box, in its heights, is still its own."""

FAINT = 0.35
"""What has less than this share of the digit's contrast is noise."""

PALEST, STRONGEST, BROADEST = 0.6, 1.7, 2.5
"""Strokes of such a pen have at least and at most these shares of the digit's contrast, and are no
broader than so many of its own: shadows, hands and the edges of a sheet mostly aren't like that."""


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """A digit cut out of a frame.

    pixels: float32 (28, 28), see `Glyph`. strength: contrast of its ink in grey levels.
    stroke: width of its strokes in heights of the digit.
    whole: share of its ink that the largest part of it holds.
    ground: brightness of what it is written on, in grey levels.
    beside: other strokes of such a pen close to the left and right of it, on its level: their ink
        in squares as high as the digit.
    """

    pixels: NDArray[np.float32]
    strength: float
    stroke: float
    whole: float
    ground: float
    beside: tuple[float, float] = (0.0, 0.0)

    def traits(self, height: float) -> tuple[float, float, float, float]:
        """What tells the hand of a digit that is so high, see `kinship`."""
        return height, self.strength, self.stroke * height, self.ground


def cut_out(
    levels: Sequence[Grey], place: NDArray[np.float64], polarity: Polarity, noise: float
) -> Cut:
    """What stands in a place as dark or light ink.

    levels: of the view, see `pyramid`. place: x and y of the digit's middle, its width and
    height, in pixels of the view. noise: standard deviation in grey levels.
    """
    window, inside = _window(levels, place, 1)
    cut = _cut(window, inside, _seen(place, levels[0].shape[1]), polarity, noise)
    _, _, width, height = place
    if height < CLOSER * HEIGHT or width > NARROW * height:
        return cut
    window, inside = _window(levels, place, CLOSER)
    _, whole = _own(find_ink(window, polarity, noise, WIDEST_STROKE).mask, inside)
    return replace(cut, whole=min(cut.whole, whole))


def _window(
    levels: Sequence[Grey], place: NDArray[np.float64], times: int
) -> tuple[Grey, tuple[slice, slice]]:
    """A window around a digit that is so many times HEIGHT high in it, and where it may be."""
    x, y, width, height = place
    side, high = times * SIDE, times * HEIGHT
    half = np.array([high * width / height, high]) / 2 + AROUND * high
    left, top = np.maximum(0, np.floor(side / 2 - half)).astype(int)
    window = cut_window(levels, x, y, height / high, side)
    return window, (slice(top, side - top), slice(left, side - left))


def _seen(place: NDArray[np.float64], across: int) -> slice:
    """Columns of the window around a digit that a view, so many pixels wide, shows."""
    x, _, _, height = place
    left, right = np.array([-x, across - x]) * HEIGHT / height + SIDE / 2
    return slice(max(0, int(np.ceil(left))), max(0, int(right)))


def _cut(
    window: Grey, inside: tuple[slice, slice], seen: slice, polarity: Polarity, noise: float
) -> Cut:
    """seen: columns of the window that lie in the view: beyond it its border goes on."""
    ink = find_ink(window, polarity, noise, WIDEST_STROKE)
    strength = strength_of(ink.contrast[inside][ink.mask[inside] > 0])
    ground = _ground(window[inside], ink.mask[inside])
    every = np.asarray(np.where(ink.contrast > FAINT * strength, ink.mask, 0), np.uint8)
    own, whole = _own(every, inside)
    if not own.any():
        return Cut(np.zeros((28, 28), np.float32), 0.0, 0.0, 0.0, ground)
    strength = strength_of(ink.contrast[own > 0])
    near = cv2.dilate(own, np.ones((3, 3), np.uint8))[inside] > 0
    soft = np.clip((ink.contrast[inside] / np.float32(strength) - 0.2) / 0.6, 0, 1)
    ink_alone = np.asarray(np.where(near, soft, 0), np.float32)
    stroke = _stroke(own)
    other = _other_strokes(ink, every, strength, stroke)
    beside = _beside(np.where(own, np.uint8(0), other), inside[1], seen)
    return Cut(normalise(ink_alone, stroke), strength, stroke / HEIGHT, whole, ground, beside)


def _stroke(mask: Grey) -> float:
    """Width of strokes in pixels, from their area and their outline, twice as long as they are."""
    outline = cv2.countNonZero(mask) - cv2.countNonZero(cv2.erode(mask, np.ones((3, 3), np.uint8)))
    return 2 * cv2.countNonZero(mask) / max(1, outline)


def _other_strokes(ink: Ink, every: Grey, strength: float, stroke: float) -> Grey:
    """Which ink may be strokes of the digit's pen, its own among them.

    every: what counts as ink. strength, stroke: contrast and width in pixels of the digit's.
    """
    least, most = (np.uint8(min(255, share * strength)) for share in (PALEST, STRONGEST))
    broad = round(BROADEST * stroke) | 1  # odd: an even one moves what it opens
    shades = cv2.morphologyEx(every, cv2.MORPH_OPEN, np.ones((broad, broad), np.uint8))
    darker = cv2.dilate(np.asarray(ink.contrast > most, np.uint8), np.ones((3, 3), np.uint8))
    strokes = (every > 0) & (ink.contrast > least) & (shades == 0) & (darker == 0)
    return np.asarray(strokes, np.uint8)


def _beside(strokes: Grey, inside: slice, seen: slice) -> tuple[float, float]:
    """How much of other strokes is left and right of a digit, in squares as high.

    inside: the columns where the digit may be. seen: those that lie in the view.
    """
    level, own = slice((SIDE - HEIGHT) // 2, (SIDE + HEIGHT) // 2), round(AROUND * HEIGHT)
    shown = np.zeros_like(strokes)
    shown[level, seen] = strokes[level, seen]
    left, right = shown[:, : inside.start + own], shown[:, inside.stop - own :]
    return cv2.countNonZero(left) / HEIGHT**2, cv2.countNonZero(right) / HEIGHT**2


def _ground(window: Grey, mask: Grey) -> float:
    """Brightness of what isn't ink, in grey levels."""
    bare = window[mask == 0]
    return float(np.median(bare)) if bare.size else 0.0


def _own(mask: Grey, inside: tuple[slice, slice]) -> tuple[Grey, float]:
    """The ink of the digit, and which share of it its largest part has.

    Parts that lie in its box for the most part, and the largest one, cut off at the border.
    """
    count, labels = cv2.connectedComponents(mask)
    within = np.bincount(labels[inside].ravel(), minlength=count)
    within[0] = 0
    own = within > 0.5 * np.bincount(labels.ravel(), minlength=count)
    largest = int(np.argmax(within))
    own[largest] = within[largest] > 0
    kept = np.zeros_like(mask)
    kept[inside] = np.where(own[labels[inside]], np.uint8(255), np.uint8(0))
    return kept, float(within[largest] / max(1, within[own].sum()))
