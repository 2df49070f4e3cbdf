"""The glyph looks as MNIST's do, however large or thin the digit was."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from appliance.vision.glyph import normalise
from tests.vision.drawing import DIGITS, write

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


def test_no_ink_is_an_empty_glyph() -> None:
    assert not normalise(np.zeros((30, 20), np.float32)).any()


@settings(deadline=None, max_examples=60)
@given(
    shape=st.tuples(st.integers(1, 150), st.integers(1, 150)),
    seed=st.integers(0, 99),
    share=st.floats(0, 1),
    stroke_width=st.none() | st.floats(0, 50),
)
def test_any_picture_becomes_a_glyph(
    shape: tuple[int, int], seed: int, share: float, stroke_width: float | None
) -> None:
    soft = np.random.default_rng(seed).random(shape, np.float32)
    assert_like_mnist(normalise(np.where(soft < share, soft, 0), stroke_width))
