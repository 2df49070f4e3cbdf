"""Polarity: the spotter says where the ink is, and the frame how bright it is there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from appliance.values import Frame
from appliance.vision import eye
from appliance.vision.heat import Heat
from appliance.vision.ink import Grey
from appliance.vision.polarity import polarity_at
from tests.vision.drawing import paper, write_text

CELL = 4


def page() -> Grey:
    page = paper(240, 320)
    write_text(page, "3", 100, 60, 80, pen=12)
    return page


def seen_as(pixels: Grey) -> eye.View:
    """A view whose heat is where the page's ink is."""
    ink = (page() < 120).reshape(240 // CELL, CELL, 320 // CELL, CELL).mean(axis=(1, 3))
    heat = Heat(ink.astype(np.float32), np.zeros_like(ink, np.float32), float(CELL))
    return replace(eye.view(Frame(pixels)), heat=heat)


PLACE = np.array([126.0, 100.0, 52.0, 80.0])


def test_dark_ink_and_light_ink_are_told_apart() -> None:
    assert polarity_at(seen_as(page()), PLACE) == "dark"
    assert polarity_at(seen_as(255 - page()), PLACE) == "light"


@pytest.mark.parametrize("factor", [0.5, 8.0])
def test_a_place_may_be_any_size(factor: float) -> None:
    assert polarity_at(seen_as(255 - page()), PLACE * [1, 1, factor, factor]) == "light"


def test_a_part_of_the_view_has_its_heat_where_it_is() -> None:
    """It was looked for where it would be if the part began in the corner."""
    seen = seen_as(255 - page())
    assert seen.heat is not None
    ink, core = seen.heat.ink[10:45, 22:60], seen.heat.core[10:45, 22:60]
    part = Heat(ink, core, CELL, left=22.0 * CELL, top=10.0 * CELL)
    assert polarity_at(replace(seen, heat=part), PLACE) == "light"


def test_a_bare_stroke_is_compared_with_the_paper_beside_it() -> None:
    """The recogniser places a broad stroke within a few pixels: its box may be all ink."""
    stroke = np.full((240, 320), 220, np.uint8)
    stroke[20:220, 110:142] = 40
    ink = (stroke < 120).reshape(240 // CELL, CELL, 320 // CELL, CELL).mean(axis=(1, 3))
    heat = Heat(ink.astype(np.float32), np.zeros_like(ink, np.float32), float(CELL))
    seen = replace(eye.view(Frame(255 - stroke)), heat=heat)
    assert polarity_at(seen, np.array([126.0, 120, 20, 160])) == "light"


def test_ink_that_the_spotter_does_not_see_counts_as_dark() -> None:
    seen = seen_as(255 - page())
    assert polarity_at(seen, np.array([260.0, 180.0, 30.0, 40.0])) == "dark"
    assert polarity_at(replace(seen, heat=None), PLACE) == "dark"
    assert seen.heat is not None
    for faint in (0.003, 0.01, 0.07):
        heat = replace(seen.heat, ink=np.full_like(seen.heat.ink, faint))
        assert polarity_at(replace(seen, heat=heat), PLACE) == "dark"
