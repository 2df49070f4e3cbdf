"""The eye: any frame becomes a view, and boxes return to the pixels of the frame."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from appliance.values import Box, Frame
from appliance.vision import eye
from appliance.vision.ink import SMALL_SIDE
from tests.vision.drawing import DIGITS, noisy, paper, write, write_text


@pytest.mark.parametrize("size", [(480, 640), (960, 1280), (1920, 2560), (90, 120)])
def test_the_view_has_a_workable_size(size: tuple[int, int]) -> None:
    frame = np.full((*size, 3), 200, np.uint8)
    seen = eye.view(Frame(frame))
    assert seen.grey.dtype == np.uint8
    assert seen.grey.ndim == 2
    assert SMALL_SIDE <= max(seen.grey.shape) <= eye.LONGEST_SIDE
    assert seen.grey.shape[1] == pytest.approx(size[1] * seen.scale, abs=1)
    assert seen.grey.shape[0] == pytest.approx(size[0] * seen.scale, abs=1)


def test_noise_is_measured_and_heavy_noise_smoothed() -> None:
    still, heavy = (eye.view(Frame(noisy(paper(480, 640), d))) for d in (0.1, 12.0))
    assert still.noise < heavy.noise
    assert heavy.grey.std() < 6


@pytest.mark.parametrize("way", eye.LOOKS)
def test_every_look_finds_what_it_is_for(way: eye.Look) -> None:
    """Writing of a tenth of the frame, and with a wide window a digit that fills it."""
    page = paper(960, 1280)
    height, pen = (700, 110) if way.window > 0.2 else (140, 14)
    write(page, DIGITS["4"], 420, 110, height, pen=pen)
    seen = eye.view(Frame(page if way.polarity == "dark" else (255 - page).astype(np.uint8)))
    looked = eye.look(seen, way)
    assert max(looked.view.grey.shape) <= way.side
    [box] = [eye.in_frame(body.box, looked.view) for body in looked.bodies]
    assert [box.x, box.y] == pytest.approx([420 - pen / 2, 110 - pen / 2], abs=14)
    assert box.height == pytest.approx(height + pen, abs=20)


def test_the_frame_is_not_touched() -> None:
    page = noisy(paper(480, 640), 12)
    before = page.copy()
    for _ in eye.looks(eye.view(Frame(page))):
        pass
    assert np.array_equal(page, before)


@settings(deadline=None, max_examples=40)
@given(
    height=st.integers(1, 1700),
    width=st.integers(1, 1700),
    corner=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    share=st.tuples(st.floats(0, 1), st.floats(0, 1)),
)
@example(height=985, width=1314, corner=(0.99, 0.99), share=(1.0, 1.0))
def test_boxes_of_the_view_lie_in_the_frame(
    height: int, width: int, corner: tuple[float, float], share: tuple[float, float]
) -> None:
    seen = eye.view(Frame(np.zeros((height, width), np.uint8)))
    rows, columns = seen.grey.shape
    x, y = int(corner[0] * (columns - 1)), int(corner[1] * (rows - 1))
    box = Box(x, y, 1 + int(share[0] * (columns - x - 1)), 1 + int(share[1] * (rows - y - 1)))
    found = eye.in_frame(box, seen)
    assert found.x >= 0
    assert found.y >= 0
    assert found.width >= 1
    assert found.height >= 1
    assert found.x + found.width <= width
    assert found.y + found.height <= height


@pytest.mark.parametrize("factor", [0.4, 1, 3])
def test_boxes_are_in_pixels_of_the_frame_however_large_it_is(factor: float) -> None:
    page = paper(round(480 * factor), round(640 * factor))
    write(page, DIGITS["4"], 200 * factor, 150 * factor, 150 * factor, pen=round(9 * factor))
    seen = eye.view(Frame(page))
    page_seen = eye.look(seen)
    [box] = [eye.in_frame(body.box, seen) for body in page_seen.bodies]
    expected = np.array([200, 150, 0.65 * 150, 150]) * factor
    assert [box.x, box.y, box.width, box.height] == pytest.approx(expected, abs=16 * factor)


def test_looks_come_in_both_polarities() -> None:
    page = paper(480, 640)
    write_text(page, "34", 200, 200, 80)
    looks = list(eye.looks(eye.view(Frame(page))))
    assert {look.ink.polarity for look in looks} == {"dark", "light"}


@pytest.mark.parametrize(("height", "way"), [(0.03, eye.FINE), (0.2, eye.USUAL), (0.8, eye.COARSE)])
def test_the_smaller_the_digits_the_finer_the_look(height: float, way: tuple[float, int]) -> None:
    look = eye.way_for("light", height)
    assert (look.polarity, look.window, look.side) == ("light", *way)


def test_what_stands_close_joins_a_line_and_what_stands_apart_does_not() -> None:
    page = paper(480, 640)
    write_text(page, "34", 200, 200, 100, pen=7)
    near, far = (slice(180, 186), slice(210, 250)), (slice(20, 26), slice(20, 60))
    page[near] = page[far] = 40
    looked = eye.look(eye.view(Frame(page)))
    [line] = eye.lines_of(looked, looked.bodies)
    tops = sorted(piece.box.y for piece in line.pieces)
    assert len(tops) == 3
    assert tops[0] == pytest.approx(180, abs=3)


def test_the_thinnest_box_of_the_frame_has_a_place_in_the_view() -> None:
    seen = eye.view(Frame(paper(2464, 3280)))
    box = eye.in_view(Box(3279, 2463, 1, 1), seen)
    assert (box.width, box.height) == (1, 1)
