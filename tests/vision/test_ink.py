"""Ink is found whatever the light, dark and light, and the noise is measured."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from appliance.vision.ink import (
    Polarity,
    find_ink,
    noise_level,
    paper_brightness,
    strength_of,
)
from tests.vision.drawing import DIGITS, noisy, paper, write

DRAWN = paper(300, 400, 0)
for number, digit in enumerate(DIGITS):
    write(DRAWN, DIGITS[digit], 25 + 75 * number, 110, 80, ink=255)
STROKES = DRAWN > 128
AROUND = cv2.dilate(DRAWN, np.ones((7, 7), np.uint8)) > 0


def lit(light: NDArray[np.floating], polarity: Polarity) -> NDArray[np.uint8]:
    """The drawing on a page under a light of 0..1, (300, 400): ink a third of it, or thrice."""
    ground, ink = (220.0, 70.0) if polarity == "dark" else (70.0, 220.0)
    page = np.where(STROKES, ink, ground) * light
    return np.asarray(cv2.GaussianBlur(page.astype(np.uint8), (3, 3), 0.7), np.uint8)


def assert_found(page: NDArray[np.uint8], polarity: Polarity, noise: float = 0.0) -> None:
    ink = find_ink(page, polarity, noise, 0.09)
    assert ink.mask.shape == ink.contrast.shape == page.shape
    assert set(np.unique(ink.mask)) <= {0, 255}
    assert np.mean(ink.mask[STROKES] > 0) > 0.93
    assert np.mean(ink.mask[~AROUND] > 0) < 0.01


ROWS, COLUMNS = np.mgrid[0:300, 0:400]
LIGHTS = {
    "even": np.ones((300, 400)),
    "dim": np.full((300, 400), 0.35),
    "from the left": 1 - 0.75 * COLUMNS / 400,
    "from a corner": 0.25 + 0.75 * (ROWS + COLUMNS) / 700,
    "half in shadow": np.where(COLUMNS < 205, 1.0, 0.5),
}


@pytest.mark.parametrize("polarity", ["dark", "light"])
@pytest.mark.parametrize("light", LIGHTS)
def test_pen_and_chalk_are_found_in_any_light(light: str, polarity: Polarity) -> None:
    assert_found(lit(LIGHTS[light], polarity), polarity)


@pytest.mark.parametrize("polarity", ["dark", "light"])
def test_a_digit_that_fills_the_frame_is_found_with_a_wide_window(polarity: Polarity) -> None:
    page = paper(100, 100, 70 if polarity == "light" else 220)
    strokes = np.zeros_like(page)
    write(strokes, DIGITS["4"], 25, 12, 76, pen=13, ink=255)
    page[strokes > 0] = 290 - int(page[0, 0])
    assert np.mean(find_ink(page, polarity, 0.0, 0.4).mask[strokes > 128] > 0) > 0.95
    assert np.mean(find_ink(page, polarity, 0.0, 0.09).mask[strokes > 128] > 0) < 0.7


@pytest.mark.parametrize(("polarity", "other"), [("dark", "light"), ("light", "dark")])
def test_strokes_are_ink_of_one_polarity_only(polarity: Polarity, other: Polarity) -> None:
    ink = find_ink(lit(LIGHTS["even"], polarity), other, 0.0, 0.09)
    assert np.mean(ink.mask[STROKES] > 0) < 0.02


def test_noise_is_no_ink() -> None:
    page = noisy(lit(LIGHTS["even"], "dark"), 8)
    assert_found(page, "dark", noise_level(page))
    blank = noisy(paper(), 8)
    assert np.mean(find_ink(blank, "dark", 0.0, 0.09).mask > 0) > 0.2
    assert np.mean(find_ink(blank, "dark", noise_level(blank), 0.09).mask > 0) < 0.02


def test_faint_pencil_on_a_blank_sheet_is_kept() -> None:
    page = np.where(STROKES, 200, 220).astype(np.uint8)
    assert_found(page, "dark")


def test_the_paper_is_seen_through_the_ink() -> None:
    light = LIGHTS["from the left"]
    found = paper_brightness(lit(light, "dark"), 0.4, "dark").astype(float)
    assert np.abs(found - 220 * light)[STROKES].mean() < 25
    bare = paper_brightness((220 * light).astype(np.uint8), 0.4, "dark").astype(float)
    assert np.abs(found - bare)[STROKES].max() < 12


@pytest.mark.parametrize("deviation", [1.0, 2.0, 5.0, 10.0])
@pytest.mark.parametrize("light", ["even", "from a corner"])
def test_the_noise_is_measured_beside_strokes_and_gradients(deviation: float, light: str) -> None:
    page = noisy(lit(LIGHTS[light] * 0.9, "dark"), deviation)
    assert noise_level(page) == pytest.approx(deviation, rel=0.15, abs=0.2)


def test_a_still_page_has_no_noise() -> None:
    assert noise_level(paper()) < 0.5


@settings(deadline=None, max_examples=40)
@given(
    shape=st.tuples(st.integers(1, 90), st.integers(1, 90)),
    seed=st.integers(0, 9),
    polarity=st.sampled_from(["dark", "light"]),
    window=st.floats(0.01, 1),
)
def test_any_picture_has_ink_or_none(
    shape: tuple[int, int], seed: int, polarity: Polarity, window: float
) -> None:
    page = np.random.default_rng(seed).integers(0, 256, shape).astype(np.uint8)
    ink = find_ink(page, polarity, noise_level(page), window)
    assert ink.mask.shape == ink.contrast.shape == shape
    assert not ink.mask[ink.contrast == 0].any()


def test_nine_tenths_of_the_ink_stay_below_its_strength() -> None:
    assert strength_of(np.arange(101, dtype=np.uint8)) == 90
    assert strength_of(np.arange(101, dtype=np.uint8)[::-1].reshape(101, 1)) == 90
    assert strength_of(np.zeros(0, np.uint8)) == strength_of(np.zeros(9, np.uint8)) == 1
