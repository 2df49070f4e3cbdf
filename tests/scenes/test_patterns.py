"""Patterns without digits: each is drawn, is about a unit high, and stands beside digits only."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.random import Generator

from appliance.scenes import LITE, generate
from appliance.scenes.patterns import PATTERNS
from appliance.scenes.strokes import Stroke, bounds
from appliance.scenes.wordless import plan_wordless
from appliance.scenes.writer import Writer, new_writer


@pytest.mark.parametrize("draw", PATTERNS)
def test_a_pattern_is_about_a_unit_high_and_varies(
    draw: Callable[[Generator, Writer, float], list[Stroke]],
) -> None:
    shapes = set()
    for seed in range(12):
        rng = np.random.default_rng(seed)
        strokes = draw(rng, new_writer(rng), 0.05)
        left, top, right, bottom = bounds(strokes)
        assert 0.3 < bottom - top < 1.8
        assert 0.3 < right - left < 12
        assert all(np.isfinite(stroke).all() and stroke[:, 2].min() > 0 for stroke in strokes)
        shapes.add((round(right - left, 3), len(strokes)))
    assert len(shapes) > 6


@pytest.mark.parametrize("kind", ["pattern", "signs", "drawing"])
def test_a_page_with_a_pattern_has_other_ink_and_no_digit(kind: str) -> None:
    for seed in range(5):
        plan = plan_wordless(np.random.default_rng(seed), LITE, kind)
        assert plan.others
        assert not plan.digits


def test_what_is_drawn_beside_digits_keeps_off_them() -> None:
    met = 0
    for seed in range(60):
        scene = generate(np.random.default_rng([4, seed]), "page", LITE)
        met += scene.marks.max() > 128
        for box in scene.boxes:
            seen = scene.marks[box.y : box.y + box.height, box.x : box.x + box.width]
            assert np.mean(seen > 128) < 0.1
    assert met >= 5
