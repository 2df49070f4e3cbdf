"""The eye: from a frame to where digits are in it, and to the lines of ink that may be digits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import get_args

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.values import Box, Frame
from appliance.vision.brightness import brightness, with_local_contrast
from appliance.vision.heat import Heat, Places
from appliance.vision.ink import SMALL_SIDE, Grey, Ink, Polarity, find_ink, noise_level
from appliance.vision.kinship import kinship
from appliance.vision.lines import Line, find_lines, writing_angle
from appliance.vision.pieces import Parts, Piece, find_pieces
from appliance.vision.ruling import without_rulings
from appliance.vision.spots import NO_SPOTS, Recognise, Spots, find_spots
from appliance.vision.window import pyramid

LONGEST_SIDE = 1280
"""Larger frames are reduced to this: nothing that a person writes needs more."""

GLANCE, CLOSER = 320, 640
"""Longer side of the copies in which the spotter sees the whole frame, at a glance and closer."""

CELL = 4
"""Side of a square that the spotter answers for, in pixels of what it sees."""

LEGIBLE = 24.0
"""Digits that are at least so many pixels high need not be seen closer."""

PLAIN, LOW = 0.2, 20
"""How sure the middles of digits are whose height counts; the percentile of them that counts."""

FAINT = 0.05
"""Where the spotter gives ink or middles of digits more than this may be some."""

MARGIN = 1.75
"""How far around such places is looked, in heights of the digits."""

SAME_PEN = 0.5
"""What stands near a line belongs to it with at least this share of its contrast."""

TOLD = 0.7
"""Share of the likeness of neighbours that counts: people write less evenly than we draw."""

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
"""All ways; a reading takes one or two of them, see `ways_for`."""

FINER, COARSER, FILLING = 32, 0.2, 0.6
"""Digits lower than so many pixels in the usual look are looked at more finely, too; those higher
than this share of the frame's longer side more coarsely, and higher than the last only so."""


@dataclass(frozen=True, eq=False)
class View:
    """A frame, or a part of it, as the eye works on it.

    grey: uint8, (height, width), at most LONGEST_SIDE long.
    scale: pixels of `grey` per pixel of the frame.
    noise: standard deviation in grey levels.
    size: (width, height) of the whole frame in pixels.
    corner: where in the frame the view begins, x and y in its pixels.
    heat: where digits are written; None before the spotter is asked.
    spots: where digits seem to stand; none before the recogniser is asked.
    """

    grey: Grey
    scale: float
    noise: float
    size: tuple[int, int]
    corner: tuple[float, float] = (0.0, 0.0)
    heat: Heat | None = None
    spots: Spots = NO_SPOTS

    @property
    def side(self) -> int:
        """Longer side of the whole frame in pixels of the view."""
        return round(max(self.size) * self.scale)

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


Spot = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""See `Spotter.spot`."""


def attended(seen: View, spot: Spot) -> View:
    """The part of a view where something may be written, seen so close that it can be read.

    At a glance the whole is seen; small digits are seen closer. Where nothing is found at a glance
    the whole is looked at again.
    """
    glanced = spotted(seen, GLANCE, spot)
    if glanced.heat is None:
        return glanced
    peaks = glanced.heat.peaks(PLAIN)
    if not len(peaks):
        return spotted(seen, CLOSER, spot)
    part = cropped(glanced, MARGIN * float(peaks[:, 3].max()))
    side = seen.side * LEGIBLE / float(np.percentile(peaks[:, 3], LOW))
    if side <= GLANCE:
        return part
    most = seen.side * CLOSER / max(part.grey.shape)
    return spotted(part, round(min(side, most)), spot)


def was_close(seen: View) -> bool:
    """Whether the spotter has seen the whole frame as closely as it can."""
    rows, columns = seen.grey.shape
    whole = np.array(seen.size) * seen.scale
    everything = columns >= whole[0] - 1 and rows >= whole[1] - 1
    return seen.heat is None or (everything and seen.heat.cell <= seen.side * CELL / CLOSER)


def cropped(seen: View, margin: float) -> View:
    """The part where something may be written, and so many pixels of the view around it."""
    heat = seen.heat
    assert heat is not None
    places = np.argwhere((heat.ink > FAINT) | (heat.core > FAINT))
    around = margin / heat.cell
    low = np.maximum(np.floor(places.min(axis=0) - around), 0).astype(int)
    high = np.ceil(places.max(axis=0) + 1 + around).astype(int)
    (top, left), (bottom, right) = low, np.minimum(high, heat.ink.shape)
    y, x = round(top * heat.cell), round(left * heat.cell)
    grey = seen.grey[y : round(bottom * heat.cell), x : round(right * heat.cell)]
    part = Heat(heat.ink[top:bottom, left:right], heat.core[top:bottom, left:right], heat.cell)
    corner = (seen.corner[0] + x / seen.scale, seen.corner[1] + y / seen.scale)
    return replace(seen, grey=np.ascontiguousarray(grey), heat=part, corner=corner)


def spotted(seen: View, side: int, spot: Spot) -> View:
    """The view with where digits are written, seen with a longer side of so many pixels."""
    small = reduced(seen, side)
    picture = with_local_contrast(brightness(small.grey))
    ink, core = np.moveaxis(spot(picture), -1, 0)
    return replace(seen, heat=Heat(ink, core, CELL * seen.scale / small.scale))


def recognised(seen: View, recognise: Recognise) -> View:
    """The view with the digits that seem to stand in it; recognise: see `Recogniser.recognise`."""
    if seen.heat is None:
        return seen
    spots = find_spots(seen.levels, seen.heat, recognise)
    return replace(seen, spots=Spots(to_frame(spots.places, seen), spots.says))


def ways_for(polarity: Polarity, height: float) -> list[Look]:
    """The ways to look for digits of a height, as a share of the frame's longer side."""
    kinds = [USUAL] if height < FILLING else []
    kinds += [COARSE] if height > COARSER else []
    kinds += [FINE] if height * USUAL[1] < FINER else []
    return [Look(polarity, *kind) for kind in kinds]


