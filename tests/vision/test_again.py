"""Again: what is looked at once more shows all digits, and costs no more than it may."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from appliance.values import Box, Frame
from appliance.vision import eye
from appliance.vision.again import A_LITTLE_FARTHER, AREA, CLOSER, FARTHER, FEW, MANY, other_look
from appliance.vision.eye import View
from appliance.vision.heat import Heat


def view(*middles: tuple[int, int], size: tuple[int, int] = (960, 1280)) -> View:
    """A frame in which the spotter sees middles of digits, in cells of 4 pixels."""
    seen = eye.view(Frame(np.full(size, 200, np.uint8)))
    core = np.zeros((seen.grey.shape[0] // 4 + 1, seen.grey.shape[1] // 4 + 1), np.float32)
    for x, y in middles:
        core[y : y + 4, x : x + 3] = 0.9
    return View(seen.levels, 1.0, 0.0, seen.size, Heat(core, core, 4.0))


def test_one_digit_stands_in_the_middle_of_its_part() -> None:
    seen = view((160, 120))
    part, times = other_look(seen, 0) or pytest.fail()
    assert times == CLOSER
    assert part.x + part.width / 2 == pytest.approx(646, abs=4)
    assert part.y + part.height / 2 == pytest.approx(488, abs=4)


@pytest.mark.parametrize(
    "seen",
    [
        view(),
        view(*((20 + 10 * n, 100) for n in range(FEW + 1))),
        view((5, 5), (300, 220)),
    ],
    ids=["no digit", "many", "far apart"],
)
def test_where_no_digit_was_found_some_frames_are_seen_from_farther_away(seen: View) -> None:
    assert other_look(seen, 0) == (Box(0, 0, 1280, 960), FARTHER)


@pytest.mark.parametrize(
    ("digits", "times"), [(1, A_LITTLE_FARTHER), (MANY, A_LITTLE_FARTHER), (MANY + 1, CLOSER)]
)
def test_where_digits_were_found_all_is_seen_once_more_and_a_page_closer(
    digits: int, times: float
) -> None:
    assert other_look(view((160, 120)), digits) == (Box(0, 0, 1280, 960), times)


def test_few_digits_among_many_middles_are_words_and_take_too_long() -> None:
    seen = view(*((20 + 10 * n, 100) for n in range(MANY + 1)))
    assert other_look(seen, 3) is None
    assert other_look(seen, MANY + 1) == (Box(0, 0, 1280, 960), CLOSER)


@example(digits=[(318, 238)], size=(958, 1278))  # the last cells reach beyond the border
@settings(deadline=None, max_examples=40)
@given(
    digits=st.lists(st.tuples(st.integers(0, 319), st.integers(0, 239)), min_size=1, max_size=5),
    size=st.sampled_from([(960, 1280), (1280, 960), (700, 1280), (100, 1280)]),
)
def test_all_digits_are_in_the_part_and_the_part_in_the_view(
    digits: list[tuple[int, int]], size: tuple[int, int]
) -> None:
    seen = view(*digits, size=size)
    part, times = other_look(seen, 0) or pytest.fail()
    if times == FARTHER:
        return
    height, width = seen.grey.shape
    assert part.width > 0
    assert part.height > 0
    assert Box(0, 0, width, height).gaps(part) == (-part.width, -part.height)
    assert part.width * part.height <= AREA * max(size) ** 2
    assert seen.heat is not None
    for x, y in np.clip(seen.heat.peaks(0.5)[:, :2], 0, (width, height)):
        assert part.x <= x <= part.x + part.width + 1
        assert part.y <= y <= part.y + part.height + 1
