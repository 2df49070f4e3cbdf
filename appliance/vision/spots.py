"""Spots: places where a digit seems to stand, with the recogniser's opinion of each.

The spotter's heat peaks in the middle of digits; the recogniser sees a window around each peak,
says where the digit lies in it, and sees better placed windows. A neighbour that the
spotter missed is sought left and right of each digit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import median

import numpy as np
from numpy.typing import NDArray

from appliance.values import IN_WINDOW, Box
from appliance.vision.heat import Heat, Places
from appliance.vision.ink import Grey
from appliance.vision.window import cut_window

Recognise = Callable[[NDArray[np.uint8]], tuple[NDArray[np.float32], NDArray[np.float64]]]
"""See `Recogniser.recognise`."""

LEAST = 0.2
"""Peaks of heat no surer than this are none."""

MOST, MOST_BESIDE = 100, 12
"""Peaks that are looked at, the surest of them, and places beside digits: a page has many."""

HARDLY, HOPEFUL = 0.02, 0.15
"""Windows that are a digit with no more than these probabilities are left out: the first of peaks,
the second of places beside digits."""

WELL_PLACED, AGAIN, MOST_AGAIN, MOST_BESIDE_AGAIN = 0.12, 2, 12, 2
"""A window whose digit is where and as high as expected, but for this share of it, is good; others
are placed better, so many times at most; of peaks, and of places beside, so many in all."""

LOWEST = 4.0
"""Height in pixels of the view of the lowest digit that a window is cut for."""

SAME_ACROSS, SAME_DOWN = 0.5, 0.35
"""Spots whose middles are nearer than these, in widths of the narrower and heights of the higher,
are one."""

WITHIN = 0.6
"""So are two of which one lies with this share of its box in the other's: a 7 and its stem."""

BESIDE, TAKEN = (-0.5, 0.5, -1.0, 1.0), 0.35
"""How far from a digit's middle its neighbours' are sought, in heights; and how near to a place
there is no other one."""

COLD = 0.1
"""Where the spotter sees no more ink than this, none is sought a step beside the digits."""

MISSED = 0.9
"""A digit that the spotter missed must be surer than this to the recogniser."""

UNLIKE = 4.0
"""Digits that are held up together differ in height by no more than this factor."""

NARROWEST = 0.3
"""Digits count as at least so wide, in heights, when they are compared."""


@dataclass(frozen=True, slots=True, eq=False)
class Spots:
    """Spots of a frame, the surest first.

    places: middles, widths and heights, (N, 4), in pixels of the frame, or of a view.
    says: float32 (N, 11), the probabilities of the digits and of none.
    """

    places: Places
    says: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.places)

    @property
    def sure(self) -> NDArray[np.float32]:
        """Probability of being any digit, (N,)."""
        return np.asarray(1 - self.says[:, -1], np.float32)

    def __getitem__(self, chosen: Sequence[int] | NDArray[np.bool_]) -> Spots:
        """Some of them."""
        return Spots(self.places[chosen], self.says[chosen])

    def surer_than(self, least: float) -> Spots:
        """Those that are a digit with more than this probability."""
        return self[self.sure > least]

    def within(self, size: tuple[int, int]) -> Spots:
        """Those whose middles lie in a picture of this (width, height)."""
        middles = self.places[:, :2]
        return self[np.all((middles >= 0) & (middles < size), axis=1)]

    def enlarged(self, factor: float) -> Spots:
        """The same spots in a picture that is so many times as large."""
        return replace(self, places=self.places * factor)

    def boxes(self, size: tuple[int, int]) -> list[Box]:
        """Their boxes, as far as they lie in a frame of this (width, height)."""
        return boxes_of(self.places, size)

    def others(self, boxes: Sequence[Box], same: float) -> Spots:
        """Those as high as some boxes of the frame, but for a factor of UNLIKE, and not the same.

        same: what is more alike to a box than this is the same. Without boxes all of them.
        """
        left = np.ones(len(self), np.bool_)
        if boxes:
            heights = self.places[:, 3] / median([box.height for box in boxes])
            left &= (heights > 1 / UNLIKE) & (heights < UNLIKE)
        for box in boxes:
            left &= self.alike(box) <= same
        return self[left]

    def alike(self, box: Box) -> NDArray[np.float64]:
        """How much each of them is the same place as a box of the frame, (N,), 0..1.

        The intersection over the union, both at least NARROWEST heights wide.
        """
        middle = np.array([box.x + box.width / 2, box.y + box.height / 2])
        half = np.array([max(box.width, NARROWEST * box.height), box.height]) / 2
        halves = _at_least(self.places)
        low = np.maximum(middle - half, self.places[:, :2] - halves)
        high = np.minimum(middle + half, self.places[:, :2] + halves)
        shared = np.prod(np.maximum(high - low, 0), axis=1)
        return np.asarray(shared / (4 * half.prod() + 4 * halves.prod(axis=1) - shared))


NO_SPOTS = Spots(np.zeros((0, 4)), np.zeros((0, 11), np.float32))


def find_spots(levels: Sequence[Grey], heat: Heat, recognise: Recognise) -> Spots:
    """The places in a view where a digit seems to stand, in its pixels.

    levels: of the view, see `pyramid`.
    """
    spots = _well_placed(levels, heat.peaks(LEAST)[:MOST], recognise, HARDLY, MOST_AGAIN)
    height, width = levels[0].shape
    sure = spots.surer_than(0.5)
    known, others = sure.places, heat.without(sure.boxes((width, height)))
    beside = _beside(known)
    beside = beside[others.near(beside) > COLD][:MOST_BESIDE]
    more = look_at(levels, beside, recognise)
    more = more.surer_than(MISSED)
    spots = together(spots, more[untaken(more.places, known)])
    return spots.within((width, height))


