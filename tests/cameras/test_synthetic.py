"""The camera that draws what it sees."""

from __future__ import annotations

import numpy as np
import pytest

from appliance.cameras.synthetic import Synthetic
from appliance.errors import CameraError


class StoppedClock:
    def time(self) -> float:
        return 1234.5

    def monotonic(self) -> float:
        return 1.0

    def sleep(self, seconds: float) -> None:
        raise AssertionError("nothing here needs to wait")


def camera(**options: object) -> Synthetic:
    return Synthetic(**{"seed": 4, "clock": StoppedClock(), **options})  # type: ignore[arg-type]


def test_it_gives_frames_of_the_camera_s_size_with_the_time() -> None:
    frame = camera().capture()
    assert frame.pixels.shape == (960, 1280, 3)
    assert frame.pixels.dtype == np.uint8
    assert frame.time == 1234.5
    assert frame.source == "synthetic"


def test_the_watch_frame_shows_what_capture_will_give() -> None:
    synthetic = camera()
    watched = synthetic.watch()
    assert watched.pixels.shape == (240, 320)
    assert np.array_equal(watched.pixels, synthetic.watch().pixels)
    captured = synthetic.capture().pixels.mean(axis=2)
    coarse = captured.reshape(240, 4, 320, 4).mean(axis=(1, 3))
    assert np.abs(coarse - watched.pixels).mean() < 12  # grey weighs the colours, the mean doesn't
    assert not np.array_equal(watched.pixels, synthetic.watch().pixels)


def test_the_truth_is_that_of_the_last_capture() -> None:
    synthetic = camera(scenes="easy")
    assert synthetic.truth == ""
    synthetic.capture()
    truth = synthetic.truth
    assert truth.replace("\n", "").isdigit()
    synthetic.watch()
    assert synthetic.truth == truth


def test_the_digits_of_the_setting_are_held_up() -> None:
    synthetic = camera(digits="2026")
    synthetic.capture()
    assert synthetic.truth == "2026"


def test_a_seed_gives_one_series() -> None:
    first, second, other = camera(), camera(), camera(seed=5)
    frames = [c.capture().pixels for c in (first, second, other)]
    assert np.array_equal(frames[0], frames[1])
    assert not np.array_equal(frames[0], frames[2])


def test_a_scene_without_digits_has_no_truth() -> None:
    synthetic = camera(scenes="negative")
    synthetic.capture()
    assert synthetic.truth == ""


def test_a_closed_camera_says_so() -> None:
    synthetic = camera()
    synthetic.close()
    synthetic.close()
    with pytest.raises(CameraError, match="closed"):
        synthetic.capture()
    with pytest.raises(CameraError, match="closed"):
        synthetic.watch()
