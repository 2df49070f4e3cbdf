"""Where a page stands before the camera: from points on the page to pixels of the frame."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.scenes.strokes import Points, Stroke

FIELD_OF_VIEW = 62.2
"""Horizontal, in degrees: the Raspberry Pi Camera Module 2's."""


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """A pin-hole camera before a page that may be curled about an upright axis.

    One unit on the page is one pixel where the page's origin stands, whatever the tilt.
    origin: pixel of the page's origin. centre: pixel that the camera's axis goes through.
    focal: in pixels. curl: depth for the square of the distance from the curl's axis, per pixel.
    """

    rotation: NDArray[np.float64]
    origin: tuple[float, float]
    centre: tuple[float, float]
    focal: float
    curl: float = 0.0

    def project(self, points: Points) -> Points:
        """Pixels (N, 2) of points (N, 2) on the page; pixel centres have whole coordinates."""
        depth = self.curl * points[:, 0] ** 2
        space = np.column_stack([points, depth]) @ self.rotation.T
        space[:, 0] += self.origin[0] - self.centre[0]
        space[:, 1] += self.origin[1] - self.centre[1]
        away = np.maximum(1.0 + space[:, 2] / self.focal, 0.2)
        return np.asarray(space[:, :2] / away[:, None] + np.array(self.centre))

    def scale(self, points: Points) -> NDArray[np.float64]:
        """Pixels for a unit of length at points (N, 2), the mean over directions: (N,)."""
        depth = self.curl * points[:, 0] ** 2
        space = np.column_stack([points, depth]) @ self.rotation.T
        return np.asarray(1.0 / np.maximum(1.0 + space[:, 2] / self.focal, 0.2))

    def stroke(self, stroke: Stroke) -> Stroke:
        """The stroke (N, 3) in pixels of the frame, its width in perspective too."""
        width = stroke[:, 2] * self.scale(stroke[:, :2])
        return np.column_stack([self.project(stroke[:, :2]), width])


def new_pose(
    size: tuple[int, int],
    origin: tuple[float, float],
    angles: tuple[float, float, float],
    curl: float = 0.0,
) -> Pose:
    """A pose in a frame of size (height, width), turned by yaw, pitch and roll in degrees."""
    yaw, pitch, roll = np.deg2rad(angles)
    rotation = np.eye(3)
    for axis, angle in ((2, roll), (0, pitch), (1, yaw)):
        vector = np.zeros(3)
        vector[axis] = angle
        rotation = np.asarray(cv2.Rodrigues(vector)[0]) @ rotation
    focal = max(size) / 2 / np.tan(np.deg2rad(FIELD_OF_VIEW) / 2)
    return Pose(rotation, origin, ((size[1] - 1) / 2, (size[0] - 1) / 2), float(focal), curl)
