"""Company: a letter among letters is told from a digit among digits."""

from __future__ import annotations

import numpy as np
import pytest

from appliance.vision.company import MOST, STRANGE, company

ROW = np.array([[100.0, 100, 40, 60], [150, 103, 40, 60], [200, 106, 40, 60]])
"""Three places of a line."""


def told(chances: tuple[float, ...], *beside: tuple[float, float]) -> list[float]:
    count = len(chances)
    said = company(ROW[:count], np.array(chances), np.array(beside))
    assert said.shape == (count,)
    return [round(float(one), 6) for one in said]


def test_strokes_beside_a_digit_that_are_none_speak_against_it() -> None:
    assert told((0.9,), (0.0, 0.0)) == [0]
    assert told((0.9,), (MOST / 2, 0.0)) == [STRANGE / 2]
    assert told((0.9,), (0.0, 3 * MOST)) == [STRANGE]


def test_a_digit_explains_the_strokes_on_its_side() -> None:
    whole = told((0.9, 0.9, 0.9), (0.0, MOST), (MOST, MOST), (MOST, 0.0))
    assert whole == [0, 0, 0]
    last = told((0.9, 0.9, 0.9), (0.0, MOST), (MOST, MOST), (MOST, MOST))
    assert last == [0, 0, STRANGE]


def test_what_is_hardly_a_digit_explains_none() -> None:
    assert told((0.9, 0.1), (0.0, MOST), (MOST, 0.0)) == [STRANGE, 0]


@pytest.mark.parametrize(
    "other", [(250, 100, 40, 60), (150, 160, 40, 60), (150, 100, 90, 150), (104, 100, 40, 60)]
)
def test_only_a_digit_beside_it_of_its_size_explains_them(other: tuple[float, ...]) -> None:
    places = np.array([ROW[0], other])
    said = company(places, np.array([0.9, 0.9]), np.array([(0.0, MOST), (0.0, 0.0)]))
    assert said[0] == pytest.approx(STRANGE)