def looks(seen: View, ways: Iterable[Look] = LOOKS) -> Iterator[Page]:
    """Look in some ways, in turn; in a small frame some are the same."""
    longest = seen.side
    for way in dict.fromkeys(replace(way, side=min(way.side, longest)) for way in ways):
        yield look(seen, way)


def look(seen: View, way: Look = WRITING) -> Page:
    """Find the pieces of ink."""
    seen = reduced(seen, way.side)
    ink = find_ink(seen.grey, way.polarity, seen.noise, way.window, seen.side)
    return page_of(ink, seen)


def reduced(seen: View, side: int) -> View:
    """The view with a longer side of so many pixels, if it has more."""
    factor = min(1.0, side / seen.side)
    if factor == 1:
        return seen
    grey = _reduced(seen.grey, factor)
    heat = seen.heat and replace(seen.heat, cell=seen.heat.cell * factor)
    return replace(
        seen, grey=grey, scale=seen.scale * factor, noise=seen.noise * factor, heat=heat
    )


def unruled(page: Page, digit: float = np.inf) -> Page | None:
    """The page without its ruled lines; None when it has none.

    digit: height in pixels of the frame of the digits that stand on them, when it is known.
    """
    mask = without_rulings(page.ink.mask, digit * page.view.scale, page.view.side)
    if mask is page.ink.mask:
        return None
    return page_of(replace(page.ink, mask=mask), page.view)


def where_warm(page: Page) -> Page:
    """The page with the ink alone where the spotter sees digits: free of what they hang on."""
    if page.view.heat is None:
        return page
    warm = page.view.heat.warm(page.ink.mask.shape)
    mask = np.asarray(cv2.bitwise_and(page.ink.mask, warm), np.uint8)
    return page_of(replace(page.ink, mask=mask), page.view)


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
    s, (left, top) = seen.scale, seen.corner
    width, height = seen.size  # the view's own size was rounded: its border may lie beyond
    x, y = min(int(left + box.x / s), width - 1), min(int(top + box.y / s), height - 1)
    right = min(round(left + (box.x + box.width) / s), width)
    bottom = min(round(top + (box.y + box.height) / s), height)
    return Box(x, y, max(1, right - x), max(1, bottom - y))


def in_view(box: Box, seen: View) -> Box:
    """A box of the frame in pixels of the view."""
    left, top = seen.corner
    x, y = round((box.x - left) * seen.scale), round((box.y - top) * seen.scale)
    width, height = round(box.width * seen.scale), round(box.height * seen.scale)
    return Box(x, y, max(1, width), max(1, height))


def to_frame(places: Places, seen: View) -> Places:
    """Places in a view as places in the frame."""
    return np.asarray(places / seen.scale + [*seen.corner, 0.0, 0.0])


def to_view(places: Places, seen: View) -> Places:
    """Places in the frame as places in a view."""
    return np.asarray((places - [*seen.corner, 0.0, 0.0]) * seen.scale)


def _reduced(grey: Grey, factor: float) -> Grey:
    """A copy `factor` times as large, halved first: twice as fast, and nearly the same."""
    while factor <= 0.5 and min(grey.shape) > 1:
        grey, factor = _resized(grey, 0.5), factor * 2
    return _resized(grey, factor)


def _resized(grey: Grey, factor: float) -> Grey:
    if factor == 1:
        return grey
    size = (max(1, round(grey.shape[1] * factor)), max(1, round(grey.shape[0] * factor)))
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(grey, size, interpolation=method), np.uint8)


def _grey(pixels: NDArray[np.uint8]) -> Grey:
    if pixels.ndim == 2:
        return np.ascontiguousarray(pixels)
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), np.uint8)


def _agreed(line: Line) -> Line:
    """The line, its pieces' chances of being writing informed by each other.

    Writing stands beside writing of the same hand. What a neighbour's likeness says of a piece
    counts as far as the neighbour itself is writing (Bayes' rule).
    """
    if len(line.pieces) < 2:
        return line
    chances = np.clip([piece.writing for piece in line.pieces], 1e-4, 1 - 1e-4)
    likeness = np.exp(TOLD * kinship(np.array([piece.traits for piece in line.pieces])))
    others = np.where(np.eye(len(chances), dtype=bool), 0.0, chances)
    sure = others.max(axis=1)
    told = sure * (others * likeness).sum(axis=1) / others.sum(axis=1) + 1 - sure
    odds = chances / (1 - chances) * told
    pieces = zip(line.pieces, odds / (1 + odds), strict=True)
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
