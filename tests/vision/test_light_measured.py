"""Light: what keeps a frame from being read."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.values import Frame
from appliance.vision import eye
from appliance.vision.ink import Grey
from appliance.vision.light import Light, measure_light
from tests.vision.drawing import noisy, paper, write_text


def page(level: int = 220) -> Grey:
    drawn = paper(480, 640, level)
    write_text(drawn, "31754", 60, 150, 90, pen=7)
    return drawn


def test_a_page_in_good_light() -> None:
    light = measure_light(page())
    assert light.trouble is None
    assert light.brightness == pytest.approx(220, abs=1)
    assert light.saturated == 0
    assert light.sharpness > 20
    assert light.size == (640, 480)


@pytest.mark.parametrize("step", [255, 100, 31])
@pytest.mark.parametrize("turned", [False, True])
def test_sharpness_is_half_the_step_over_two_pixels(step: int, turned: bool) -> None:
    grey = np.zeros((480, 640), np.uint8)
    grey[:, 320:] = step
    assert measure_light(grey.T if turned else grey).sharpness == step / 2


@pytest.mark.parametrize(("dots", "sharpness"), [(10, 50.0), (9, 0.0)])
def test_so_many_edges_are_as_sharp(dots: int, sharpness: float) -> None:
    """Each dot has two across, and two down."""
    grey = np.full((240, 320), 50, np.uint8)
    for index in range(dots):
        grey[20 + 20 * index, 30 + 20 * index] = 150
    assert measure_light(grey, edges=20 / (240 * 318)).sharpness == sharpness


@pytest.mark.parametrize(
    ("frame", "trouble"),
    [
        (np.rint(page() * 0.07).astype(np.uint8), "too dark"),
        (np.clip(page().astype(int) + 60, 0, 255).astype(np.uint8), "too bright"),
        (np.asarray(cv2.GaussianBlur(page(), (0, 0), 25), np.uint8), "blurred"),
        (np.zeros((480, 640), np.uint8), "too dark"),
        (np.full((480, 640), 255, np.uint8), "too bright"),
        (noisy(page(), 4), None),
    ],
)
def test_trouble(frame: Grey, trouble: str | None) -> None:
    assert measure_light(frame).trouble == trouble


def seen(grey: Grey) -> Light:
    """The light of a frame, as reader and coach measure it."""
    view = eye.view(Frame(grey))
    return measure_light(view.grey, noise=view.noise)


def one_digit(height: int, blur: float) -> Grey:
    """A sheet that fills a large frame, with a single 7 on it."""
    drawn = paper(960, 1280, 205)
    write_text(drawn, "7", 600, 450, height, pen=max(2, height // 12))
    return np.asarray(cv2.GaussianBlur(drawn, (0, 0), blur), np.uint8)


@pytest.mark.parametrize("noise", [0, 2, 8])
@pytest.mark.parametrize("height", [30, 68])
def test_small_writing_on_an_empty_sheet_is_sharp(height: int, noise: float) -> None:
    """It was called blurred, for edges were less than a thousandth of the frame."""
    assert seen(noisy(one_digit(height, 1), noise)).trouble is None


@pytest.mark.parametrize("noise", [0, 2, 8])
def test_noise_does_not_make_a_blurred_sheet_sharp(noise: float) -> None:
    assert seen(noisy(one_digit(200, 32), noise)).trouble == "blurred"


@pytest.mark.parametrize(("contrast", "noise"), [(60, 0), (60, 2), (35, 12), (45, 20)])
def test_faint_writing_in_little_light_is_sharp(contrast: int, noise: float) -> None:
    """In a view that was freed of noise less of it is left than in one that wasn't."""
    drawn = paper(960, 1280, 255)
    write_text(drawn, "4711", 200, 350, 200, pen=14)
    drawn = np.where(drawn < 128, 150 - contrast, 150).astype(np.uint8)
    assert seen(noisy(drawn, noise)).trouble is None
    blurred = np.asarray(cv2.GaussianBlur(drawn, (0, 0), 25), np.uint8)
    assert seen(noisy(blurred, noise)).trouble == "blurred"


def lit(kind: str) -> Grey:
    """An empty sheet of 200 grey levels in some light."""
    x, y = np.meshgrid(np.linspace(-1, 1, 1280), np.linspace(-0.75, 0.75, 960))
    light = {
        "even": 0 * x + 1,
        "from one side": 0.6 + 0.4 * x,
        "falling off to the corners": 1 - 0.4 * (x**2 + y**2),
        "in a soft shadow": 1 - 0.15 * (1 + np.tanh(6 * (x - y))) / 2,
    }[kind]
    return np.asarray(200 * light, np.uint8)


@pytest.mark.parametrize("noise", [0, 3, 8])
@pytest.mark.parametrize(
    "kind", ["even", "from one side", "falling off to the corners", "in a soft shadow"]
)
def test_an_empty_sheet_is_not_blurred(kind: str, noise: float) -> None:
    """It was told to be held still."""
    assert seen(noisy(lit(kind), noise)).trouble is None


@pytest.mark.parametrize("flat", [False, True])
@pytest.mark.parametrize(("pen", "level"), [(3, 60), (6, 60), (10, 165)])
def test_a_single_stroke_is_sharp(pen: int, level: int, flat: bool) -> None:
    """Along it there are no edges but its two ends."""
    page, (x, y) = paper(960, 1280, 200), (640, 480)
    end = (x + 120, y) if flat else (x, y + 120)
    cv2.line(page, (2 * x - end[0], 2 * y - end[1]), end, level, pen)
    page = np.asarray(cv2.GaussianBlur(page, (0, 0), 1), np.uint8)
    assert seen(noisy(page, 2)).trouble is None
    assert seen(noisy(page, 2)).sharpness > 6


@pytest.mark.parametrize("down", [False, True])
def test_motion_blurs_in_whatever_direction(down: bool) -> None:
    """Only what moved sideways was seen."""
    kernel = np.full((61, 1) if down else (1, 61), 1 / 61)
    moved = np.asarray(cv2.filter2D(one_digit(300, 1), -1, kernel), np.uint8)
    assert seen(noisy(moved, 2)).trouble == "blurred"


def test_a_page_of_lines_is_sharp() -> None:
    page = paper(960, 1280, 205)
    page[100::80] = 60
    assert seen(page).trouble is None
    assert seen(np.ascontiguousarray(page.T)).trouble is None


def test_the_size_is_the_frames_when_it_was_reduced() -> None:
    assert measure_light(page(), (1280, 960)).size == (1280, 960)


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 255))
def test_any_shape_has_a_light(height: int, width: int, level: int) -> None:
    light = measure_light(np.full((height, width), level, np.uint8))
    assert 0 <= light.brightness <= 255
    assert 0 <= light.saturated <= 1
    assert light.sharpness >= 0


@pytest.mark.parametrize("shape", [(130, 1280), (20, 1280), (1280, 100), (3, 64)])
def test_a_narrow_blank_is_no_blurred_writing(shape: tuple[int, int]) -> None:
    for grey in (np.full(shape, 128, np.uint8), np.full(shape[::-1], 128, np.uint8)):
        assert measure_light(grey).trouble is None
