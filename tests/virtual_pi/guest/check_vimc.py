"""The real picamera2 and libcamera drive our adapter, before the kernel's camera `vimc`.

vimc gives test pictures instead of a view, one stream, and a frame now and then. What is proven:
the camera opens, its pictures come in the right shape, order and time, and it closes.
"""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from appliance.cameras.picamera import MAIN, SMALL, Picamera
from appliance.errors import CameraError
from appliance.service.clock import SystemClock

SENSOR = "Sensor B"
"""The one that libcamera takes pictures from."""

BLACK, WHITE, RED, BLUE = 5, 6, 7, 9
"""Of vimc's test pictures those of one colour."""

GREYS = {WHITE: 255, BLACK: 0, RED: 76, BLUE: 29}
"""Test picture -> its grey level; red and blue exchanged would be seen."""


@pytest.fixture(scope="module")
def vimc() -> None:
    """The camera, with the memory that picamera2 asks for by its name on a Pi.

    It stays: libcamera keeps it open as long as this process lives.
    """
    heap = Path("/dev/dma_heap/linux,cma")
    if not heap.exists():
        heap.symlink_to("system")
    subprocess.run(["modprobe", "vimc"], check=True)
    subprocess.run(["udevadm", "settle"], check=True)


@pytest.fixture
def camera(vimc: None) -> Iterator[Picamera]:
    opened = Picamera(SystemClock(), pixels="BGR888", timeout=20.0)
    yield opened
    opened.close()


def show(pattern: int) -> None:
    """Let the sensor see another test picture."""
    found = subprocess.run(
        ["media-ctl", "-e", SENSOR], check=True, capture_output=True, text=True
    ).stdout.strip()
    subprocess.run(["v4l2-ctl", "-d", found, "-c", f"test_pattern={pattern}"], check=True)


def test_picamera2_gives_pictures_whose_colours_stand_in_the_right_order(
    camera: Picamera, record_property: Callable[[str, object], None]
) -> None:
    times = []
    for pattern, grey in GREYS.items():
        show(pattern)
        begin = time.monotonic()
        frame = camera.capture()
        times.append(time.monotonic() - begin)
        assert frame.pixels.dtype == np.uint8
        height, width = frame.pixels.shape
        assert abs(width - MAIN[0]) < 6, "vimc's width is a multiple of six"
        assert height == MAIN[1]
        middle = frame.pixels[100:-100, 100:-100]
        assert abs(middle.astype(int) - grey).max() <= 6, f"grey {middle.mean():.0f}, not {grey}"
    assert camera.watch().pixels.shape == SMALL[::-1]
    record_property("a picture, ms, median", round(1000 * float(np.median(times))))


def test_a_frame_that_does_not_come_is_an_error_and_the_camera_closes_and_opens_again(
    vimc: None,
) -> None:
    hasty = Picamera(SystemClock(), pixels="BGR888", timeout=0.001)
    try:
        with pytest.raises(CameraError, match=r"gave no frame for 0\.001 s"):
            hasty.capture()
    finally:
        begin = time.monotonic()
        hasty.close()
        hasty.close()
    assert time.monotonic() - begin < 10, "closing waits behind the frame that never came"
    with pytest.raises(CameraError, match="closed"):
        hasty.capture()
    with contextlib.closing(Picamera(SystemClock(), pixels="BGR888", timeout=20.0)) as again:
        assert again.capture().pixels.size


def test_a_camera_in_use_is_said_to_be_in_use(camera: Picamera) -> None:
    # From this process: to another one libcamera doesn't even list vimc while it is in use.
    with pytest.raises(CameraError, match="in use by another program"):
        Picamera(SystemClock(), pixels="BGR888")
    assert camera.capture().pixels.size, "the first one goes on"
