"""The eye: from a frame to where digits are in it, and to the lines of ink that may be digits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import get_args

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.values import Box, Frame
from appliance.vision.brightness import SQUARE, brightness, in_squares
from appliance.vision.heat import Heat
from appliance.vision.ink import SMALL_SIDE, Grey, Ink, Polarity, find_ink, noise_level
from appliance.vision.kinship import agreed
from appliance.vision.lines import Line, find_lines, writing_angle
from appliance.vision.pieces import Parts, Piece, find_pieces
from appliance.vision.spots import NO_SPOTS, Recognise, Spots, find_spots
from appliance.vision.window import pyramid

LONGEST_SIDE = 1280
"""Larger frames are reduced to this: nothing that a person writes needs more."""

SPOTTED_SIDE = 1024
"""Longer side of the copy that the spotter sees, in pixels, whatever the frame's."""

SAME_PEN = 0.5
"""What stands near a line belongs to it with at least this share of its contrast."""

MOST_BODIES = 48
"""More pieces that could be digits than this are texture; the most prominent are looked at."""


@dataclass(frozen=True, slots=True)
class Look:
    """A way to look at a frame.

    polarity: what counts as ink. window: share of the longer side beyond which a patch is no
    stroke, see `paper_brightness`. side: longer side of the copy that is looked at, in pixels.
    """

    polarity: Polarity
    window: float
    side: int


COARSE, USUAL, FINE = (0.4, 480), (0.09, 640), (0.09, LONGEST_SIDE)
"""Window and side of the looks: for digits that fill the frame, for most, and for small ones."""

WRITING = Look("dark", *FINE)
"""The finest look at what is written on paper."""

LOOKS = tuple(
    Look(polarity, *kind) for kind in (USUAL, COARSE, FINE) for polarity in get_args(Polarity)
)
"""All ways; a reading takes one of them at most, see `way_for`."""

FINER, FILLING = 32, 0.6
"""Digits lower than so many pixels in the usual look are looked at more finely; those higher than
this share of the frame's longer side more coarsely."""


@dataclass(frozen=True, eq=False)
class View:
    """A frame as the eye works on it.

    grey: uint8, (height, width), at most LONGEST_SIDE long.
    scale: pixels of `grey` per pixel of the frame.
    noise: standard deviation in grey levels.
    size: (width, height) of the frame in pixels.
    heat: where digits are written; None before the spotter is asked.
    spots: where digits seem to stand; none before the recogniser is asked.
    """

    grey: Grey
    scale: float
    noise: float
    size: tuple[int, int]
    heat: Heat | None = None
    spots: Spots = NO_SPOTS

    @cached_property
    def levels(self) -> list[Grey]:
        """What patches are cut from: see `pyramid`."""
        return pyramid(self.grey)

    @cached_property
    def roll(self) -> float | None:
        """Of the writing, in degrees, as its sure spots stand; None when they are less than two."""
        sure = self.spots.surer_than(0.5)
        return writing_angle(sure.boxes(self.size)) if len(sure) > 1 else None


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """Ink of one polarity and size.

    bodies: the pieces that have the size and build of digits, the most prominent first.
    more: those that are not looked at, because there are too many.
    parts: other pieces, some of which may belong to digits.
    """

    view: View
    ink: Ink
    bodies: tuple[Piece, ...]
    more: tuple[Piece, ...]
    parts: Parts


def view(frame: Frame) -> View:
    """The frame in grey, brought to a workable size, freed of heavy noise."""
    grey = _grey(frame.pixels)
    height, width = grey.shape
    longer = max(grey.shape)
    scale = min(1.0, LONGEST_SIDE / longer) if longer > SMALL_SIDE else SMALL_SIDE / longer
    grey = _resized(grey, scale)
    noise = noise_level(grey)
    if noise > 2:
        grey = np.asarray(cv2.GaussianBlur(grey, (5, 5), 1.2), np.uint8)
        noise *= 0.3
    return View(grey, scale, noise, (width, height))


def spotted(seen: View, spot: Callable[[NDArray[np.float32]], NDArray[np.float32]]) -> View:
    """The view with where digits are written; spot: see `Spotter.spot`."""
    small = sized(seen.grey, SPOTTED_SIDE)
    ink, core = np.moveaxis(spot(in_squares(brightness(small))), -1, 0)
    return replace(seen, heat=Heat(ink, core, SQUARE * max(seen.grey.shape) / SPOTTED_SIDE))


def sized(grey: Grey, side: int) -> Grey:
    """A copy whose longer side has so many pixels, be it larger or smaller."""
    return _interpolated(grey, side / max(grey.shape))


def recognised(seen: View, recognise: Recognise) -> View:
    """The view with the digits that seem to stand in it; recognise: see `Recogniser.recognise`."""
    if seen.heat is None:
        return seen
    spots = find_spots(seen.levels, seen.heat, recognise)
    return replace(seen, spots=spots.enlarged(1 / seen.scale))


