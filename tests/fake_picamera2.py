"""What picamera2 0.3.38 offers of what we use, with its signatures and its traps.

Its traps: the array of a YUV420 stream has a stride and the colours below the grey plane; unknown
controls raise; a request that isn't released starves the camera; after a timeout `stop` hangs
unless the queue was emptied.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

STRIDES = {"main": 1344, "lores": 384}


class Request:
    def __init__(self, camera: Picamera2) -> None:
        self._camera = camera
        self.number = camera.frames
        camera.held += 1

    def make_array(self, name: str) -> NDArray[np.uint8]:
        if self._camera.shape is not None:
            return np.zeros(self._camera.shape, np.uint8)
        width, height = self._camera.configuration[name]["size"]
        if self._camera.configuration[name]["format"] == "BGR888":
            return np.full((height, width, 3), (255, 0, 0), np.uint8)  # red comes first in memory
        planes = np.full((height * 3 // 2, STRIDES[name]), 128, np.uint8)
        planes[:height, :width] = np.arange(width, dtype=np.uint8)
        planes[0, 0] = self.number
        return planes

    def release(self) -> None:
        self._camera.held -= 1


class Picamera2:
    """Class attributes set the scene; the last one that was opened is `opened`."""

    model = "imx708"
    controls_known = ("FrameDurationLimits", "AeEnable", "ExposureTime", "AnalogueGain")
    open_error: Exception | None = None
    configure_error: Exception | None = None
    opened: Picamera2 | None = None

    def __init__(
        self,
        camera_num: int = 0,
        verbose_console: object = None,
        tuning: object = None,
        allocator: object = None,
    ) -> None:
        if self.open_error is not None:
            raise self.open_error
        type(self).opened = self
        self.camera_num = camera_num
        self.camera_properties = {"Model": self.model}
        self.configuration: dict[str, Any] = {}
        self.controls: dict[str, object] = {}
        self.frames, self.held = 0, 0
        self.flushed: list[bool | None] = []
        self.hanging = self.stuck = False
        self.frame_error: Exception | None = None
        self.shape: tuple[int, ...] | None = None
        self.did: list[str] = []

    @property
    def sensor_modes(self) -> list[dict[str, Any]]:
        raise AssertionError("asking for the modes reconfigures the sensor for each")

    @property
    def camera_controls(self) -> dict[str, tuple[Any, Any, Any]]:
        return dict.fromkeys(self.controls_known, (0, 1, 0))

    def create_video_configuration(  # noqa: PLR0917
        self,
        main: dict[str, Any] = {},  # noqa: B006  # as it is there
        lores: dict[str, Any] | None = None,
        raw: dict[str, Any] | None = {},  # noqa: B006
        transform: object = None,
        colour_space: object = None,
        buffer_count: int = 6,
        controls: dict[str, Any] = {},  # noqa: B006
        display: str | None = "main",
        encode: str | None = "main",
        queue: bool = True,
        sensor: dict[str, Any] | None = {},  # noqa: B006
        use_case: str = "video",
    ) -> dict[str, Any]:
        arguments = dict(locals())
        del arguments["self"]
        return arguments

    def configure(self, camera_config: dict[str, Any] | None = None) -> None:
        if self.configure_error is not None:
            raise self.configure_error
        assert camera_config is not None
        assert not self.configuration, "configured twice"
        for name in camera_config["controls"]:
            self._check_known(name)
        self.configuration = camera_config

    def stream_configuration(self, name: str = "main") -> dict[str, Any]:
        stream: dict[str, Any] = self.configuration[name]
        return stream

    def set_controls(self, controls: dict[str, object]) -> None:
        for name in controls:
            self._check_known(name)
        self.controls |= controls

    def _check_known(self, name: str) -> None:
        if name not in self.controls_known:
            raise RuntimeError(f"Control {name} is not advertised by libcamera")

    def start(self, config: object = None, show_preview: bool = False) -> None:
        self.did.append("start")

    @contextmanager
    def captured_request(
        self, wait: float | bool | None = None, flush: bool | None = None
    ) -> Iterator[Request]:
        assert self.held < self.configuration["buffer_count"], "no buffer is free"
        self.flushed.append(flush)
        if self.frame_error is not None:
            raise self.frame_error
        if self.hanging:
            self.stuck = True
            raise TimeoutError
        self.frames += 1
        request = Request(self)
        try:
            yield request
        finally:
            request.release()

    def cancel_all_and_flush(self) -> None:
        self.stuck = False
        self.did.append("cancel")

    def stop(self) -> None:
        assert not self.stuck, "stop would wait for ever"
        self.did.append("stop")

    def close(self) -> None:
        self.did.append("close")


def module() -> ModuleType:
    """A module `picamera2`, with a Picamera2 class of its own."""
    made = ModuleType("picamera2")
    made.Picamera2 = type("Picamera2", (Picamera2,), {})  # type: ignore[attr-defined]
    return made
