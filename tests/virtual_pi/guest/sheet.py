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


class Sheet:
    """A camera, and what is held up before it: 15 frames in a second while it is plugged in."""

    def __init__(self) -> None:
        self._frame = encoded(np.full((HEIGHT, WIDTH, 3), 128, np.uint8))
        self.plug_in()

    def show(self, picture: NDArray[np.uint8]) -> None:
        """Hold something else up: blue-green-red, uint8 (960, 1280, 3)."""
        self._frame = encoded(picture)

    def plug_in(self) -> None:
        """Plug the camera in; its node is there when this returns."""
        subprocess.run(
            ["modprobe", "v4l2loopback", "video_nr=20", f"card_label={LABEL}", "exclusive_caps=0"],
            check=True,
        )
        subprocess.run(["udevadm", "settle"], check=True)
        self._device = open(DEVICE, "wb", buffering=0)  # noqa: SIM115, PTH123  # closed by `unplug`
        _set_format(self._device.fileno())
        self._pulled = threading.Event()
        self._thread = threading.Thread(target=self._feed, daemon=True)
        self._thread.start()

    def unplug(self, patience: float) -> None:
        """Pull its plug: no frame comes any more, and its node goes once nobody has it open.

        patience: seconds until that must have happened.
        """
        self._pulled.set()
        self._thread.join()
        self._device.close()
        ends = time.monotonic() + patience
        while MODULE.exists():
            done = subprocess.run(["rmmod", "v4l2loopback"], capture_output=True, check=False)
            if not done.returncode:
                return
            if time.monotonic() > ends:
                raise TimeoutError(f"the camera is still in use after {patience:g} s")
            time.sleep(0.2)

    def _feed(self) -> None:
        while not self._pulled.wait(FRAME_SECONDS):
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
