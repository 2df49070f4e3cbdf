"""The glyph looks as MNIST's do, however large, thin or rolled the digit was."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from appliance.values import Box
from appliance.vision.glyph import bounding_box, cut_glyph, normalise
from appliance.vision.ink import find_ink
from appliance.vision.pieces import find_pieces
from tests.vision.drawing import DIGITS, paper, piece_at, rolled, write

Glyph = NDArray[np.float32]


def drawn(digit: str, height: float = 100, pen: int = 10, at: tuple[int, int] = (30, 30)) -> Glyph:
    page = np.zeros((200, 200), np.uint8)
    write(page, DIGITS[digit], *at, height, pen=pen, ink=255)
    return (page / np.float32(255)).astype(np.float32)


def inked(glyph: Glyph) -> tuple[int, int]:
    """Height and width of what is inked."""
    rows, columns = np.nonzero(glyph > 0.2)
    return int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1


def likeness(a: Glyph, b: Glyph) -> float:
    """Cosine of both pictures, slightly blurred: 1 when alike."""
    first, second = (cv2.GaussianBlur(glyph, (0, 0), 0.8).ravel() for glyph in (a, b))
    return float(first @ second / np.linalg.norm(first) / np.linalg.norm(second))


def assert_like_mnist(glyph: Glyph) -> None:
    assert glyph.shape == (28, 28)
    assert glyph.dtype == np.float32
    assert np.isfinite(glyph).all()
    assert glyph.min() >= 0
    assert glyph.max() <= 1


@pytest.mark.parametrize("digit", DIGITS)
def test_is_made_as_mnist_was(digit: str) -> None:
    glyph = normalise(drawn(digit))
    assert_like_mnist(glyph)
    assert glyph.max() > 0.95
    assert max(inked(glyph)) in (19, 20, 21)
    mass = np.indices((28, 28)).reshape(2, -1) @ glyph.ravel() / glyph.sum()
    assert mass == pytest.approx((13.5, 13.5), abs=0.6)


def test_keeps_the_aspect() -> None:
    height, width = inked(normalise(drawn("1")))
    tall, narrow = inked(drawn("1"))
    assert width / height == pytest.approx(narrow / tall, abs=0.08)


@pytest.mark.parametrize("digit", DIGITS)
@pytest.mark.parametrize("height", [50, 70, 150])
def test_the_size_and_place_of_the_drawing_change_little(digit: str, height: int) -> None:
    usual = normalise(drawn(digit))
    other = normalise(drawn(digit, height, round(height / 10), at=(20, 41)))
    assert likeness(usual, other) > 0.93


def test_another_digit_is_another_glyph() -> None:
    assert likeness(normalise(drawn("3")), normalise(drawn("7"))) < 0.8


def test_hairlines_are_widened_and_strong_strokes_are_not() -> None:
    hairline = drawn("4", height=120, pen=2)
    assert normalise(hairline, stroke_width=2).sum() > 1.3 * normalise(hairline).sum()
    strong = drawn("4", height=120, pen=16)
    assert np.array_equal(normalise(strong, stroke_width=16), normalise(strong))


@pytest.mark.parametrize("degrees", [-18, 12])
def test_turns_the_roll_of_the_writing_back(degrees: float) -> None:
    straight = drawn("4", height=90, at=(60, 50))
    page = rolled(np.rint(straight * 255).astype(np.uint8), degrees)
    leaning = (page / np.float32(255)).astype(np.float32)
    level = normalise(leaning, angle=degrees)
    assert likeness(level, normalise(straight)) > 0.93
    assert likeness(level, normalise(straight)) > likeness(normalise(leaning), normalise(straight))


def test_no_ink_is_an_empty_glyph() -> None:
    assert not normalise(np.zeros((30, 20), np.float32)).any()


@settings(deadline=None, max_examples=60)
@given(
    shape=st.tuples(st.integers(1, 150), st.integers(1, 150)),
    seed=st.integers(0, 99),
    share=st.floats(0, 1),
    stroke_width=st.none() | st.floats(0, 50),
    angle=st.floats(-25, 25),
)
def test_any_picture_becomes_a_glyph(
    shape: tuple[int, int], seed: int, share: float, stroke_width: float | None, angle: float
) -> None:
    soft = np.random.default_rng(seed).random(shape, np.float32)
    assert_like_mnist(normalise(np.where(soft < share, soft, 0), stroke_width, angle))


def test_is_cut_from_its_pieces_alone() -> None:
    page = paper()
    write(page, DIGITS["4"], 60, 60, 80)
    write(page, DIGITS["7"], 130, 60, 80)
    ink = find_ink(page, "dark", 0.0, 0.4)
    four, seven = sorted(find_pieces(ink)[0], key=lambda piece: piece.box.x)
    glyph = cut_glyph(ink.contrast, [four])
    assert glyph.box == four.box
    assert likeness(glyph.pixels, normalise(drawn("4"))) > 0.9
    assert cut_glyph(ink.contrast, [four, seven]).box == bounding_box([four, seven])


def test_may_touch_the_frame() -> None:
    page = paper()
    write(page, DIGITS["4"], 0, 0, 80)
    ink = find_ink(page, "dark", 0.0, 0.4)
    [four] = find_pieces(ink)[0]
    assert (four.box.x, four.box.y) == (0, 0)
    assert_like_mnist(cut_glyph(ink.contrast, [four]).pixels)


def test_the_box_around_pieces() -> None:
    around = bounding_box([piece_at(10, 40, 20, 30), piece_at(25, 20, 30, 25)])
    assert around == Box(10, 20, 45, 50)
