"""The coach on a drawn sheet that is blurred, darkened and moved."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from appliance.coach import Coach, Judgement
from appliance.values import Frame


def sheet(blur: float = 0, light: float = 1, shift: int = 0) -> Frame:
    """Digits on a sheet, out of focus by so many pixels, in so much light, moved aside."""
    pixels = np.full((480, 640, 3), 70, np.uint8)
    cv2.rectangle(pixels, (120 + shift, 60), (520 + shift, 420), (225, 225, 225), -1)
    cv2.putText(pixels, "407", (180 + shift, 300), cv2.FONT_HERSHEY_SIMPLEX, 4, (30, 30, 30), 14)
    if blur:
        pixels = np.asarray(cv2.GaussianBlur(pixels, (0, 0), blur), np.uint8)
    return Frame(np.asarray(pixels * light, np.uint8))


def last(*frames: Frame) -> Judgement:
    coach = Coach()
    return [coach.judge(frame) for frame in frames][-1]


def test_the_sharper_the_higher_the_bar_and_the_tone() -> None:
    judged = [last(sheet(blur)) for blur in (12, 6, 3, 1)]
    assert [j.sharpness for j in judged] == sorted(j.sharpness for j in judged)
    assert [j.hertz for j in judged] == sorted(j.hertz for j in judged)
    assert judged[0].hertz < judged[-1].hertz
    assert all(0 <= j.level <= 1 for j in judged)


@pytest.mark.parametrize(
    ("frames", "words"),
    [
        ([sheet()], "Good"),
        ([sheet(blur=25)], "turn the lens"),
        ([sheet(light=0.05)], "Turn on a light"),
        ([Frame(np.full((480, 640), 255, np.uint8))], "away from the light"),
        ([sheet(), sheet(shift=90)], "Hold it still"),
        ([sheet(), sheet(blur=4)], "sharper before"),
        ([sheet(), sheet(blur=4), sheet()], "Good"),
    ],
)
def test_what_to_do(frames: list[Frame], words: str) -> None:
    assert words in last(*frames).advice


def test_noise_is_not_taken_for_focus() -> None:
    """A lens that was hopelessly out of focus was called good in little light."""
    noise = np.random.default_rng(1).normal(0, 6, (480, 640, 3))
    blurred = np.clip(sheet(blur=25).pixels + noise, 0, 255).astype(np.uint8)
    assert "turn the lens" in last(Frame(blurred)).advice


def test_the_best_is_remembered_but_not_of_a_moving_sheet() -> None:
    sharp = last(sheet(blur=2)).sharpness
    judged = last(sheet(blur=2), sheet(blur=8))
    assert judged.best == sharp > judged.sharpness
    assert last(sheet(blur=8), sheet(shift=150)).best == last(sheet(blur=8)).sharpness


def test_grey_frames_of_a_pi_camera_are_judged_too() -> None:
    grey = cv2.cvtColor(sheet().pixels, cv2.COLOR_BGR2GRAY)
    assert last(Frame(np.asarray(grey, np.uint8))) == last(sheet())