def together(some: Spots, others: Spots) -> Spots:
    """The surest spot of each digit of both."""
    if not len(others):
        return some
    places, says = np.vstack([some.places, others.places]), np.vstack([some.says, others.says])
    return _distinct(places, says)


def look_at(levels: Sequence[Grey], places: Places, recognise: Recognise) -> Spots:
    """The digits that may stand in places of the view beside those that are known."""
    return _well_placed(levels, places, recognise, HOPEFUL, MOST_BESIDE_AGAIN)


def _well_placed(
    levels: Sequence[Grey], places: Places, recognise: Recognise, least: float, most: int
) -> Spots:
    """The spots in places, as better placed windows show them where that is needed.

    least: what is a digit with no more than this probability is left out. most: windows that are
    placed better, in all.
    """
    if not len(places):
        return NO_SPOTS
    says, found = _looked(levels, places, recognise)
    hopeful = says[:, -1] < 1 - least
    says, places, found = says[hopeful], places[hopeful], found[hopeful]
    left = most
    for _ in range(AGAIN):
        apart = np.abs(found - places)[:, [0, 1, 3]].max(axis=1)
        off = np.flatnonzero(apart > WELL_PLACED * places[:, 3])[:left]
        if not len(off):
            break
        places[off] = found[off]
        says[off], found[off] = _looked(levels, places[off], recognise)
        left -= len(off)
    return _distinct(found, says)


def _beside(places: Places) -> Places:
    """Places left and right of digits where another one, that the spotter missed, may stand."""
    new = np.repeat(places, len(BESIDE), axis=0)
    new[:, 0] += np.tile(BESIDE, len(places)) * new[:, 3]
    new = new[untaken(new, places)]
    return new[_first_of(_taken(new, new))]


def untaken(places: Places, known: Places) -> NDArray[np.bool_]:
    """Which of the places, (N,), are not too near to one that is known."""
    return np.asarray(~_taken(places, known).any(axis=1), np.bool_)


def _taken(places: Places, known: Places) -> NDArray[np.bool_]:
    """Whether a place is too near to one that is known for a digit of its own: (place, known)."""
    far = np.abs(known[:, :2] - places[:, None, :2]) / places[:, None, 3:]
    return np.asarray((far[..., 0] < TAKEN) & (far[..., 1] < SAME_DOWN), np.bool_)


def _first_of(alike: NDArray[np.bool_]) -> list[int]:
    """Indices of those that are kept when each, in its order, is dropped if one like it is kept.

    alike: (N, N), which others each row is like.
    """
    kept = list[int]()
    for index, taken in enumerate(alike):
        if not taken[kept].any():
            kept.append(index)
    return kept


def places_of(boxes: Sequence[Box]) -> Places:
    """Middles, widths and heights of boxes."""
    rows = [(b.x + b.width / 2, b.y + b.height / 2, b.width, b.height) for b in boxes]
    return np.array(rows, np.float64).reshape(-1, 4)


def boxes_of(places: Places, size: tuple[int, int]) -> list[Box]:
    """Boxes around places, as far as they lie in a picture of this (width, height)."""
    half = places[:, 2:] / 2
    low = np.clip(np.floor(places[:, :2] - half), 0, np.array(size) - 1).astype(int)
    high = np.clip(np.ceil(places[:, :2] + half), low + 1, size).astype(int)
    rows = np.column_stack([low, high - low]).tolist()
    return [Box(x, y, width, height) for x, y, width, height in rows]


def cut_windows(levels: Sequence[Grey], places: Places) -> NDArray[np.uint8]:
    """Windows around digits, uint8 (N, 48, 48), in which they are IN_WINDOW pixels high.

    Outside the view its border goes on.
    """
    return np.stack([cut_window(levels, x, y, height / IN_WINDOW) for x, y, _, height in places])


def _looked(
    levels: Sequence[Grey], places: Places, recognise: Recognise
) -> tuple[NDArray[np.float32], Places]:
    """What the recogniser sees at places, and where exactly."""
    says, offsets = recognise(cut_windows(levels, places))
    given = places[:, 3]
    height = np.maximum(LOWEST, given * offsets[:, 2])
    middles = places[:, :2] + given[:, None] * offsets[:, :2]
    return says, np.column_stack([middles, height * offsets[:, 3], height])


def _distinct(places: Places, says: NDArray[np.float32]) -> Spots:
    """The surest spot of each digit, the surest first."""
    order = np.argsort(says[:, -1], kind="stable")
    places, says = places[order], says[order]
    kept = _first_of(_alike(places))
    return Spots(places[kept], says[kept])


def _alike(places: Places) -> NDArray[np.bool_]:
    """Whether each place and each other one, (N, N), are of one digit."""
    halves = _at_least(places)
    one, other = halves[:, None], halves[None]
    far = np.abs(places[:, None, :2] - places[None, :, :2])
    near: NDArray[np.bool_] = far[..., 0] < SAME_ACROSS * 2 * np.minimum(one, other)[..., 0]
    near &= far[..., 1] < SAME_DOWN * 2 * np.maximum(one, other)[..., 1]
    shared = np.clip(one + other - far, 0, 2 * np.minimum(one, other)).prod(axis=-1)
    near |= shared > WITHIN * 4 * np.minimum(one.prod(axis=-1), other.prod(axis=-1))
    return near


def _at_least(places: Places) -> NDArray[np.float64]:
    """Half the widths and heights, (N, 2), widths at least NARROWEST heights."""
    width = np.maximum(places[:, 2], NARROWEST * places[:, 3])
    return np.column_stack([width, places[:, 3]]) / 2
