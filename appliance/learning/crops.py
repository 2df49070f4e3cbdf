"""Files of crops: glyphs that the eye cut out of drawn scenes, kept for training."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from appliance.errors import DatasetError
from appliance.network.weights import write_atomically
from appliance.values import GLYPH_SIZE

Pictures = NDArray[np.float32]

NONE = 10
"""Label of what is no digit."""


@dataclass(frozen=True, slots=True, eq=False)
class Crops:
    """Glyphs as the eye cuts them out.

    glyphs: float32 (N, 28, 28) in 0..1. labels: int64 (N,): 0..9, or 10 for no digit.
    """

    glyphs: Pictures
    labels: NDArray[np.int64]

    def draw(self, count: int, random: np.random.Generator) -> tuple[Pictures, NDArray[np.int64]]:
        """Glyphs with their labels for a batch, half of them digits.

        Raises DatasetError when there are none of either.
        """
        digits, others = np.flatnonzero(self.labels < NONE), np.flatnonzero(self.labels == NONE)
        if not len(digits) or not len(others):
            raise DatasetError("crops must hold digits and what is none; harvest more scenes")
        chosen = np.concatenate(
            [random.choice(digits, count - count // 2), random.choice(others, count // 2)]
        )
        return self.glyphs[chosen], self.labels[chosen]


def joined(parts: Iterable[Crops]) -> Crops:
    """All crops of several scenes or files, one at least."""
    several = list(parts)
    return Crops(
        np.concatenate([part.glyphs for part in several]),
        np.concatenate([part.labels for part in several]),
    )


def save_crops(path: Path, crops: Crops) -> None:
    """Write a file of crops atomically, grey levels as bytes. Raises DatasetError."""
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        glyphs=np.rint(crops.glyphs * 255).astype(np.uint8),
        labels=crops.labels.astype(np.uint8),
    )
    try:
        write_atomically(path, buffer.getvalue())
    except OSError as error:
        raise DatasetError(f"{path}: can't be written ({error.strerror or error})") from error


def load_crops(path: Path) -> Crops:
    """Read a file of crops. Raises DatasetError when it is missing, damaged or another file."""
    try:
        return _load(path.read_bytes())  # at once: of a damaged file numpy would leave it open
    except Exception as error:  # zipfile, zlib and numpy raise a dozen kinds for damaged files
        what = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise DatasetError(
            f"{path}: no file of crops ({what}); make one with `digit-appliance harvest`"
        ) from error


def _load(data: bytes) -> Crops:
    if not data.startswith(b"PK"):
        raise ValueError("it is no .npz archive")
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        stored = _check(file["glyphs"], (GLYPH_SIZE, GLYPH_SIZE))
        labels = _labels(file["labels"], len(stored))
    return Crops(stored.astype(np.float32) / np.float32(255), labels.astype(np.int64))


def _check(stored: NDArray[np.uint8], shape: tuple[int, ...]) -> NDArray[np.uint8]:
    if stored.dtype != np.uint8 or stored.shape[1:] != shape:
        wanted = ", ".join(map(str, shape))
        raise ValueError(f"pictures must be bytes (N, {wanted}), not {stored.dtype} {stored.shape}")
    return stored


def _labels(stored: NDArray[np.uint8], count: int) -> NDArray[np.uint8]:
    if stored.dtype != np.uint8 or stored.shape != (count,):
        raise ValueError(f"{count} labels must be bytes, not {stored.dtype} {stored.shape}")
    if stored.max(initial=0) > NONE:
        raise ValueError(f"labels must be in 0..{NONE}, not {stored.max()}")
    return stored
