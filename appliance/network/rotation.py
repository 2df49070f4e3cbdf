"""Rotation by a fixed angle, for many pictures of one size."""

from __future__ import annotations

import numpy as np

from appliance.network.layers import Array


class Rotation:
    """Turns square pictures about their centre by a fixed angle, bilinear between pixels.

    degrees: positive is anticlockwise as seen. Which four pixels each pixel is mixed from, and by
    which weights, is worked out once.
    """

    def __init__(self, degrees: float, size: int = 28) -> None:
        centre = (size - 1) / 2
        cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        rows, columns = np.mgrid[:size, :size] - centre
        source_rows = cosine * rows + sine * columns + centre
        source_columns = -sine * rows + cosine * columns + centre
        self.corners = _corners(source_rows.ravel(), source_columns.ravel(), size)

    def __call__(self, pictures: Array, background: float = 0.0) -> Array:
        """Turn pictures (N, size * size); what comes from outside is background."""
        pictures = pictures - pictures.dtype.type(background)
        result = np.zeros_like(pictures)
        for index, weight in self.corners:
            result += np.take(pictures, index, axis=1) * weight
        result += pictures.dtype.type(background)
        return result


def _corners(rows: Array, columns: Array, size: int) -> list[tuple[np.ndarray, Array]]:
    """Return the indices and weights of the four neighbours; weight 0 outside the picture."""
    corners = []
    top, left = np.floor(rows).astype(np.intp), np.floor(columns).astype(np.intp)
    for y, x in ((top, left), (top, left + 1), (top + 1, left), (top + 1, left + 1)):
        weight = (1 - np.abs(rows - y)) * (1 - np.abs(columns - x))
        inside = (y >= 0) & (y < size) & (x >= 0) & (x < size)
        index = np.clip(y, 0, size - 1) * size + np.clip(x, 0, size - 1)
        corners.append((index, (weight * inside).astype(np.float32)))
    return corners
