"""The patch: a piece of ink with its surroundings, for telling writing from clutter.

An upright stroke cut out alone is a 1, whether it was written on a sheet or is the sheet's edge, a
finger's outline or a book's back. What tells them apart stands around it.
A patch shows three things: the piece with what is next to it, the piece alone, and what
it is part of, from farther away.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.values import Box
from appliance.vision.ink import Grey, Polarity
from appliance.vision.pieces import Piece
from appliance.vision.window import cut_window

GLANCE, CLOSE = 28, 48
"""Height and width of a patch in pixels: for a glance at everything, for a close look at some."""

CHANNELS = 3
"""What a patch shows of its piece: nearby, alone, from afar."""

NEAR, FAR = 2.6, 7.0
"""Sides of the square that is shown, as multiples of the piece's longer side."""


def cut_patches(
    levels: Sequence[Grey], pieces: Sequence[Piece], polarity: Polarity, size: int = GLANCE
) -> NDArray[np.float32]:
    """Patches around pieces: float32 (N, size, size, 3) in 0..1.

    Channel 0 shows the piece and its surroundings, channel 2 more of them: paper at 1/3, the
    piece's ink at 2/3. Channel 1 is the piece's own ink, 0 or 1, where channel 0 has it.
    levels: of the frame, see `pyramid`. Outside the frame its border goes on.
    """
    if not pieces:
        return np.zeros((0, size, size, CHANNELS), np.float32)
    near, far = (
        np.stack([_cut(levels, piece.box, reach, size) for piece in pieces])
        for reach in (NEAR, FAR)
    )
    strength = np.array([max(8.0, piece.strength) for piece in pieces], np.float32)
    paper = _paper(near, polarity)
    return np.stack(
        [
            _relative(near, paper, strength, polarity),
            np.stack([_alone(piece, size) for piece in pieces]).astype(np.float32) / 255,
            _relative(far, paper, strength, polarity),
        ],
        axis=-1,
    )


def _paper(near: Grey, polarity: Polarity) -> NDArray[np.float32]:
    """The paper's brightness in each square: where its brightest quarter begins, or darkest."""
    flat = near.reshape(len(near), -1)
    quarter = flat.shape[1] // 4
    rank = flat.shape[1] - quarter if polarity == "dark" else quarter
    return np.partition(flat, rank, axis=1)[:, rank].astype(np.float32)


def _relative(
    cut: Grey, paper: NDArray[np.float32], strength: NDArray[np.float32], polarity: Polarity
) -> NDArray[np.float32]:
    """Contrast to the paper, in parts of the piece's: paper at 1/3, the piece's ink at 2/3."""
    relative = cut - paper[:, None, None]
    relative *= ((-1 if polarity == "dark" else 1) / 3 / strength)[:, None, None]
    relative += np.float32(1 / 3)
    return np.clip(relative, 0, 1, out=relative)


def _cut(levels: Sequence[Grey], box: Box, reach: float, size: int) -> Grey:
    """The surroundings of a box, uint8 (size, size)."""
    step = reach * max(box.width, box.height) / size
    return cut_window(levels, box.x + box.width / 2, box.y + box.height / 2, step, size)


def _alone(piece: Piece, size: int) -> Grey:
    """The piece's own ink, 0..255, in the middle of a square like the nearer surroundings."""
    box = piece.box
    scale = size / (NEAR * max(box.width, box.height))
    width, height = max(1, round(box.width * scale)), max(1, round(box.height * scale))
    step = max(1, int(1 / scale / 4))  # four rows for one of the patch show all there is
    mask = piece.mask[::step, ::step].view(np.uint8) * np.uint8(255)
    top, left = (size - height) // 2, (size - width) // 2
    square = np.zeros((size, size), np.uint8)
    small = cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA)
    square[top : top + height, left : left + width] = small
    return square
