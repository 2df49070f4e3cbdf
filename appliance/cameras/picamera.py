"""The Raspberry Pi's own camera through picamera2.

One configuration is set when the camera is opened and never changed: each change of mode
fragments the memory that the camera needs in one piece, until a Zero 2 W has none left.
"""

from __future__ import annotations

import contextlib
from collections.abc import Container
from dataclasses import replace
from typing import Annotated, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.errors import CameraError
from appliance.keys import Key
from appliance.ports import Clock
from appliance.service.holders import held_by
from appliance.values import Frame

MAIN, SMALL = (1280, 960), (320, 240)
"""Width and height of a picture and of a watch frame."""

BUFFERS = 4
OLD_FRAMES = 2
"""Frames that were exposed, or begun, before a call: the one that waits and the next."""

FRAME_MICROSECONDS = 66_666
"""From one frame to the next: 15 in a second."""

SENSOR_SIZES = {
    "ov5647": (1296, 972),
    "imx219": (1640, 1232),
    "imx477": (2028, 1520),
    "imx708": (2304, 1296),
    "imx296": (1456, 1088),
}
"""Sensor -> size of the mode that sees the whole field of view and is no smaller than MAIN.

Named, because asking picamera2 for all `sensor_modes` configures the sensor for each of them.
"""

MANUAL, CONTINUOUS = 0, 2
"""libcamera's AfMode."""


