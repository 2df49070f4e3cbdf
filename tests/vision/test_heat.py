"""Heat: cells of the spotter's become places in a view of any size."""

from __future__ import annotations

import numpy as np
import pytest

from appliance.values import Box
from appliance.vision.heat import CORE, Heat


def heat(cell: float = 8.0, *, ink: Box | None = None, core: Box | None = None) -> Heat:
    """20 x 30 squares, certain within a box of squares and nothing elsewhere."""
    maps = np.zeros((2, 20, 30), np.float32)
    for number, box in enumerate((ink, core)):
        if box:
            rows, columns = slice(box.y, box.y + box.height), slice(box.x, box.x + box.width)
            maps[number, rows, columns] = 1
    return Heat(maps[0], maps[1], cell)


def test_the_middles_of_digits_tell_where_they_are_and_how_large() -> None:
    [[x, y, width, height]] = heat(8.0, core=Box(3, 4, 2, 5)).peaks(0.1)
    assert [x, y] == pytest.approx([32, 52])
    assert [width, height] == pytest.approx([16 / CORE, 40 / CORE])
    assert len(heat().peaks(0.1)) == 0


def test_middles_that_hang_together_where_they_are_faint_are_parted() -> None:
    seen = heat(core=Box(3, 4, 2, 5))
    seen.core[5:8, 5:9] = 0.2
    seen.core[5:8, 9:11] = 0.8
    seen.core[15, 20] = 0.15
    assert [round(x / 8) for x, _, _, _ in seen.peaks(0.1)] == [4, 10, 20], "the surest first"
    assert len(seen.peaks(0.3)) == 2


def test_ink_beyond_some_boxes_is_found_and_counted_in_squares() -> None:
    seen = heat(8.0, ink=Box(10, 5, 4, 3))
    assert seen.beyond([]) == [(Box(80, 40, 32, 24), 12)]
    assert seen.beyond([Box(80, 40, 32, 24)]) == []
    assert seen.beyond([Box(0, 0, 16, 16)]) == [(Box(80, 40, 32, 24), 12)]
    assert seen.ink.max() == 1, "and the heat stays as it was"


def test_ink_is_near_a_place_or_not() -> None:
    seen = heat(8.0, ink=Box(10, 5, 4, 3))
    inside, beside = (96.0, 52, 20, 40), (130.0, 52, 20, 80)
    far, outside = (160.0, 52, 20, 40), (-400.0, 9000, 20, 40)
    assert seen.near(np.array([inside, beside, far, outside])).tolist() == [1, 1, 0, 0]
    assert seen.near(np.zeros((0, 4))).shape == (0,)


def test_the_middle_of_a_box_is_the_surest_cell_in_it() -> None:
    seen = heat(core=Box(20, 10, 2, 3))
    assert seen.middle(Box(150, 70, 40, 50)) == seen.core.max() > 0
    assert seen.middle(Box(8, 8, 40, 40)) == 0
    assert seen.middle(Box(5000, 8, 40, 40)) == 0


def test_the_ink_of_known_digits_can_be_left_out() -> None:
    seen = heat(8.0, ink=Box(10, 5, 4, 3))
    place = np.array([[96.0, 52, 20, 40]])
    assert seen.without([Box(80, 40, 32, 24)]).near(place) == 0
    assert seen.without([Box(0, 0, 16, 16)]).near(place) == 1
    assert seen.near(place) == 1, "and the heat stays as it was"


def test_heat_of_a_part_lies_in_the_view() -> None:
    whole = heat(8.0, ink=Box(10, 5, 4, 3), core=Box(3, 4, 2, 5))
    part = Heat(whole.ink, whole.core, 8.0, left=100, top=50)
    assert part.peaks(0.1) == pytest.approx(whole.peaks(0.1) + np.array([100, 50, 0, 0]))
    assert part.beyond([]) == [(Box(180, 90, 32, 24), 12)]
    assert part.beyond([Box(180, 90, 32, 24)]) == []
    place = np.array([196.0, 102, 20, 40])
    outside = 90, 40, 20, 40  # above and left of the part
    assert part.near(np.array([place, place - [100, 50, 0, 0], outside])).tolist() == [1, 0, 0]
