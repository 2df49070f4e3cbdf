"""Pictures of digits turned into strokes."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from appliance.network.datasets import read_mnist
from appliance.scenes import Samples, generate
from appliance.scenes.samples import thin, trace
from appliance.scenes.strokes import Stroke

Glyph = NDArray[np.float32]


def drawn(*paths: list[tuple[int, int]], width: int = 3) -> Glyph:
    glyph = np.zeros((28, 28), np.uint8)
    for path in paths:
        spots = np.array(path, np.int32).reshape(-1, 1, 2)
        cv2.polylines(glyph, [spots], False, 255, width)
    return bright(glyph)


def bright(glyph: NDArray[np.uint8]) -> Glyph:
    return np.asarray(glyph, np.float32) / np.float32(255)


def test_thinning_leaves_a_connected_line_one_pixel_wide() -> None:
    shape = drawn([(4, 4), (22, 4), (10, 24)], width=4) > 0
    line = thin(shape)
    assert cv2.connectedComponents(line.astype(np.uint8), connectivity=8)[0] == 2
    assert not (line[:-1, :-1] & line[1:, :-1] & line[:-1, 1:] & line[1:, 1:]).any()
    assert (line & ~shape).sum() == 0


def test_a_straight_line_becomes_one_upright_stroke() -> None:
    (path,) = trace(drawn([(14, 4), (14, 24)]))
    assert np.ptp(path[:, 1]) == pytest.approx(1.0)
    assert np.ptp(path[:, 0]) < 0.1
    assert np.median(path[:, 2]) == pytest.approx(5 / 16, rel=0.15)  # pixels


def test_a_blot_keeps_its_width() -> None:
    glyph = np.zeros((28, 28), np.uint8)
    cv2.line(glyph, (14, 4), (14, 24), 255, 2)
    cv2.circle(glyph, (14, 20), 4, 255, -1)
    (path,) = trace(bright(glyph))
    widths = path[:, 2] / np.median(path[:, 2])
    low = path[:, 1] > 0.6
    assert widths[low].max() > 1.8
    assert widths[~low].max() < 1.3


def narrow(strokes: list[Stroke]) -> bool:
    return bool(np.ptp(strokes[0][:, 0]) < 0.5)


def test_a_blot_is_written_by_a_fine_pen_too() -> None:
    """A loop that is filled is a part of the digit."""
    glyph = np.zeros((28, 28), np.uint8)
    cv2.line(glyph, (14, 4), (14, 24), 255, 2)
    cv2.circle(glyph, (14, 20), 4, 255, -1)
    samples, pen = Samples(bright(glyph)[None], np.array([1])), 0.05
    for seed in range(20):
        (stroke,) = samples.write(np.random.default_rng(seed), 1, pen)
        assert np.median(stroke[:, 2]) == pytest.approx(pen, rel=0.1)
        assert stroke[:, 2].max() > 3 * pen


def test_what_is_not_legible_is_tried_again_and_given_up() -> None:
    glyphs = np.stack([drawn([(14, 4), (14, 24)]), drawn([(4, 14), (24, 14)])])
    upright = Samples(glyphs, np.array([1, 1]), lambda strokes, _: narrow(strokes))
    never = Samples(glyphs, np.array([1, 1]), lambda _, digit: digit != 1)
    written = [upright.write(np.random.default_rng(seed), 1, 0.1) for seed in range(20)]
    assert all(narrow(strokes) for strokes in written if strokes)
    assert sum(map(bool, written)) > 15
    assert never.write(np.random.default_rng(0), 1, 0.1) == []


def test_a_ring_is_closed() -> None:
    glyph = np.zeros((28, 28), np.uint8)
    cv2.ellipse(glyph, (14, 14), (6, 9), 0, 0, 360, 255, 2)
    (path,) = trace(bright(glyph))
    assert np.hypot(*(path[0] - path[-1])[:2]) < 0.05
    assert len(path) > 15


def test_a_cross_keeps_both_its_lines() -> None:
    paths = trace(drawn([(14, 4), (14, 24)], [(6, 14), (22, 14)]))
    every = np.concatenate(paths)
    assert np.ptp(every[:, 0]) > 0.7
    assert np.ptp(every[:, 1]) > 0.95


@given(arrays(np.float32, (28, 28), elements=st.floats(0, 1, width=32)))
def test_any_picture_gives_finite_strokes_or_none(glyph: Glyph) -> None:
    for path in trace(glyph):
        assert path.shape[1] == 3
        assert np.isfinite(path).all()
        assert (path[:, 2] > 0).all()


def test_an_empty_picture_gives_no_stroke() -> None:
    assert trace(np.zeros((28, 28), np.float32)) == []


def test_strokes_of_mnist_cover_what_was_written(shared: Path) -> None:
    training = read_mnist(shared / "mnist")
    overlaps = []
    for glyph in training.glyphs[:60]:
        spots = np.argwhere(glyph > 0.45)[:, ::-1].astype(float)
        line = np.concatenate(trace(glyph))[:, :2]
        low, tall = spots.min(axis=0) + 1, np.ptp(spots[:, 1]) - 2  # half a pen inside the ink
        x, y = np.rint(line * max(tall, 1) + low).astype(int).clip(0, 27).T
        overlaps.append((glyph[y, x] > 0.2).mean())
    assert np.mean(overlaps) > 0.8


def test_scenes_take_digits_from_samples() -> None:
    """A sample that nobody would write shows in the scene."""
    glyph = drawn([(2, 14), (26, 14)], [(14, 4), (14, 24)])
    samples = Samples(np.stack([glyph] * 10), np.arange(10))
    wide = 0
    for seed in range(12):
        scene = generate(
            np.random.default_rng(seed), "screen", (240, 320), digits="1", samples=samples
        )
        assert scene.lines == ("1",)
        wide += scene.boxes[0].width > 0.8 * scene.boxes[0].height
    assert 2 <= wide <= 10


def test_digits_without_a_sample_are_written_by_the_project() -> None:
    samples = Samples(drawn([(14, 4), (14, 24)])[None], np.array([1]))
    assert samples.has(1)
    assert not samples.has(7)
    scene = generate(np.random.default_rng(0), "easy", (240, 320), digits="7070", samples=samples)
    assert scene.lines == ("7070",)
