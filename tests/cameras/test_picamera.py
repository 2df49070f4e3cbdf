"""The Pi's camera before a picamera2 of ours that has the real one's traps."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from appliance.cameras.picamera import Picamera
from appliance.errors import CameraError
from appliance.service.holders import holders
from tests.fake_picamera2 import module
from tests.fakes import FakeClock


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The class Picamera2 that the adapter imports."""
    made = module()
    monkeypatch.setitem(sys.modules, "picamera2", made)
    return made.Picamera2


def open_camera(**options: Any) -> Picamera:
    return Picamera(FakeClock(), **options)


class TestFrames:
    def test_a_picture_is_the_grey_plane_alone(self, library: Any) -> None:
        frame = open_camera().capture()
        assert frame.pixels.shape == (960, 1280)
        assert frame.pixels.flags.c_contiguous
        assert np.array_equal(frame.pixels[1], np.arange(1280, dtype=np.uint8))
        assert (frame.time, frame.source) == (1_000_000.0, "picamera")

    def test_a_watch_frame_is_small(self, library: Any) -> None:
        frame = open_camera().watch()
        assert frame.pixels.shape == (240, 320)
        assert np.array_equal(frame.pixels[1], np.arange(320, dtype=np.uint8))

    def test_only_a_picture_waits_for_what_was_exposed_after_the_press(self, library: Any) -> None:
        camera = open_camera()
        camera.watch()
        camera.capture()
        assert library.opened.flushed == [None, True]

    def test_every_request_is_released(self, library: Any) -> None:
        camera = open_camera()
        for _ in range(20):
            camera.watch()
        library.opened.shape = (3, 3)
        for _ in range(20):
            with pytest.raises(CameraError, match=r"gave \(3, 3\) for 1280x960"):
                camera.capture()
        assert library.opened.held == 0

    def test_another_camera_behind_libcamera_gives_its_colours_in_one_stream(
        self, library: Any
    ) -> None:
        library.controls_known = ()
        camera = open_camera(pixels="BGR888")
        assert library.opened.configuration["lores"] is None
        picture, small = camera.capture().pixels, camera.watch().pixels
        assert (picture.shape, small.shape) == ((960, 1280), (240, 320))
        red = 76  # as grey; 29 if it were taken for blue
        assert set(np.unique(picture)) == set(np.unique(small)) == {red}

    def test_its_picture_is_of_after_the_press_though_it_can_not_be_flushed(
        self, library: Any
    ) -> None:
        camera = open_camera(pixels="BGR888")
        camera.watch()
        before = library.opened.frames
        camera.capture()
        assert library.opened.frames == before + 3, "one that waits, one that was begun, and it"
        assert set(library.opened.flushed) == {None}

    def test_upside_down(self, library: Any) -> None:
        frame = open_camera(upside_down=True).capture()
        assert frame.pixels[-1, -1] == 1
        assert np.array_equal(frame.pixels[0], np.arange(1280, dtype=np.uint8)[::-1])


class TestConfiguration:
    def test_it_is_the_fixed_one(self, library: Any) -> None:
        open_camera(number=1)
        assert library.opened.camera_num == 1
        assert library.opened.configuration == {
            "main": {"size": (1280, 960), "format": "YUV420"},
            "lores": {"size": (320, 240), "format": "YUV420"},
            "raw": None,
            "transform": None,
            "colour_space": None,
            "buffer_count": 4,
            "controls": {"FrameDurationLimits": (66_666, 66_666)},
            "display": None,
            "encode": None,
            "queue": True,
            "sensor": {"output_size": (2304, 1296)},
            "use_case": "video",
        }

    def test_an_unknown_sensor_chooses_its_mode_itself(self, library: Any) -> None:
        library.model = "imx999"
        open_camera()
        assert library.opened.configuration["sensor"] == {}

    def test_without_a_lens_that_moves_nothing_is_focused(self, library: Any) -> None:
        open_camera(focus=2.0)
        assert library.opened.controls == {}

    @pytest.mark.parametrize(
        ("options", "controls"),
        [
            ({}, {"AfMode": 2}),
            ({"focus": 2.5}, {"AfMode": 0, "LensPosition": 2.5}),
            (
                {"exposure": 8000, "gain": 2.0},
                {"AfMode": 2, "AeEnable": False, "ExposureTime": 8000, "AnalogueGain": 2.0},
            ),
        ],
    )
    def test_locks(self, library: Any, options: dict[str, Any], controls: object) -> None:
        library.controls_known = (*library.controls_known, "AfMode", "LensPosition")
        open_camera(**options)
        assert library.opened.controls == controls


class TestTrouble:
    def test_a_frame_that_doesnt_come_is_told_and_closing_doesnt_hang(self, library: Any) -> None:
        camera = open_camera(timeout=2.0)
        library.opened.hanging = True
        with pytest.raises(CameraError, match="no frame for 2 s; check its ribbon cable"):
            camera.capture()
        camera.close()
        assert library.opened.did == ["start", "cancel", "stop", "close"]

    def test_any_fault_of_the_library_is_the_cameras(self, library: Any) -> None:
        camera = open_camera()
        library.opened.frame_error = RuntimeError("Camera frontend has timed out")
        with pytest.raises(CameraError, match="failed: Camera frontend has timed out"):
            camera.watch()

    def test_closed_it_gives_no_frame_and_may_be_closed_again(self, library: Any) -> None:
        camera = open_camera()
        camera.close()
        camera.close()
        assert library.opened.did.count("close") == 1
        with pytest.raises(CameraError, match="is closed"):
            camera.watch()

    def test_no_camera(self, library: Any) -> None:
        library.open_error = RuntimeError("No camera number 0 found")
        with pytest.raises(CameraError, match=r"camera 0 can't be opened: No camera.*auto_detect"):
            open_camera()

    def test_a_busy_camera_is_told_with_who_holds_it(
        self, library: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # As the real one raises it: what happened stands in the cause.
        library.open_error = RuntimeError("Camera __init__ sequence did not complete.")
        library.open_error.__cause__ = RuntimeError(
            "Failed to acquire camera: Device or resource busy"
        )
        monkeypatch.setattr(
            "appliance.service.holders.holders", lambda devices: ["motion (process 7)"]
        )
        with pytest.raises(CameraError, match=r"in use .*held by motion \(process 7\)"):
            open_camera()

    def test_a_configuration_that_is_refused_leaves_it_closed(self, library: Any) -> None:
        library.configure_error = RuntimeError("out of memory")
        with pytest.raises(CameraError, match="out of memory"):
            open_camera()
        assert library.opened.did[-1] == "close"

    def test_without_the_library_the_remedy_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "picamera2", None)
        with pytest.raises(CameraError, match=r"apt install\s+python3-picamera2"):
            open_camera()


def test_holders_are_found_by_their_open_files(tmp_path: Path) -> None:
    for number, name, opened in ((41, "motion", "/dev/media0"), (7, "bash", "/dev/pts/0")):
        folder = tmp_path / str(number)
        (folder / "fd").mkdir(parents=True)
        (folder / "comm").write_text(f"{name}\n")
        (folder / "fd" / "3").symlink_to(opened)
    (tmp_path / "99").mkdir()  # ended, or another user's
    assert holders("/dev/media", tmp_path) == ["motion (process 41)"]
    assert holders("/dev/video", tmp_path) == []
