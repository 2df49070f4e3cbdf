"""Splines, their rasterisation and the perspective that they are drawn in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.scenes.digits import DIGITS
from appliance.scenes.letters import LETTERS, UNLIKE_DIGITS, WORDS
from appliance.scenes.pens import Ink, new_ink, paint_ink
from appliance.scenes.pose import new_pose
from appliance.scenes.strokes import bounds, parse, rasterise, spline
from appliance.scenes.writer import draw_path, new_writer, printing, write_sign


def test_a_form_is_read_with_its_corners() -> None:
    (first, corners), (second, none) = parse("5,4 95,2! 45,100 / 25,52 82,48")
    assert np.allclose(first, [(0.05, 0.04), (0.95, 0.02), (0.45, 1.0)])
    assert np.allclose(second, [(0.25, 0.52), (0.82, 0.48)])
    assert corners == (1,)
    assert none == ()


def test_a_spline_passes_its_points() -> None:
    points = np.array([(0.0, 0.0), (1.0, 0.2), (0.4, 0.9), (0.1, 1.0)])
    line = spline(points, (2,))
    for point in points:
        assert np.hypot(*(line - point).T).min() < 1e-9


def test_a_corner_is_sharp_and_a_bend_is_not() -> None:
    points = np.array([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0)])

    def sharpest(line: np.ndarray) -> float:
        steps = np.diff(line, axis=0)
        turns = np.unwrap(np.arctan2(steps[:, 1], steps[:, 0]))
        return float(np.abs(np.diff(turns)).max())

    assert sharpest(spline(points, (1,))) > 1.5
    assert sharpest(spline(points)) < 0.7


@pytest.mark.parametrize("width", [0.8, 1.3, 2.5, 4.0, 9.0])
def test_coverage_is_the_area_wherever_the_stroke_stands(width: float) -> None:
    rng = np.random.default_rng(0)
    ratios = []
    for _ in range(150):
        start, length, turn = rng.uniform(30, 31, 2), rng.uniform(2, 20), rng.uniform(0, 6.3)
        end = start + length * np.array((np.cos(turn), np.sin(turn)))
        cover, _, _ = rasterise([np.array([(*start, width), (*end, width)])], 64, 64)
        ratios.append(cover.sum() / 255 / (length * width + np.pi * width**2 / 4))
    assert np.mean(ratios) == pytest.approx(1.0, abs=0.09)
    assert np.std(ratios) < 0.12


@given(x=st.floats(20, 30), y=st.floats(20, 30))
def test_coverage_is_centred_to_a_fraction_of_a_pixel(x: float, y: float) -> None:
    cover, left, top = rasterise([np.array([(x, y, 4.0), (x + 6, y, 4.0)])], 64, 64)
    rows, columns = np.mgrid[: cover.shape[0], : cover.shape[1]]
    assert (columns * cover).sum() / cover.sum() + left == pytest.approx(x + 3, abs=0.2)
    assert (rows * cover).sum() / cover.sum() + top == pytest.approx(y, abs=0.2)


def test_strokes_outside_the_picture_leave_nothing() -> None:
    cover, _, _ = rasterise([np.array([(-50.0, 5.0, 3.0), (-40.0, 5.0, 3.0)])], 20, 20)
    assert cover.size == 0


@pytest.mark.parametrize("sign", [*DIGITS, *LETTERS])
def test_every_form_is_drawn_where_a_sign_belongs(sign: str) -> None:
    rng = np.random.default_rng(3)
    for _ in range(30):
        strokes = write_sign(rng, new_writer(rng), sign, 0.05)
        left, top, right, bottom = bounds(strokes)
        assert left > -0.5
        assert 0.02 < right - left < 2.2
        assert top > -0.35
        assert bottom < 1.8
        if sign in DIGITS:
            assert bottom - top > 0.75


def test_a_writer_is_consistent() -> None:
    rng = np.random.default_rng(0)
    writer = new_writer(rng)
    counts = [len(write_sign(rng, writer, "4", 0.05)) for _ in range(60)]
    usual = max(set(counts), key=counts.count)
    assert counts.count(usual) >= 45


def test_letters_that_stand_alone_are_unlike_digits() -> None:
    assert not set(UNLIKE_DIGITS) & set("OoIlSsZzBbgqDQij")
    assert all(set(word) <= set(LETTERS) for word in WORDS)


def test_a_pose_without_tilt_moves_only() -> None:
    pose = new_pose((480, 640), (100.0, 50.0), (0.0, 0.0, 0.0))
    points = np.array([(0.0, 0.0), (10.0, -5.0)])
    assert np.allclose(pose.project(points), points + np.array((100.0, 50.0)))
    assert np.allclose(pose.scale(points), 1.0)


def test_a_page_turned_away_is_narrower_and_its_far_side_smaller() -> None:
    pose = new_pose((960, 1280), (639.5, 479.5), (30.0, 0.0, 0.0))
    square = np.array([(-200.0, -200.0), (200.0, -200.0), (200.0, 200.0), (-200.0, 200.0)])
    seen = pose.project(square)
    assert np.ptp(seen[:, 0]) < 0.92 * 400
    left, right = seen[3, 1] - seen[0, 1], seen[2, 1] - seen[1, 1]
    assert abs(left - right) > 40
    nearer = pose.scale(square)
    assert (nearer[0] > nearer[1]) == (left > right)


def test_pens_press_unevenly_and_ink_is_shaded() -> None:
    """Writers differ: some press evenly, some hardly; the ink of some pens runs dry in places."""
    rng = np.random.default_rng(2)
    pressures = [new_writer(rng).pressure for _ in range(200)]
    assert min(pressures) < 0.03
    assert max(pressures) > 0.35
    shadings = [new_ink(rng, "pen").shading for _ in range(200)]
    assert 0.15 < np.mean([shading > 0 for shading in shadings]) < 0.45


def test_shaded_ink_is_paler_in_places_and_covers_as_much() -> None:
    stroke = np.array([(20.0, 50.0, 12.0), (180.0, 50.0, 12.0)])
    frames, masks = [], []
    for shading in (0.0, 0.5):
        frame, mask = np.full((100, 200, 3), 255, np.uint8), np.zeros((100, 200), np.uint8)
        ink = Ink("pen", (0.0, 0.0, 0.0), 1.0, 0.0, shading)
        paint_ink(np.random.default_rng(4), frame, ink, [stroke], mask)
        frames.append(frame)
        masks.append(mask)
    assert np.array_equal(masks[0], masks[1])
    line = [frame[50, 30:170, 0].astype(int) for frame in frames]
    assert line[0].max() == 0
    assert line[1].max() - line[1].min() > 20


def test_a_writers_proportions_move_the_middle_and_leave_the_edges() -> None:
    rng = np.random.default_rng(2)
    writer = replace(printing(), proportions=(0.05, -0.1))
    paths = ("50,50 50,50", "0,50 0,50", "100,0 100,100")
    middle, left, right = (draw_path(rng, w, p, (0, 1, 1), 0.1)[0] for p in paths for w in [writer])
    assert middle[0, 1] == pytest.approx(0.4)
    assert left[0, 1] == pytest.approx(0.4)
    assert np.ptp(right[:, 0]) == pytest.approx(0)
    assert right[[0, -1], 1] == pytest.approx([0, 1])


def test_writers_differ_in_their_proportions() -> None:
    down = [new_writer(np.random.default_rng(seed)).proportions[1] for seed in range(40)]
    assert 0.04 < np.std(down) < 0.1
