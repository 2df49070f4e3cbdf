"""Pictures that commands write: glyphs side by side, heat maps; PNG, atomically."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.errors import PictureError
from appliance.network.weights import write_atomically

MARGIN = 12
FONT = cv2.FONT_HERSHEY_SIMPLEX
Picture = NDArray[np.uint8]


def enlarge(pixels: NDArray[np.floating], factor: int = 8) -> Picture:
    """Turn values (28, 28) in 0..1, ink bright, into dark ink on white, each pixel a square."""
    paper = np.round(255 * (1 - np.clip(pixels, 0, 1))).astype(np.uint8)
    return np.repeat(np.repeat(paper, factor, axis=0), factor, axis=1)


def heat_map(evidence: NDArray[np.floating], scale: float, factor: int = 8) -> Picture:
    """Draw evidence (28, 28): red speaks for, blue against, white says nothing.

    scale: the value that is fully coloured. Returns blue-green-red.
    """
    strength = np.clip(evidence / scale if scale > 0 else evidence * 0, -1, 1)
    fade = 1 - np.abs(strength)
    channels = [np.where(strength > 0, fade, 1), fade, np.where(strength < 0, fade, 1)]
    colours = np.round(255 * np.stack(channels, axis=2)).astype(np.uint8)
    return np.repeat(np.repeat(colours, factor, axis=0), factor, axis=1)


def sheet(pictures: Sequence[Picture], titles: Sequence[str], columns: int) -> Picture:
    """Lay pictures of one size out in rows, each under its title."""
    height, width = pictures[0].shape[:2]
    rows = -(-len(pictures) // columns)
    step_y, step_x = height + 3 * MARGIN, width + MARGIN
    page = np.full((rows * step_y + MARGIN, columns * step_x + MARGIN, 3), 255, np.uint8)
    for index, (picture, title) in enumerate(zip(pictures, titles, strict=True)):
        y = MARGIN + index // columns * step_y
        x = MARGIN + index % columns * step_x
        _write(page, title, (x, y + MARGIN))
        part = picture if picture.ndim == 3 else picture[:, :, None]
        page[y + 2 * MARGIN : y + 2 * MARGIN + height, x : x + width] = part
    return page


def with_line(page: Picture, words: str) -> Picture:
    """The page with a line of words below."""
    height, width = page.shape[:2]
    longer = np.full((height + 2 * MARGIN, width, 3), 255, np.uint8)
    longer[:height] = page
    _write(longer, words, (MARGIN, height + MARGIN // 2))
    return longer


def _write(page: Picture, words: str, place: tuple[int, int]) -> None:
    cv2.putText(page, words, place, FONT, 0.45, (0, 0, 0), 1, cv2.LINE_AA)


def save_png(path: Path, picture: Picture) -> None:
    """Write a PNG file atomically. Raises PictureError when it can't be written."""
    done, data = cv2.imencode(".png", picture)
    assert done
    save_file(path, data.tobytes())


def save_file(path: Path, data: bytes) -> None:
    """Write a command's result atomically. Raises PictureError when it can't be written."""
    try:
        write_atomically(path, data)
    except OSError as error:
        reason = error.strerror or error
        raise PictureError(f"{path}: can't be written ({reason}); name another place") from error
