"""Signs laid out on a page."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from appliance.scenes.strokes import bounds
from appliance.scenes.writer import new_writer
from appliance.scenes.writing import Spacing, write_lines


@given(
    st.integers(0, 10**6),
    st.text("0123456789", min_size=2, max_size=6),
    st.floats(-0.3, 0.1),
    st.floats(0.02, 0.34),
)
def test_signs_that_touch_never_hide_each_other(
    seed: int, text: str, gap: float, pen: float
) -> None:
    rng = np.random.default_rng(seed)
    marks = write_lines(rng, new_writer(rng), [text], 1.0, pen, spacing=Spacing(gap=gap))
    for before, sign in itertools.pairwise(marks):
        (begin, _, end, _), (left, _, right, _) = bounds(before.strokes), bounds(sign.strokes)
        assert left >= begin + pen + 0.05 - 1e-9  # paper is left between two bare lines
        assert end - left <= 0.5 * min(end - begin, right - left)  # less than half of either
        assert end - left <= 0.26 - pen / 2 + 1e-9


def test_signs_that_keep_apart_stay_where_they_are() -> None:
    rng = np.random.default_rng(1)
    marks = write_lines(rng, new_writer(rng), ["4077"], 1.0, 0.1, spacing=Spacing(gap=0.2))
    gaps = [bounds(b.strokes)[0] - bounds(a.strokes)[2] for a, b in itertools.pairwise(marks)]
    assert all(0.2 * 0.75 <= gap <= 0.2 * 1.3 for gap in gaps)
