"""Heat: where in a view digits are written, as the spotter says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.values import Box

Places = NDArray[np.float64]
"""(N, 4): x and y of the middle, width and height."""

MIDDLE = 0.4
"""How sure the cells of a digit's middle are."""


CORE = 0.56
"""Height and width of a digit's middle in those of the digit: as the spotter was taught."""


@dataclass(frozen=True, slots=True, eq=False)
class Heat:
    """Probabilities, float32 (rows, columns), for cells of a view.

    ink: that a cell holds a digit's ink. core: that it lies in the middle of a digit.
    cell: side of one in pixels of the view.
    left, top: where in the view the first cell begins; beyond the cells there is no heat.
    """

    ink: NDArray[np.float32]
    core: NDArray[np.float32]
    cell: float
    left: float = 0.0
    top: float = 0.0

    def peaks(self, least: float) -> NDArray[np.float64]:
        """Where middles of digits may be: (N, 4), x, y, width and height of the digit, in pixels.

        least: the least probability of a peak. The surest come first. Middles that hang together
        where they are faint are parted where they are sure.
        """
        x, y, width, height = cv2.boundingRect((self.core > least).view(np.uint8))
        core = self.core[y : y + height, x : x + width]  # parts of a smaller picture are soon told
        if not core.size:
            return np.zeros((0, 4))
        sure, middles, labels = _middles(core, max(MIDDLE, least))
        fainter, more, wider = _middles(core, least)
        alone = np.ones(len(more) + 1, np.bool_)
        alone[wider[labels > 0]] = False
        alone = alone[1:]
        order = np.argsort(-np.concatenate([sure, fainter[alone]]), kind="stable")
        found = np.concatenate([middles, more[alone]])[order] + (x, y, 0, 0)
        return np.asarray(found * self.cell / (1, 1, CORE, CORE) + (self.left, self.top, 0, 0))

    def near(self, places: Places) -> NDArray[np.float32]:
        """The highest probability of ink, 0..1, (N,), around each place's middle, half as high.

        All at once take a third of the time of one after the other.
        """
        middles, reach = places[:, :2], places[:, 3:] / 4 + self.cell / 2
        windows = self._cells(np.hstack([middles - reach, middles + reach]))
        return np.array([self.ink[cells].max(initial=0) for cells in windows], np.float32)

    def middle(self, box: Box) -> float:
        """The highest probability of a digit's middle, 0..1, in a box of the view."""
        corners = box.x, box.y, box.x + box.width, box.y + box.height
        [cells] = self._cells(np.array([corners]))
        return float(self.core[cells].max(initial=0.0))

    def beyond(self, boxes: Sequence[Box]) -> list[tuple[Box, int]]:
        """Where digits' ink is outside of boxes of the view, more likely than not.

        Places that hang together, in pixels of the view, and how many cells each of them has.
        """
        ink = self.without(boxes).ink > 0.5
        x, y, width, height = cv2.boundingRect(ink.view(np.uint8))
        if not width:
            return []
        part = np.ascontiguousarray(ink[y : y + height, x : x + width]).view(np.uint8)
        _, _, stats, _ = cv2.connectedComponentsWithStats(part)
        corners = (stats[1:, :4] + (x, y, 0, 0)) * self.cell + (self.left, self.top, 0, 0)
        places = np.rint(corners).astype(int).tolist()
        return [
            (Box(*place), area) for place, area in zip(places, stats[1:, 4].tolist(), strict=True)
        ]

    def without(self, boxes: Sequence[Box]) -> Heat:
        """The same, but for the ink in boxes of the view and close to them."""
        ink, corners = self.ink.copy(), np.zeros((len(boxes), 4))
        for number, box in enumerate(boxes):
            reach = 0.05 * box.height + 0.5 * self.cell
            right, bottom = box.x + box.width + reach, box.y + box.height + reach
            corners[number] = box.x - reach, box.y - reach, right, bottom
        for cells in self._cells(corners):
            ink[cells] = 0
        return replace(self, ink=ink)

    def _cells(self, corners: NDArray[np.float64]) -> list[tuple[slice, slice]]:
        """Rows and columns of the cells that lie in parts of the view, be it in part only.

        corners: left, top, right and bottom of each, (N, 4), in pixels of the view.
        """
        off = corners - (self.left, self.top, self.left, self.top)
        ends = np.maximum(np.floor(off / self.cell).astype(int), (0, 0, -1, -1)).tolist()
        return [(slice(first, last + 1), slice(start, end + 1)) for start, first, end, last in ends]


def _middles(
    core: NDArray[np.float32], level: float
) -> tuple[NDArray[np.float32], Places, NDArray[np.int32]]:
    """How sure the middles are that rise above a level, where, in cells, and labels from 1."""
    mask = core > level
    count, labels, stats, centres = cv2.connectedComponentsWithStats(
        mask.view(np.uint8), connectivity=4
    )
    sure = np.zeros(count, np.float32)
    np.maximum.at(sure, np.asarray(labels[mask], np.intp), core[mask])
    places = np.column_stack([centres[1:] + 0.5, stats[1:, 2:4]])
    return sure[1:], places, np.asarray(labels, np.int32)
