"""Memory: what was said of a shape counts for its like, and for no ordinary digit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from appliance.learning.ordinary import ordinary_digits
from appliance.memory import ALIKE, MOST, SAID, Memory
from appliance.network.classifier import Classifier
from appliance.network.handwriting import draw_digits
from appliance.values import Correction, Glyph

Glyphs = NDArray[np.float32]


def features(glyphs: Glyphs) -> Glyphs:
    """Those of tests are the first two pixels: an angle."""
    seen = glyphs.reshape(len(glyphs), -1)[:, :2]
    length = np.maximum(np.linalg.norm(seen, axis=1, keepdims=True), 1e-6)
    return np.asarray(seen / length, np.float32)


def at(degrees: float) -> Glyph:
    """A glyph whose features point there."""
    pixels = np.zeros((28, 28), np.float32)
    pixels[0, :2] = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return Glyph(np.abs(pixels))


def told(degrees: float, digit: int) -> Correction:
    return Correction(at(degrees), digit)


def memory(*ordinary: Correction) -> Memory:
    """One that knows these ordinary digits; without any a 0 that is far from all."""
    known = ordinary or (told(90, 0),)
    glyphs = np.stack([one.glyph.pixels for one in known])
    return Memory(features, lambda: (glyphs, np.array([one.digit for one in known])))


def says(of: Memory, degrees: float) -> NDArray[np.float64]:
    return np.asarray(of.says(at(degrees).pixels[None])[0])


def test_without_a_correction_it_says_nothing_and_draws_nothing() -> None:
    def draw() -> tuple[Glyphs, NDArray[np.int64]]:
        raise AssertionError("drawn for nothing")

    empty = Memory(features, draw)
    empty.learn([])
    assert len(empty) == 0
    assert not empty.says(np.ones((3, 28, 28), np.float32)).any()


def test_what_was_said_of_a_shape_counts_for_its_like() -> None:
    known = memory()
    known.learn([told(0, 7)])
    same, similar, other = says(known, 2), says(known, 36), says(known, 50)
    assert same[7] == pytest.approx(SAID)
    assert 0 < similar[7] < SAID
    assert not np.delete(same, 7).any()
    assert not other.any()


def test_an_ordinary_digit_of_another_kind_bounds_it() -> None:
    known = memory(told(20, 1), told(10, 7))
    known.learn([told(0, 7)])
    assert says(known, 0)[7] == pytest.approx(SAID)
    assert not says(known, 20).any()
    assert known.twin(told(0, 7)) == 1
    assert memory(told(60, 1)).twin(told(0, 7)) is None


def test_what_contradicts_cancels() -> None:
    known = memory()
    known.learn([told(0, 7), told(1, 1)])
    said = says(known, 0.5)
    assert said[7] == pytest.approx(said[1]) == pytest.approx(SAID)


def test_of_one_glyph_counts_what_was_said_last() -> None:
    known = memory()
    known.learn([told(0, 7), told(0, 1)])
    assert len(known) == 1
    assert says(known, 0)[[1, 7]] == pytest.approx([SAID, 0])


def test_the_newest_are_remembered() -> None:
    known, glyphs = memory(), np.zeros((MOST + 1, 28 * 28), np.float32)
    glyphs[:, 0] = 1
    glyphs[np.arange(MOST + 1), np.arange(MOST + 1) + 2] = 1  # each is another one
    pictures = glyphs.reshape(-1, 28, 28)
    said = [Correction(Glyph(one), 1 if i == 0 else 7) for i, one in enumerate(pictures)]
    known.learn(said)
    assert len(known) == MOST
    assert np.flatnonzero(says(known, 0)).tolist() == [7]
    known.learn([*said, said[0]])  # said once more it is one of the newest
    assert np.flatnonzero(says(known, 0)).tolist() == [1, 7]


@given(st.lists(st.tuples(st.floats(0, 90), st.integers(0, 9)), max_size=8), st.floats(0, 90))
def test_it_speaks_for_what_was_said_of_like_shapes_alone(
    lessons: list[tuple[float, int]], angle: float
) -> None:
    known = memory()
    known.learn([told(*lesson) for lesson in lessons])
    said = says(known, angle)
    assert (said >= 0).all()
    assert (said <= SAID + 1e-6).all()
    near = {d for a, d in lessons if np.cos(np.radians(a - angle)) > ALIKE - 1e-4}
    assert set(np.flatnonzero(said)) <= near


def test_wrong_corrections_of_ordinary_digits_leave_others_as_they_are() -> None:
    """Whatever a child says of a few plain digits, other people's plain digits are read as ever."""
    classifier = Classifier.load()
    known = Memory(classifier.features, ordinary_digits)
    glyphs, labels = draw_digits(400, np.random.default_rng(3))
    wrong = [Correction(Glyph(glyphs[i]), (int(labels[i]) + 5) % 10) for i in range(3)]
    known.learn(wrong)
    moved = known.says(glyphs[3:])
    moved[np.arange(397), labels[3:]] = 0
    assert (moved.max(axis=1) > SAID / 2).mean() < 0.02
