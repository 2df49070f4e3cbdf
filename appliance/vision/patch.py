"""The patch: a piece of ink with its surroundings, for telling writing from clutter.

An upright stroke cut out alone is a 1, whether it was written on a sheet or is the sheet's edge, a
finger's outline or a book's back. What tells them apart stands around it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.values import GLYPH_SIZE, Box
from appliance.vision.ink import Grey, Polarity
from appliance.vision.pieces import Piece

PATCH_SIZE = GLYPH_SIZE
"""Height and width of a patch in pixels."""

REACH = 2.6
"""Side of the patch in the frame, as a multiple of the piece's longer side."""


def cut_patches(grey: Grey, pieces: Sequence[Piece], polarity: Polarity) -> NDArray[np.float32]:
    """Patches around pieces: float32 (N, 28, 28) in 0..1, paper at 1/3, the piece's ink at 2/3.

    grey: uint8 (height, width). Outside the frame its border goes on.
    """
    if not pieces:
        return np.zeros((0, PATCH_SIZE, PATCH_SIZE), np.float32)
    levels = _pyramid(grey)
    cut = np.stack([_cut(levels, piece.box) for piece in pieces]).astype(np.float32)
    flat = cut.reshape(len(pieces), -1)
    quarter = flat.shape[1] // 4
    rank = flat.shape[1] - quarter if polarity == "dark" else quarter
    paper = np.partition(flat, rank, axis=1)[:, rank].reshape(-1, 1, 1)
    strength = np.array([max(8.0, piece.strength) for piece in pieces], np.float32)
    relative = (paper - cut if polarity == "dark" else cut - paper) / strength.reshape(-1, 1, 1)
    return np.asarray(np.clip((relative + 1) / 3, 0, 1), np.float32)


def _pyramid(grey: Grey) -> list[Grey]:
    """The frame, halved again and again: a large patch is cut from a small copy."""
    levels = [grey]
    while min(levels[-1].shape) >= 64 and len(levels) < 6:
        height, width = levels[-1].shape
        half = cv2.resize(levels[-1], (width // 2, height // 2), interpolation=cv2.INTER_AREA)
        levels.append(np.asarray(half, np.uint8))
    return levels


def _cut(levels: Sequence[Grey], box: Box) -> Grey:
    """The surroundings of a box, uint8 (28, 28)."""
    side = REACH * max(box.width, box.height)
    level = min(max(0, math.floor(math.log2(side / PATCH_SIZE))), len(levels) - 1)
    step = side / PATCH_SIZE / 2**level
    x, y = (value / 2**level for value in _middle(box))
    left, top = x - step * PATCH_SIZE / 2, y - step * PATCH_SIZE / 2
    matrix = np.array([[step, 0, left + step / 2 - 0.5], [0, step, top + step / 2 - 0.5]])
    cut = cv2.warpAffine(
        levels[level],
        matrix,
        (PATCH_SIZE, PATCH_SIZE),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(cut, np.uint8)


def _middle(box: Box) -> tuple[float, float]:
    return box.x + box.width / 2, box.y + box.height / 2