class Picamera:
    """Gives the grey plane of the camera's YUV420 pictures.

    Raises CameraError, also when picamera2 isn't installed.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        number: Annotated[int, Key("Which camera, counted from 0.", minimum=0)] = 0,
        upside_down: Annotated[bool, Key("It is mounted upside down.")] = False,
        focus: Annotated[
            float,
            Key(
                "Focus lock in dioptres, 1 / metres; -1 focuses by itself.", minimum=-1, maximum=32
            ),
        ] = -1.0,
        exposure: Annotated[
            int,
            Key("Exposure lock in microseconds; 0 exposes by itself.", minimum=0, maximum=66_000),
        ] = 0,
        gain: Annotated[
            float, Key("Gain that goes with an exposure lock.", minimum=1, maximum=64)
        ] = 1.0,
        timeout: Annotated[
            float, Key("Seconds without a frame after which it is lost.", minimum=0.5)
        ] = 3.0,
        pixels: Annotated[
            str,
            Key(
                "YUV420, as the Pi's own cameras give it; BGR888 for others behind libcamera, "
                "which give one stream.",
                choices=("YUV420", "BGR888"),
            ),
        ] = "YUV420",
    ) -> None:
        self._clock = clock
        self._pixels = pixels
        self._upside_down = upside_down
        self._timeout = timeout
        self._camera: Any = None
        try:
            self._camera = _open(number)
            self._start(_locks(focus, exposure, gain))
        except CameraError:
            raise
        except (
            Exception
        ) as error:  # picamera2 raises RuntimeError, IndexError, OSError, libcamera's
            self.close()
            raise CameraError(_explained(number, error)) from error

    def capture(self) -> Frame:
        """Take a picture, uint8 (960, 1280), exposed after the call. Raises CameraError."""
        if self._pixels == "YUV420":
            return self._frame("main", flush=True)
        # picamera2 flushes by the exposure time, which other cameras don't tell.
        for _ in range(OLD_FRAMES):
            self._frame("main", flush=None)
        return self._frame("main", flush=None)

    def watch(self) -> Frame:
        """Give the latest small frame, uint8 (240, 320). Raises CameraError."""
        if self._pixels == "YUV420":
            return self._frame("lores", flush=None)
        large = self._frame("main", flush=None)
        small = cv2.resize(large.pixels, SMALL, interpolation=cv2.INTER_AREA)
        return replace(large, pixels=np.asarray(small, np.uint8))

    def close(self) -> None:
        """Give the camera back.

        A frame that never came leaves its job in picamera2's queue, and `stop` would wait behind it
        for ever: so the queue is emptied first.
        """
        camera, self._camera = self._camera, None
        if camera is None:
            return
        for step in (camera.cancel_all_and_flush, camera.stop, camera.close):
            with contextlib.suppress(Exception):
                step()

    def _start(self, locks: dict[str, object]) -> None:
        """Configure the camera, once, and start it."""
        camera = self._camera
        # A control that the camera hasn't got is an error to picamera2: not every lens moves.
        known = camera.camera_controls
        size = SENSOR_SIZES.get(str(camera.camera_properties.get("Model", "")))
        camera.configure(
            camera.create_video_configuration(
                main={"size": MAIN, "format": self._pixels},
                lores={"size": SMALL, "format": "YUV420"} if self._pixels == "YUV420" else None,
                raw=None,
                sensor={"output_size": size} if size else {},
                buffer_count=BUFFERS,
                controls=_only(
                    known, {"FrameDurationLimits": (FRAME_MICROSECONDS, FRAME_MICROSECONDS)}
                ),
                display=None,
                encode=None,
            )
        )
        camera.set_controls(_only(known, locks))
        camera.start()

    def _frame(self, stream: str, flush: bool | None) -> Frame:
        """Copy the grey plane out of a request, which goes back to the camera at once."""
        if self._camera is None:
            raise CameraError("the Pi's camera is closed; open another one")
        try:
            with self._camera.captured_request(wait=self._timeout, flush=flush) as request:
                pixels = self._grey(request.make_array(stream), stream)
        except CameraError:
            raise
        except TimeoutError as error:
            raise CameraError(
                f"the Pi's camera gave no frame for {self._timeout:g} s; check its ribbon cable"
            ) from error
        except Exception as error:
            raise CameraError(
                f"the Pi's camera failed: {_words(error)}; check its ribbon cable"
            ) from error
        return Frame(pixels, self._clock.time(), "picamera")

    def _grey(self, planes: NDArray[np.uint8], stream: str) -> NDArray[np.uint8]:
        """The luma plane, which stands on top: (height * 3/2, stride) -> (height, width).

        Or the grey of colours, (height, width, 3): red, green, blue is libcamera's BGR888.
        """
        width, height = self._camera.stream_configuration(stream)["size"]
        dimensions = 2 if self._pixels == "YUV420" else 3
        if planes.ndim != dimensions or planes.shape[0] < height or planes.shape[1] < width:
            raise CameraError(
                f"the Pi's camera gave {planes.shape} for {width}x{height} in {self._pixels}; "
                "update it with: sudo apt full-upgrade"
            )
        grey = planes[:height, :width]
        if dimensions == 3:
            grey = np.asarray(cv2.cvtColor(grey, cv2.COLOR_RGB2GRAY), np.uint8)
        return np.ascontiguousarray(grey[::-1, ::-1] if self._upside_down else grey)


def _open(number: int) -> Any:
    try:
        from picamera2 import Picamera2  # noqa: PLC0415
    except ImportError as error:
        raise CameraError(
            f"picamera2 can't be imported ({error}); install it with: sudo apt install "
            "python3-picamera2; a virtual environment needs --system-site-packages"
        ) from error
    return Picamera2(number)


def _locks(focus: float, exposure: int, gain: float) -> dict[str, object]:
    """Controls that the settings ask for."""
    locks: dict[str, object] = {"AfMode": CONTINUOUS}
    if focus >= 0:
        locks = {"AfMode": MANUAL, "LensPosition": focus}
    if exposure:
        locks |= {"AeEnable": False, "ExposureTime": exposure, "AnalogueGain": gain}
    return locks


def _only(known: Container[str], controls: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in controls.items() if name in known}


def _explained(number: int, error: Exception) -> str:
    words = _words(error)
    if "busy" in words.lower() or "acquire" in words.lower():
        by = held_by("/dev/media")
        return f"the Pi's camera {number} is in use by another program ({words}){by}"
    return (
        f"the Pi's camera {number} can't be opened: {words}; check its ribbon cable, and that "
        "camera_auto_detect=1 stands in /boot/firmware/config.txt"
    )


def _words(error: BaseException) -> str:
    """What it says, and what led to it: picamera2 wraps "busy" in "__init__ did not complete"."""
    words = str(error) or type(error).__name__
    return f"{words} ({_words(error.__cause__)})" if error.__cause__ else words
