"""Joined writing: a word hangs together, letter by letter, from left to right."""

from __future__ import annotations

from string import ascii_lowercase

import cv2
import numpy as np
import pytest

from appliance.scenes.joined import JOINED, write_joined, write_words
from appliance.scenes.strokes import Stroke, bounds, parse, rasterise
from appliance.scenes.writer import new_writer
from appliance.scenes.writing import extent

PEN = 0.08


def written(word: str, seed: int) -> list[Stroke]:
    rng = np.random.default_rng(seed)
    return write_joined(rng, new_writer(rng), word, PEN)


def pieces(strokes: list[Stroke]) -> int:
    """Parts of the ink that don't touch each other."""
    left, top, right, bottom = bounds(strokes)
    large = [(stroke - (left, top, 0)) * 100 for stroke in strokes]
    cover, _, _ = rasterise(large, int(100 * (bottom - top)) + 1, int(100 * (right - left)) + 1)
    count, _ = cv2.connectedComponents((cover >= 128).astype(np.uint8))
    return count - 1


def test_each_small_letter_can_be_joined_at_both_ends() -> None:
    assert set(JOINED) == set(ascii_lowercase)
    for letter in JOINED.values():
        points, _ = parse(letter.path)[0]
        assert points[0, 0] == points[:, 0].min() == 0
        assert points[-1, 0] == points[:, 0].max() == 1


def test_letters_hang_together_unless_the_pen_is_lifted() -> None:
    words = [written("summer", seed) for seed in range(60)]
    lifted = [strokes for strokes in words if len(strokes) > 1]
    assert all(pieces(strokes) == 1 for strokes in words if len(strokes) == 1)
    assert 0.1 < len(lifted) / len(words) < 0.6
    assert np.mean([pieces(strokes) > 1 for strokes in lifted]) > 0.6


@pytest.mark.parametrize(("word", "more"), [("sun", 0), ("sin", 1), ("exit", 3)])
def test_dots_and_bars_are_strokes_of_their_own(word: str, more: int) -> None:
    fewest = min(len(written(word, seed)) for seed in range(20))
    assert fewest == 1 + more


def test_a_sign_behind_a_letter_does_not_touch_it() -> None:
    for seed in range(40):
        *word, equals, _ = written("d=", seed)
        assert min(equals[:, 0]) > max(stroke[:, 0].max() for stroke in word)


def test_a_capital_stands_alone_before_the_word() -> None:
    for seed in range(20):
        capital, *rest = written("Lemon", seed)
        assert capital[:, 0].max() < max(stroke[:, 0].max() for stroke in rest)
        assert capital[:, 0].min() < min(stroke[:, 0].min() for stroke in rest)


def test_a_longer_word_is_wider_and_no_higher_than_letters_are() -> None:
    for seed in range(20):
        short, long = bounds(written("moon", seed)), bounds(written("moonmoon", seed))
        assert long[2] - long[0] > 1.5 * (short[2] - short[0])
        assert long[1] > 0.2
        assert long[3] < 1.25


@pytest.mark.parametrize("joined", [True, False])
def test_words_stand_beside_and_lines_below_each_other(joined: bool) -> None:
    rng = np.random.default_rng(4)
    marks = write_words(rng, new_writer(rng), ["one two", "six"], 30.0, PEN, joined=joined)
    signs = ["one", "two", "six"] if joined else list("onetwosix")
    assert [mark.sign for mark in marks] == signs
    first, second = ([m for m in marks if m.line == line] for line in (0, 1))
    assert extent(first)[1] < extent(second)[1]
    lefts = [extent([mark])[0] for mark in first]
    assert lefts == sorted(lefts)
    left, top, right, bottom = extent(marks)
    np.testing.assert_allclose([left + right, top + bottom], 0, atol=1e-6)
