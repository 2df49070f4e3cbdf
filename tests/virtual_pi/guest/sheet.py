"""The camera's view: scenes fed into v4l2loopback as a camera would give them."""

from __future__ import annotations

import fcntl
import struct
import subprocess
import threading
import time
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

DEVICE, LABEL = "/dev/video20", "Sheet camera"
MODULE = Path("/sys/module/v4l2loopback")
WIDTH, HEIGHT = 1280, 960
FRAME_SECONDS = 1 / 15

VIDIOC_S_FMT = 0xC0D05605
OUTPUT, FIELD_NONE, SRGB = 2, 1, 8
YUYV = int.from_bytes(b"YUYV", "little")


def plug_in() -> None:
    """Plug the camera in; its node is there when this returns."""
    subprocess.run(
        ["modprobe", "v4l2loopback", "video_nr=20", f"card_label={LABEL}", "exclusive_caps=0"],
        check=True,
    )
    subprocess.run(["udevadm", "settle"], check=True)


def unplug(patience: float) -> None:
    """Pull the camera's plug: its module is removed as soon as nobody has it open any more.

    patience: seconds until that must have happened.
    """
    ends = time.monotonic() + patience
    while MODULE.exists():
        done = subprocess.run(["rmmod", "v4l2loopback"], capture_output=True, check=False)
        if not done.returncode:
            return
        if time.monotonic() > ends:
            raise TimeoutError(f"the camera is still in use after {patience:g} s")
        time.sleep(0.2)


class Sheet:
    """Feeds one picture after another into the camera, 15 in a second, until it is closed."""

    def __init__(self) -> None:
        self._frame = encoded(np.full((HEIGHT, WIDTH, 3), 128, np.uint8))
        self._closed = threading.Event()
        self._device = open(DEVICE, "wb", buffering=0)  # noqa: SIM115, PTH123  # closed by `close`
        _set_format(self._device.fileno())
        self._thread = threading.Thread(target=self._feed, daemon=True)
        self._thread.start()

    def show(self, picture: NDArray[np.uint8]) -> None:
        """Hold something else up: blue-green-red, uint8 (960, 1280, 3)."""
        self._frame = encoded(picture)

    def close(self) -> None:
        """Give no frame any more."""
        self._closed.set()
        self._thread.join()
        self._device.close()

    def _feed(self) -> None:
        while not self._closed.wait(FRAME_SECONDS):
            self._device.write(self._frame)


def encoded(picture: NDArray[np.uint8]) -> bytes:
    """Blue-green-red as YUYV, as USB cameras give it: colours for every second pixel."""
    y, v, u = cv2.split(cv2.cvtColor(picture, cv2.COLOR_BGR2YCrCb))
    # OpenCV's YCrCb has the full range of a byte; a camera's luma goes from 16 to 235.
    luma = y.astype(np.float32) * (219 / 255) + 16
    u, v = (128 + (plane[:, ::2].astype(np.float32) - 128) * (224 / 255) for plane in (u, v))
    chroma = np.stack([u, v], axis=2).reshape(picture.shape[:2])
    pixels: NDArray[np.uint8] = np.rint(np.stack([luma, chroma], axis=2)).astype(np.uint8)
    return pixels.tobytes()


def _set_format(descriptor: int) -> None:
    """Tell the loopback what comes: struct v4l2_format, 208 bytes."""
    pixels = (WIDTH, HEIGHT, YUYV, FIELD_NONE, 2 * WIDTH, 2 * WIDTH * HEIGHT, SRGB, 0)
    wanted = struct.pack("<I4x8I", OUTPUT, *pixels).ljust(208, b"\0")
    fcntl.ioctl(descriptor, VIDIOC_S_FMT, wanted)
