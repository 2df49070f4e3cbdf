"""Heat: where in a view digits are written, as the spotter says."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.values import Box
from appliance.vision.ink import Grey
from appliance.vision.pieces import Piece

WARM = 0.1
"""Ink where the spotter gives digits' ink less than this is none of theirs."""

REACH = 1
"""Cells around those that count with them: the spotter errs by one."""

BLANK = 0.1
"""A view in which no place is surer to be a digit's middle than this shows no digits."""

HOT, MIDDLE = 0.8, 0.4
"""Where a middle is this sure somewhere there is a digit; and how far such a middle reaches."""


@dataclass(frozen=True, slots=True, eq=False)
class Heat:
    """Probabilities, float32 (rows, columns), for squares of a view.

    ink: that a square holds a digit's ink. core: that it lies in the middle of a digit.
    cell: side of a square in pixels of the view.
    """

    ink: NDArray[np.float32]
    core: NDArray[np.float32]
    cell: float

    @property
    def blank(self) -> bool:
        """Whether there is no digit at all."""
        return bool(self.core.max(initial=0.0) < BLANK)

    def warm(self, shape: tuple[int, ...]) -> Grey:
        """Where digits' ink may be: uint8 0 or 255, in a view of that (height, width)."""
        cells = (self.ink > WARM).view(np.uint8) * np.uint8(255)
        side = 2 * REACH + 1
        cells = np.asarray(cv2.dilate(cells, np.ones((side, side), np.uint8)), np.uint8)
        rows, columns = cells.shape
        size = (max(1, round(columns * self.cell)), max(1, round(rows * self.cell)))
        full = np.asarray(cv2.resize(cells, size, interpolation=cv2.INTER_NEAREST), np.uint8)
        missing = (max(0, shape[0] - size[1]), max(0, shape[1] - size[0]))
        full = np.pad(full, ((0, missing[0]), (0, missing[1])), mode="edge")
        return np.ascontiguousarray(full[: shape[0], : shape[1]])

    def cores(self) -> list[Box]:
        """The middles of digits that it is sure of, in pixels of the view."""
        mask = (self.core > MIDDLE).view(np.uint8)
        _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
        sure = np.unique(labels[self.core > HOT])
        boxes = np.rint(stats[sure[sure > 0], :4] * self.cell).astype(int).tolist()
        return [Box(x, y, width, height) for x, y, width, height in boxes]

    def on(self, piece: Piece) -> float:
        """Probability, 0..1, that a piece is digits' ink: the mean over its pixels."""
        step = max(1, round(self.cell / 2))
        rows, columns = np.nonzero(piece.mask[::step, ::step])
        if not rows.size:
            rows, columns = np.nonzero(piece.mask)
            step = 1
        y = ((rows * step + piece.box.y + 0.5) / self.cell).astype(np.intp)
        x = ((columns * step + piece.box.x + 0.5) / self.cell).astype(np.intp)
        height, width = self.ink.shape
        return float(self.ink[np.minimum(y, height - 1), np.minimum(x, width - 1)].mean())

    def core_in(self, box: Box) -> float:
        """The surest core in a box's middle: its outer sixths are left out."""
        rows, columns = (
            slice(int((start + size / 6) / self.cell), int((start + size * 5 / 6) / self.cell) + 1)
            for start, size in ((box.y, box.height), (box.x, box.width))
        )
        return float(self.core[rows, columns].max(initial=0.0))
