"""Rings, frames and names beside digits: they surround what they are to, and have no label."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.scenes import generate
from appliance.scenes.around import enclosed, named
from appliance.scenes.strokes import bounds
from appliance.scenes.writer import new_writer
from appliance.scenes.writing import Mark, extent, write_lines

UNIT = 40.0
LINES = st.lists(st.text("0123456789", min_size=1, max_size=6), min_size=1, max_size=3)


def drawn(seed: int, lines: list[str]) -> tuple[list[Mark], list[Mark], list[Mark]]:
    """Digits, what encloses them and a name."""
    rng = np.random.default_rng(seed)
    writer = new_writer(rng)
    marks = write_lines(rng, writer, lines, UNIT, 0.08)
    ring = enclosed(rng, writer, marks, UNIT, 0.08)
    return marks, ring, named(rng, writer, [*marks, *ring], UNIT, 0.08)


@given(st.integers(0, 10**6), LINES)
def test_what_encloses_goes_round_whole_lines(seed: int, lines: list[str]) -> None:
    marks, ring, _ = drawn(seed, lines)
    left, top, right, bottom = bounds(ring[0].strokes)
    inside = []
    for line in range(len(lines)):
        first, high, last, low = extent([mark for mark in marks if mark.line == line])
        if left < first + UNIT / 3 and last - UNIT / 3 < right and top < high and low < bottom:
            inside.append(line)
    assert inside  # one line, or all of them


@given(st.integers(0, 10**6))
def test_a_name_keeps_away_from_the_digits(seed: int) -> None:
    marks, ring, name = drawn(seed, ["407"])
    _, top, _, bottom = extent([*marks, *ring])
    _, high, _, low = extent(name)
    assert low < top or high > bottom


@pytest.mark.parametrize("seed", range(9))
def test_a_scene_with_a_ring_is_labelled_as_without(seed: int) -> None:
    scene = generate(np.random.default_rng(seed), "ringed", digits="407")
    assert scene.text == "407"
    assert len(scene.boxes) == 3
    assert scene.marks.any()  # the ring is writing beside the digits