def way_for(polarity: Polarity, height: float) -> Look:
    """The way to look for digits of a height, as a share of the frame's longer side."""
    if height >= FILLING:
        return Look(polarity, *COARSE)
    return Look(polarity, *(FINE if height * USUAL[1] < FINER else USUAL))


def looks(seen: View) -> Iterator[Page]:
    """Look in all ways, in turn; in a small frame some are the same."""
    longest = max(seen.grey.shape)
    for way in dict.fromkeys(replace(way, side=min(way.side, longest)) for way in LOOKS):
        yield look(seen, way)


def look(seen: View, way: Look = WRITING) -> Page:
    """Find the pieces of ink."""
    seen = reduced(seen, way.side)
    ink = find_ink(seen.grey, way.polarity, seen.noise, way.window)
    return page_of(ink, seen)


def reduced(seen: View, side: int) -> View:
    """The view with a longer side of so many pixels, if it has more."""
    factor = min(1.0, side / max(seen.grey.shape))
    if factor == 1:
        return seen
    grey = _interpolated(seen.grey, factor)
    heat = seen.heat and replace(seen.heat, cell=seen.heat.cell * factor)
    return View(grey, seen.scale * factor, seen.noise * factor, seen.size, heat, seen.spots)


def page_of(ink: Ink, seen: View) -> Page:
    """The pieces of some ink."""
    bodies, parts = find_pieces(ink)
    prominent = sorted(bodies, key=lambda body: body.strength * body.box.height, reverse=True)
    return Page(seen, ink, tuple(prominent[:MOST_BODIES]), tuple(prominent[MOST_BODIES:]), parts)


def lines_of(page: Page, bodies: Sequence[Piece]) -> list[Line]:
    """The lines that some of a page's bodies make, with what stands close to them."""
    chosen = {body.box for body in bodies}
    rest = [body for body in page.bodies if body.box not in chosen]
    return [
        _with_parts(_agreed(line), rest, page.parts) for line in find_lines(bodies, page.view.roll)
    ]


def in_frame(box: Box, seen: View) -> Box:
    """A box of the view in pixels of the frame."""
    s = seen.scale
    width, height = seen.size  # the view's own size was rounded: its border may lie beyond
    x, y = min(int(box.x / s), width - 1), min(int(box.y / s), height - 1)
    right = min(round((box.x + box.width) / s), width)
    bottom = min(round((box.y + box.height) / s), height)
    return Box(x, y, max(1, right - x), max(1, bottom - y))


def in_view(box: Box, seen: View) -> Box:
    """A box of the frame in pixels of the view."""
    x, y = round(box.x * seen.scale), round(box.y * seen.scale)
    width, height = round(box.width * seen.scale), round(box.height * seen.scale)
    return Box(x, y, max(1, width), max(1, height))


def _interpolated(grey: Grey, factor: float) -> Grey:
    """A copy `factor` times as large: halved, as long as it is to be smaller, then interpolated.

    Nearly the same as means over areas, which take twelve times as long at 0.8.
    """
    while factor <= 0.5 and min(grey.shape) > 1:
        grey, factor = _resized(grey, 0.5), factor * 2
    return _resized(grey, factor, cv2.INTER_LINEAR)


def _resized(grey: Grey, factor: float, method: int | None = None) -> Grey:
    """method: OpenCV's; None takes means over areas, or cubic interpolation for a larger copy."""
    if factor == 1:
        return grey
    size = (max(1, round(grey.shape[1] * factor)), max(1, round(grey.shape[0] * factor)))
    if method is None:
        method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(grey, size, interpolation=method), np.uint8)


def _grey(pixels: NDArray[np.uint8]) -> Grey:
    if pixels.ndim == 2:
        return np.ascontiguousarray(pixels)
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), np.uint8)


def _agreed(line: Line) -> Line:
    """The line, its pieces' chances of being writing informed by each other."""
    chances = np.array([piece.writing for piece in line.pieces])
    informed = agreed(chances, np.array([piece.traits for piece in line.pieces]))
    pieces = zip(line.pieces, informed, strict=True)
    return replace(line, pieces=tuple(replace(p, writing=float(chance)) for p, chance in pieces))


def _with_parts(line: Line, rest: Sequence[Piece], parts: Parts) -> Line:
    """The line with the pieces near it that may belong to its digits."""
    strength = float(np.median([piece.strength for piece in line.pieces]))
    boxes = [piece.box for piece in line.pieces]
    distance, sizes = 0.25 * line.height, (0.1 * line.height, 1.3 * line.height)
    near = [
        piece
        for piece in rest
        if sizes[0] <= max(piece.box.width, piece.box.height) <= sizes[1]
        and any(max(piece.box.gaps(box)) <= distance for box in boxes)
    ]
    near += parts.near(boxes, distance, sizes)
    writing = sum(piece.writing for piece in line.pieces) / len(line.pieces)
    same_pen = [
        replace(piece, writing=writing) for piece in near if piece.strength > SAME_PEN * strength
    ]
    return replace(line, pieces=(*line.pieces, *same_pen))
