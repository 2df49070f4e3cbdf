"""A USB camera, or anything else behind Video4Linux, through OpenCV."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.errors import CameraError
from appliance.keys import Key
from appliance.ports import Clock
from appliance.service.holders import held_by
from appliance.values import Frame

SIZE, SMALL = (1280, 960), (320, 240)
"""Width and height that are asked of the camera, and of a watch frame."""

OLD_FRAMES = 5
"""Frames dropped before a picture where the driver doesn't say when each was taken: four wait in
its buffers, and one was being exposed.
"""

MOST_OLD_FRAMES = 30
"""Frames dropped at most; a driver whose clock is another one would keep us for ever."""

NAMES = Path("/sys/class/video4linux")


class Webcam:
    """Gives the frames of a camera, which is chosen by index, path or name.

    By name it is found again when it was plugged into another socket.

    open_capture: opens a capture device, as cv2.VideoCapture does.
    names: folder in which the kernel tells the cameras' names.

    Raises CameraError.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        device: Annotated[
            str,
            Key('Its number, its path, or part of its name: "0", "/dev/video0", "C920".'),
        ] = "0",
        upside_down: Annotated[bool, Key("It is mounted upside down.")] = False,
        open_capture: Callable[[str], Any] | None = None,
        names: Path = NAMES,
    ) -> None:
        self._clock = clock
        self._upside_down = upside_down
        self._path = find_camera(device, names)
        self._capture: Any = (open_capture or _open)(self._path)
        if not self._capture.isOpened():
            self.close()
            raise CameraError(
                f"the webcam {self._path} can't be opened; is it plugged in, does it give "
                f"pictures, are you in the group video{held_by(self._path)}"
            )
        self._capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        self._capture.set(cv2.CAP_PROP_FRAME_WIDTH, SIZE[0])
        self._capture.set(cv2.CAP_PROP_FRAME_HEIGHT, SIZE[1])

    def capture(self) -> Frame:
        """Take a picture, uint8 (height, width, 3), exposed after the call. Raises CameraError."""
        self._drop_old()
        return self._frame(self._read())

    def watch(self) -> Frame:
        """Give the next frame, small and grey, uint8 (240, 320). Raises CameraError."""
        pixels = self._read()
        grey = pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
        small = cv2.resize(grey, SMALL, interpolation=cv2.INTER_AREA)
        return self._frame(np.asarray(small, np.uint8))

    def close(self) -> None:
        """Give the camera back."""
        self._capture.release()

    def _drop_old(self) -> None:
        """Drop the frames that were exposed before now."""
        now = self._clock.monotonic() * 1000
        for dropped in range(1, MOST_OLD_FRAMES + 1):
            if not self._capture.grab():
                raise self._lost()
            taken = self._capture.get(cv2.CAP_PROP_POS_MSEC)
            # A driver's time is of the frame's beginning or end: the frame after the first that
            # is later than the call began after it in both cases.
            if taken > now or (taken <= 0 and dropped >= OLD_FRAMES):
                return

    def _read(self) -> NDArray[np.uint8]:
        done, pixels = self._capture.read()
        if not done or pixels is None:
            raise self._lost()
        return np.asarray(pixels)

    def _frame(self, pixels: NDArray[np.uint8]) -> Frame:
        if self._upside_down:
            pixels = np.ascontiguousarray(pixels[::-1, ::-1])
        return Frame(pixels, self._clock.time(), self._path)

    def _lost(self) -> CameraError:
        return CameraError(
            f"the webcam {self._path} gives no picture any more; is it still plugged in?"
        )


def find_camera(device: str, names: Path = NAMES) -> str:
    """Return the path of a camera given by index, path or part of its name, when it is there.

    Raises CameraError.
    """
    path = path_of(device, names)
    if not _is_name(device) and not Path(path).exists():
        raise CameraError(f"there is no webcam at {path}; plug it in, or set another device")
    return path


def path_of(device: str, names: Path = NAMES) -> str:
    """Return the path that a camera has, which is given by index, path or part of its name.

    Of several nodes of one camera the first gives the pictures. Raises CameraError when no camera
    has such a name.
    """
    if not _is_name(device):
        return f"/dev/video{device}" if device.isdigit() else device
    known = known_names(names)
    for number in sorted(known):
        if device.lower() in known[number].lower():
            return f"/dev/video{number}"
    there = ", ".join(sorted(set(known.values()))) or "none"
    raise CameraError(f"there is no webcam named {device!r}; there are: {there}")


def known_names(names: Path = NAMES) -> dict[int, str]:
    """Return the kernel's name of each /dev/videoN, by N."""
    return {_number(file): file.read_text().strip() for file in names.glob("video*/name")}


def _is_name(device: str) -> bool:
    return not (device.isdigit() or device.startswith("/"))


def _number(file: Path) -> int:
    return int(file.parent.name.removeprefix("video"))


def _open(path: str) -> Any:
    return cv2.VideoCapture(path, cv2.CAP_V4L2)
